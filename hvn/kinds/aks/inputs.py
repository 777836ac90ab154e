"""The inputs of `aks-<spoke>`, and their derivation from the topology."""

from dataclasses import dataclass, replace

from hvn.kinds import common
from hvn.kinds.inputs import LoggedInputs, Subnet
from hvn.kinds.kind import Site
from hvn.kinds.policy_owned import CLUSTER
from hvn.kinds.workspace import Workspace, WorkspaceId
from hvn.topology import locations, naming
from hvn.topology.cluster_subnets import first_subnet, node_subnet
from hvn.topology.model import WINDOWED, Cluster, MoreNodes, NodePool, Window
from hvn.topology.naming import Resource, ResourceGroup
from hvn.topology.shared_vnets import with_vnet

SYSTEM_POOL = "system"
SPOT = "kubernetes.azure.com/scalesetpriority"


@dataclass(frozen=True, slots=True, kw_only=True)
class NodePoolInputs:
    """A node pool. Only the pool `system` has `only_critical_addons`. Only the other pools have the last three
    settings."""

    name: str
    subnet: Subnet
    pod_subnet: Subnet | None
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
    os_sku: str
    host_encryption: bool
    labels: tuple[tuple[str, str], ...]
    only_critical_addons: bool = False
    mode: str = "System"
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
class LoadBalancerInputs:
    """The outbound settings of the cluster's load balancer."""

    public_ips: int
    ports_per_node: int
    idle_timeout_minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AksInputs(LoggedInputs):
    """`aks-<spoke>`: the cluster's identity with its role assignments, and the cluster.

    `dns_zone` is None for a public API server, and in a network without a hub.
    """

    group: ResourceGroup
    cluster: str
    identity: str
    dns_prefix: str
    node_group: str
    kubernetes_version: str
    vnet: Resource
    route_table: Resource | None
    dns_zone: Resource | None
    network_mode: str
    network_policy: str | None
    pod_cidr: str | None
    service_cidr: str
    dns_service_ip: str
    outbound_type: str
    load_balancer: LoadBalancerInputs | None
    public_api_server: bool
    authorized_ip_ranges: tuple[str, ...]
    sku_tier: str
    support_plan: str
    node_pool: NodePoolInputs
    node_pools: tuple[NodePoolInputs, ...]
    prevent_destroy: bool
    upgrades: UpgradeInputs
    entra: bool
    admin_groups: tuple[str, ...]
    azure_rbac: bool
    registries: tuple[Resource, ...]
    workload_identity: bool
    azure_policy: bool
    microsoft_defender: str | None
    oms_agent: str | None


def workspace(site: Site) -> Workspace | None:
    """Return the cluster's workspace, or None if the spoke has no new cluster."""
    if site.spoke.new_cluster is None:
        return None
    return Workspace(
        id=site.id("aks"),
        inputs=aks(site, site.spoke.new_cluster),
        after=(WorkspaceId("hub"), WorkspaceId("network", site.vnet)),
        writes=(f"spoke {site.vnet}",),
    )


def aks(site: Site, cluster: Cluster) -> AksInputs:
    """Return the inputs of the cluster in a spoke."""
    topology, name, spoke = site.topology, site.name, site.spoke
    registries = {registry.name.lower(): registry for registry in map(naming.parse, sorted(cluster.registries))}
    return AksInputs(
        **common.in_azure(topology, WorkspaceId("aks", name), CLUSTER, spoke=name),
        group=locations.spoke_group(topology, name, spoke),
        cluster=common.cluster_ref(topology, name, spoke, cluster).cluster.name,
        identity=naming.name(topology, "managed_identity", name),
        dns_prefix=naming.name(topology, "dns_prefix", name),
        node_group=naming.name(topology, "node_resource_group", name),
        kubernetes_version=cluster.kubernetes_version,
        vnet=locations.spoke_vnet(topology, name, spoke),
        route_table=locations.node_route_table(topology, name, spoke),
        dns_zone=None if cluster.api_server.public else locations.dns_zone(topology),
        network_mode=cluster.network.mode,
        network_policy=cluster.network.engine,
        pod_cidr=str(cluster.pod_range) if cluster.pod_range else None,
        service_cidr=str(cluster.service_cidr),
        # The first address of the Service range belongs to the `kubernetes` Service.
        dns_service_ip=str(cluster.service_cidr[10]),
        outbound_type=locations.outbound_type(topology, cluster),
        load_balancer=_load_balancer(cluster),
        public_api_server=cluster.api_server.public,
        authorized_ip_ranges=tuple(map(str, sorted(set(cluster.api_server.authorized_ip_ranges)))),
        sku_tier=cluster.sku_tier,
        support_plan=cluster.support_plan,
        node_pool=replace(
            _pool(site, cluster, SYSTEM_POOL, cluster.node_pool),
            only_critical_addons=cluster.node_pool.only_critical_addons,
        ),
        node_pools=tuple(_more_nodes(site, cluster, key, pool) for key, pool in sorted(cluster.node_pools.items())),
        workload_identity=any(app.workload_identity for app in cluster.apps.values()),
        azure_policy=cluster.addons.azure_policy,
        microsoft_defender=cluster.addons.microsoft_defender,
        oms_agent=cluster.addons.oms_agent,
        prevent_destroy=cluster.prevent_destroy,
        upgrades=_upgrades(cluster),
        entra=cluster.entra,
        admin_groups=tuple(sorted(set(cluster.admin_groups))),
        azure_rbac=cluster.azure_rbac,
        # Azure compares ids without regard to case, and the names of registries are unique.
        registries=tuple(registry for _, registry in sorted(registries.items())),
        logs=common.logs(topology),
    )


def _load_balancer(cluster: Cluster) -> LoadBalancerInputs | None:
    settings = cluster.load_balancer
    if settings is None:
        return None
    return LoadBalancerInputs(
        public_ips=settings.public_ips,
        ports_per_node=settings.ports_per_node,
        idle_timeout_minutes=settings.idle_timeout_minutes,
    )


def _subnet(site: Site, key: str) -> Subnet:
    topology, spoke = site.topology, site.spoke
    nodes = first_subnet(topology, spoke)
    first = spoke.new_cluster is not None and key == spoke.new_cluster.node_key
    subnet = nodes if nodes and first else with_vnet(topology, spoke).subnet(key)
    return common.subnet(topology, locations.spoke_vnet(topology, site.name, spoke), site.vnet, key, subnet.cidr)


def _pool(site: Site, cluster: Cluster, name: str, pool: NodePool | MoreNodes) -> NodePoolInputs:
    return NodePoolInputs(
        name=name,
        subnet=_subnet(site, node_subnet(cluster, pool)),
        pod_subnet=_subnet(site, pool.pod_subnet) if pool.pod_subnet else None,
        vm_size=pool.vm_size,
        min_count=pool.min_count,
        max_count=pool.max_count,
        max_surge=pool.max_surge,
        drain_timeout_minutes=pool.drain_timeout_minutes,
        node_soak_minutes=pool.node_soak_minutes,
        zones=tuple(sorted(set(pool.zones))),
        max_pods=cluster.max_pods(pool),
        os_disk_type=pool.os_disk_type,
        os_disk_size_gb=pool.os_disk_size_gb,
        os_sku=pool.os_sku,
        host_encryption=pool.host_encryption,
        labels=tuple(sorted(pool.labels.items())),
    )


def _more_nodes(site: Site, cluster: Cluster, name: str, pool: MoreNodes) -> NodePoolInputs:
    """Return an additional pool. It includes the label and the taint that AKS adds to spot nodes, because otherwise
    each plan would remove them.

    https://learn.microsoft.com/azure/aks/spot-node-pool
    """
    return replace(
        _pool(site, cluster, name, pool),
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
