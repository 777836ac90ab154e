"""The inputs of `vso-<spoke>`, and their derivation from the topology."""

from dataclasses import dataclass

from hvn.kinds import common
from hvn.kinds.inputs import ClusterRef, Inputs
from hvn.kinds.kind import Site
from hvn.kinds.workspace import Workspace, WorkspaceId
from hvn.topology.model import AnyCluster, Spoke, Topology
from hvn.topology.naming import VSO_NAMESPACE
from hvn.topology.shared_vnets import with_vnet


@dataclass(frozen=True, slots=True, kw_only=True)
class VsoInputs(Inputs):
    """`vso-<spoke>`: Vault Secrets Operator and its connection to Vault's private endpoint."""

    cluster: ClusterRef
    vault_cluster_id: str
    project_id: str | None
    release: str
    namespace: str
    repository: str
    chart_version: str
    operator_image: str
    proxy_image: str


VSO_REPOSITORY = "https://helm.releases.hashicorp.com"
VSO_RELEASE = "vault-secrets-operator"


def workspace(site: Site) -> Workspace | None:
    """Return the operator's workspace, deployed after the peering on the route to Vault, or None without apps."""
    cluster = site.spoke.cluster
    if cluster is None or not cluster.apps:
        return None
    peerings = {"direct": (WorkspaceId("peering", site.vnet),), "via-hub": (WorkspaceId("peering-hub"),)}
    route = with_vnet(site.topology, site.spoke).vault_route
    return Workspace(
        id=site.id("vso"),
        inputs=vso(site.topology, site.name, site.spoke, cluster),
        after=(WorkspaceId("hcp"), *peerings.get(route or "", ()), site.id("aks")),
    )


def vso(topology: Topology, name: str, spoke: Spoke, cluster: AnyCluster) -> VsoInputs:
    """Return the inputs of Vault Secrets Operator in a spoke's cluster."""
    mirror = cluster.vso.image_registry
    return VsoInputs(
        **common.common(topology, WorkspaceId("vso", name)),
        cluster=common.cluster_ref(topology, name, spoke, cluster),
        vault_cluster_id=topology.vault.cluster_id,
        project_id=topology.hvn.project_id,
        release=VSO_RELEASE,
        namespace=VSO_NAMESPACE,
        repository=VSO_REPOSITORY,
        chart_version=cluster.vso.version,
        # These are the image names in the chart's values. A mirror replaces the registry in each name.
        operator_image=f"{mirror or 'docker.io'}/hashicorp/vault-secrets-operator",
        proxy_image=f"{mirror or 'quay.io'}/brancz/kube-rbac-proxy",
    )
