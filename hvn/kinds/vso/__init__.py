"""`vso-<spoke>`: Vault Secrets Operator in a spoke's cluster."""

from collections.abc import Iterator, Mapping

from hvn.diagnostics.message import Message
from hvn.kinds.kind import FROM_NETWORK, Kind, Reference, Row, Subject
from hvn.kinds.references import cluster, vault_cluster
from hvn.kinds.vso.inputs import VsoInputs, workspace
from hvn.kinds.workspace import Workspace


def identifies(inputs: VsoInputs) -> Mapping[str, str | None]:
    """Return the properties that identify the Vault cluster."""
    return {Subject.VAULT: inputs.vault_cluster_id, "the HCP project": inputs.project_id}


def removal(_workspace: Workspace, _workspaces: Mapping[str, Workspace]) -> Message:
    """Return the services that are lost with the operator."""
    return Message("the operator: secrets of apps are no longer synced or renewed")


def refers_to(inputs: VsoInputs) -> Iterator[Reference]:
    """Yield the Vault cluster for its private endpoint, an existing AKS cluster, and the namespace `kube-system`, which
    every cluster has."""
    yield from cluster(inputs.cluster)
    yield vault_cluster(inputs.vault_cluster_id, inputs.project_id)
    yield Reference("kubernetes_namespace_v1", "kube-system", place=inputs.cluster.cluster.name)


KIND = Kind(
    name="vso",
    section=("cluster",),
    stack="stacks.vso",
    rights="hvn.kinds.vso.rights",
    row=Row(
        holds="Vault Secrets Operator with its connection to Vault",
        when="for a cluster with apps",
        applied_from=FROM_NETWORK,
    ),
    derive=workspace,
    reads_at_plan=lambda workspace: workspace.after,
    identifies=identifies,
    follows=lambda _inputs: frozenset({Subject.VAULT, Subject.CLUSTER}),
    removal=removal,
    removed_with_cluster=True,
    refers_to=refers_to,
    faults=("api-server-unreachable",),
)
