"""The inputs of `aks-<spoke>`, and their derivation from the topology."""

from dataclasses import dataclass, replace

from hvn.kinds import common
from hvn.kinds.inputs import LoggedInputs, Subnet
from hvn.kinds.kind import Site
from hvn.kinds.policy_owned import CLUSTER
from hvn.kinds.workspace import Workspace, WorkspaceId
from hvn.topology import locations, naming
from hvn.topology.model import WINDOWED, Cluster, MoreNodes, NodePool, Spoke, Topology, Window
from hvn.topology.naming import Resource, ResourceGroup

SYSTEM_POOL = "system"
SPOT = "kubernetes.azure.com/scalesetpriority"


@dataclass(frozen=True, slots=True, kw_only=True)
class NodePoolInputs:
    """A node pool. Only the pool `system` has `only_critical_addons`, only other pools have the last four settings."""

    name: str
    vm_size: str
    min_count: int
    max_count: int
    max_surge: str
    drain_timeout_minutes: int
    node_soak_minutes: int
    zones: tuple[str, ...]
    max_pods: int
    os_disk_type: str
    os_disk_size_gb: int | None
    only_critical_addons: bool = False
    mode: str = "System"
    labels: tuple[tuple[str, str], ...] = ()
    taints: tuple[str, ...] = ()
    spot: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowInputs:
    """A weekly maintenance window."""

    day: str
    start_time: str
    hours: int
    utc_offset: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradeInputs:
    """The channels of automatic upgrades, each with a maintenance window, or None if the channel does not use a
    window."""

    kubernetes: str | None
    kubernetes_window: WindowInputs | None
    node_os: str
    node_os_window: WindowInputs | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AksInputs(LoggedInputs):
    """`aks-<spoke>`: the cluster's identity with its role assignments, and the private cluster."""

    group: ResourceGroup
    cluster: str
    identity: str
    dns_prefix: str
    node_group: str
    kubernetes_version: str
    vnet: Resource
    node_subnet: Subnet
    route_table: Resource
    dns_zone: Resource
    pod_cidr: str
    service_cidr: str
    dns_service_ip: str
    node_pool: NodePoolInputs
    node_pools: tuple[NodePoolInputs, ...]
    prevent_destroy: bool
    upgrades: UpgradeInputs
    admin_groups: tuple[str, ...]
    azure_rbac: bool


def workspace(site: Site) -> Workspace | None:
    """Return the cluster's workspace, or None if the spoke has no cluster."""
    cluster = site.spoke.cluster
    if cluster is None:
        return None
    return Workspace(
        id=site.id("aks"),
        inputs=aks(site.topology, site.name, site.spoke, cluster),
        after=(WorkspaceId("hub"), site.id("network")),
        writes=(f"spoke {site.name}",),
    )


def aks(topology: Topology, name: str, spoke: Spoke, cluster: Cluster) -> AksInputs:
    """Return the inputs of the private cluster in a spoke."""
    vnet = locations.spoke_vnet(topology, name, spoke)
    return AksInputs(
        **common.in_azure(topology, WorkspaceId("aks", name), CLUSTER, spoke=name),
        group=locations.spoke_group(topology, name, spoke),
        cluster=common.cluster_ref(topology, name, spoke, cluster).cluster.name,
        identity=naming.name(topology, "managed_identity", name),
        dns_prefix=naming.name(topology, "dns_prefix", name),
        node_group=naming.name(topology, "node_resource_group", name),
        kubernetes_version=cluster.kubernetes_version,
        vnet=vnet,
        node_subnet=common.subnet(topology, vnet, name, naming.NODE_SUBNET, cluster.node_cidr),
        route_table=locations.spoke_route_table(topology, name, spoke),
        dns_zone=locations.dns_zone(topology),
        pod_cidr=str(cluster.pod_cidr),
        service_cidr=str(cluster.service_cidr),
        # The first address of the Service range belongs to the `kubernetes` Service.
        dns_service_ip=str(cluster.service_cidr[10]),
        node_pool=replace(
            _pool(SYSTEM_POOL, cluster.node_pool), only_critical_addons=cluster.node_pool.only_critical_addons
        ),
        node_pools=tuple(_more_nodes(key, cluster.node_pools[key]) for key in sorted(cluster.node_pools)),
        prevent_destroy=cluster.prevent_destroy,
        upgrades=_upgrades(cluster),
        admin_groups=tuple(sorted(set(cluster.admin_groups))),
        azure_rbac=cluster.azure_rbac,
        logs=common.logs(topology),
    )


def _pool(name: str, pool: NodePool | MoreNodes) -> NodePoolInputs:
    return NodePoolInputs(
        name=name,
        vm_size=pool.vm_size,
        min_count=pool.min_count,
        max_count=pool.max_count,
        max_surge=pool.max_surge,
        drain_timeout_minutes=pool.drain_timeout_minutes,
        node_soak_minutes=pool.node_soak_minutes,
        zones=tuple(sorted(set(pool.zones))),
        max_pods=pool.max_pods,
        os_disk_type=pool.os_disk_type,
        os_disk_size_gb=pool.os_disk_size_gb,
    )


def _more_nodes(name: str, pool: MoreNodes) -> NodePoolInputs:
    """Return a pool with the label and the taint that AKS adds to spot nodes; without them each plan removes them.

    https://learn.microsoft.com/azure/aks/spot-node-pool
    """
    return replace(
        _pool(name, pool),
        mode=pool.mode,
        labels=tuple(sorted({**pool.labels, **({SPOT: "spot"} if pool.spot else {})}.items())),
        taints=(*((f"{SPOT}=spot:NoSchedule",) if pool.spot else ()), *sorted(set(pool.taints))),
        spot=pool.spot,
    )


def _upgrades(cluster: Cluster) -> UpgradeInputs:
    upgrades = cluster.upgrades
    patch = cluster.upgrade_channel == "patch"
    return UpgradeInputs(
        kubernetes="patch" if patch else None,
        kubernetes_window=_window(upgrades.window) if patch else None,
        node_os=upgrades.node_os_channel,
        node_os_window=_window(upgrades.node_os_window) if upgrades.node_os_channel in WINDOWED else None,
    )


def _window(window: Window) -> WindowInputs:
    return WindowInputs(day=window.day, start_time=window.start_time, hours=window.hours, utc_offset=window.utc_offset)
