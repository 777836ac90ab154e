"""`secrets-<spoke>`: the Kubernetes resources of a spoke's apps."""

from collections.abc import Iterator, Mapping

from hvn.diagnostics.message import Message
from hvn.kinds.kind import FROM_NETWORK, Kind, Reference, Row, Subject
from hvn.kinds.references import cluster, resource_group
from hvn.kinds.secrets.inputs import SecretsInputs, workspace
from hvn.kinds.workspace import Workspace


def removal(workspace: Workspace, _workspaces: Mapping[str, Workspace]) -> Message:
    """Return the resources that are lost with the workspace. Kubernetes deletes a namespace together with all objects
    in the namespace."""
    inputs = workspace.inputs
    if isinstance(inputs, SecretsInputs) and inputs.namespaces:
        return Message(
            "**everything in the namespaces** {namespaces}: pods, volumes and secrets, whoever created them",
            namespaces=inputs.namespaces,
        )
    return Message("the Kubernetes Secrets that are synced from Vault, and the apps' service accounts")


def refers_to(inputs: SecretsInputs) -> Iterator[Reference]:
    """Yield an existing cluster, the apps' namespaces that this workspace does not create, and the resource groups of
    the apps' identities."""
    yield from cluster(inputs.cluster)
    for namespace in sorted({app.namespace for app in inputs.apps} - set(inputs.namespaces)):
        yield Reference("kubernetes_namespace_v1", namespace, place=inputs.cluster.cluster.name)
    for app in inputs.apps:
        if app.identity:
            yield resource_group(app.identity.group)


KIND = Kind(
    name="secrets",
    section=("cluster",),
    stack="stacks.secrets",
    rights="hvn.kinds.secrets.rights",
    row=Row(
        holds="namespaces, service accounts, and the VaultAuth, secrets and managed identity of each app",
        when="for a cluster with apps; blocked with `vault-auth-<spoke>`",
        applied_from=FROM_NETWORK,
    ),
    derive=workspace,
    reads_at_plan=lambda workspace: workspace.after,
    follows=lambda _inputs: frozenset({Subject.VAULT, Subject.CLUSTER}),
    removal=removal,
    removed_with_cluster=True,
    refers_to=refers_to,
)
