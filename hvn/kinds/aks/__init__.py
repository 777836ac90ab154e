"""`aks-<spoke>`: the cluster of a spoke."""

from collections.abc import Iterator, Mapping

from hvn.diagnostics.message import Message
from hvn.kinds.aks.inputs import AksInputs, workspace
from hvn.kinds.kind import Kind, Reference, Row, Subject
from hvn.kinds.references import azure, dns_zone, logs
from hvn.kinds.workspace import Workspace
from hvn.topology import naming
from hvn.topology.model import ExistingCluster, Topology

# The inputs for arguments of azurerm_kubernetes_cluster with ForceNew. If an edit adds pod subnets, azurerm rotates the
# pools, and AKS refuses the rotated pools: "All or none of the agentpools should set podsubnet"
# (MicrosoftDocs/azure-docs#87678).
FORCES = (
    *("cluster", "group", "location", "dns_prefix", "node_group", "dns_zone", "public_api_server"),
    *("network_mode", "pod_cidr", "service_cidr", "dns_service_ip"),
)


def replaced_by(before: AksInputs, after: AksInputs) -> tuple[str, ...]:
    """Return the inputs that differ and that a cluster cannot change in place.

    azurerm 4.55.0, kubernetes_cluster_resource.go: the block `load_balancer_profile` has ForceNew, so a cluster without
    a load balancer cannot get the block. A cluster with a load balancer always has the block, which is Computed.
    """
    names = tuple(name for name in FORCES if getattr(before, name) != getattr(after, name))
    if before.outbound_type != "loadBalancer" and after.load_balancer:
        names = (*names, "load_balancer")
    return (*names, "network_policy") if _other_engine(before.network_policy, after.network_policy) else names


def _other_engine(old: str | None, new: str | None) -> bool:
    """Return whether azurerm replaces the cluster because its data plane or its policy engine changes.

    azurerm 4.55.0, kubernetes_cluster_resource.go, CustomizeDiff: `network_data_plane` and `network_policy`. azurerm
    adds a first policy engine in place, unless it is Cilium. Without an engine in the file, the Computed
    `network_policy` keeps its value.
    """
    return old != new and ("cilium" in (old, new) or (old is not None and new is not None))


def emptied_by(before: AksInputs, after: AksInputs) -> tuple[str, ...]:
    """Return `subnet` if the first pool's subnet differs: Azure cannot move or change the subnet of existing nodes,
    so a person must destroy the cluster first."""
    return ("subnet",) if before.node_pool.subnet != after.node_pool.subnet else ()


def removal(_workspace: Workspace, _workspaces: Mapping[str, Workspace]) -> Message:
    """Return the resources that are lost with the cluster."""
    return Message("the cluster and everything that runs in it")


def refers_to(inputs: AksInputs) -> Iterator[Reference]:
    """Yield the private DNS zone with its resource group, the destinations of logs, the Log Analytics workspaces of the
    add-ons, and the registries."""
    if inputs.dns_zone:
        yield from dns_zone(inputs.dns_zone)
    yield from logs(inputs.logs)
    for workspace_id in sorted({inputs.microsoft_defender or "", inputs.oms_agent or ""} - {""}):
        yield Reference("azurerm_log_analytics_workspace", workspace_id)
    for registry in inputs.registries:
        yield from azure("azurerm_container_registry", registry)


def lives_on(workspace: Workspace, topology: Topology) -> bool:
    """Return whether a spoke of the topology declares this cluster as existing."""
    inputs = workspace.inputs
    ids = {
        spoke.cluster.existing.cluster_id.casefold()
        for spoke in topology.spokes.values()
        if isinstance(spoke.cluster, ExistingCluster)
    }
    return isinstance(inputs, AksInputs) and naming.aks(inputs.group, inputs.cluster).id.casefold() in ids


KIND = Kind(
    name="aks",
    section=("cluster",),
    stack="stacks.aks",
    rights="hvn.kinds.aks.rights",
    row=Row(
        holds="the cluster with `prevent_destroy`, its identity with role assignments; a diagnostic setting with "
        "`logs`",
        when="for a spoke with a new cluster",
    ),
    derive=workspace,
    faults=("permission-denied", "interrupted", "azure-policy", "role-propagation-slow"),
    provides=Subject.CLUSTER,
    replaced_by=replaced_by,
    emptied_by=emptied_by,
    removal=removal,
    refers_to=refers_to,
    lives_on=lives_on,
)
