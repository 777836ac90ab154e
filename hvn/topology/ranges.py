"""The IPv4 ranges of a topology, with their paths in the file."""

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Address, IPv4Network

from hvn.diagnostics.finding import Path
from hvn.topology.addresses import inside
from hvn.topology.model import (
    ExistingCluster,
    ExistingHub,
    Firewall,
    NetworkSecurityGroup,
    NewHub,
    PeeringWithVnet,
    Route,
    Spoke,
    SpokePeering,
    Subnet,
    Topology,
)
from hvn.topology.shared_vnets import with_vnet


def top_ranges(topology: Topology) -> Iterator[tuple[Path, IPv4Network]]:
    """Yield the ranges of the HVNs, the hub, the pools, the on-premises networks and the remote VNets."""
    yield from hvn_ranges(topology)
    yield from hub_ranges(topology)
    for name, pool in topology.address_pools.items():
        yield ("address_pools", name), pool
    yield from on_premises_ranges(topology)
    yield from remote_ranges(topology)
    yield from _ranges_of_spoke_peerings(topology)


def in_use_ranges(topology: Topology) -> Iterator[tuple[Path, IPv4Network]]:
    """Yield the ranges of `in_use`, without ranges that contain an address pool: HVN110 reports the pool."""
    pools = topology.address_pools.values()
    for index, cidr in enumerate(topology.in_use):
        if not any(pool.subnet_of(cidr) for pool in pools):
            yield ("in_use", index), cidr


def remote_ranges(topology: Topology) -> Iterator[tuple[Path, IPv4Network]]:
    """Yield the ranges of the VNets in `hub.peerings`, and the ranges behind their firewalls."""
    for key, peering in topology.hub_peerings.items():
        path = ("hub", "peerings", key)
        for index, cidr in enumerate(peering.cidrs):
            yield (*path, "cidrs", index), cidr
        for index, cidr in enumerate(peering.firewall.cidrs if peering.firewall else ()):
            yield (*path, "firewall", "cidrs", index), cidr


def _ranges_of_spoke_peerings(topology: Topology) -> Iterator[tuple[Path, IPv4Network]]:
    """Yield the ranges of the remote VNets in `spokes.<spoke>.peerings`, once for each VNet, without the VNets in
    `hub.peerings`."""
    listed = {peering.vnet_id.casefold() for peering in topology.hub_peerings.values()}
    for path, peering in spoke_peerings(topology):
        if isinstance(peering, PeeringWithVnet) and peering.vnet_id.casefold() not in listed:
            listed.add(peering.vnet_id.casefold())
            for index, cidr in enumerate(peering.cidrs):
                yield (*path, "cidrs", index), cidr


def spoke_peerings(topology: Topology) -> Iterator[tuple[Path, SpokePeering]]:
    """Yield the entries of `spokes.<spoke>.peerings` with their paths, in the order of the names."""
    for name, spoke in sorted(topology.spokes.items()):
        for key, peering in sorted(spoke.peerings.items()):
            yield ("spokes", name, "peerings", key), peering


def is_remote(path: Path) -> bool:
    """Return whether a path of the file is in `peerings` of the hub or of a spoke."""
    return path[:2] == ("hub", "peerings") or (path[:1] == ("spokes",) and path[2:3] == ("peerings",))


def hvn_ranges(topology: Topology) -> Iterator[tuple[Path, IPv4Network]]:
    """Yield the range of the HVN, then the range of the backup HVN."""
    yield ("hvn", "cidr"), topology.hvn.cidr
    if topology.hvn.backup:
        yield ("hvn", "backup", "cidr"), topology.hvn.backup.cidr


def hub_ranges(topology: Topology) -> Iterator[tuple[Path, IPv4Network]]:
    """Yield the ranges of the hub's VNet."""
    if isinstance(topology.hub, ExistingHub):
        for index, cidr in enumerate(topology.hub.existing.cidrs):
            yield ("hub", "existing", "cidrs", index), cidr
    elif isinstance(topology.hub, NewHub):
        yield ("hub", "cidr"), topology.hub.cidr
        for index, cidr in enumerate(topology.hub.more_cidrs):
            yield ("hub", "more_cidrs", index), cidr


def runners(topology: Topology) -> IPv4Network | None:
    """Return the range of the runners' subnet; None without a hub."""
    hub = topology.hub
    if isinstance(hub, ExistingHub):
        return hub.existing.runners_cidr
    return hub.runners.cidr if isinstance(hub, NewHub) else None


def on_premises_ranges(topology: Topology) -> Iterator[tuple[Path, IPv4Network]]:
    """Yield the ranges of the on-premises networks."""
    for name, cidrs in topology.on_premises.items():
        for index, cidr in enumerate(cidrs):
            yield ("on_premises", name, index), cidr


def spoke_ranges(topology: Topology) -> Iterator[tuple[Path, IPv4Network]]:
    """Yield the ranges of the spokes' VNets."""
    for name, spoke in topology.spokes.items():
        if spoke.cidr:
            yield ("spokes", name, "cidr"), spoke.cidr
        for index, cidr in enumerate(spoke.more_cidrs):
            yield ("spokes", name, "more_cidrs", index), cidr
        if spoke.existing:
            for index, cidr in enumerate(spoke.existing.cidrs):
                yield ("spokes", name, "existing", "cidrs", index), cidr


def cluster_ranges(topology: Topology) -> Iterator[tuple[Path, IPv4Network]]:
    """Yield the overlay ranges and service ranges of the clusters."""
    for name, spoke in topology.spokes.items():
        cluster = spoke.cluster
        if isinstance(cluster, ExistingCluster):
            if cluster.existing.pod_cidr:
                yield ("spokes", name, "cluster", "existing", "pod_cidr"), cluster.existing.pod_cidr
        elif cluster:
            if cluster.pod_range:
                yield ("spokes", name, "cluster", "pod_cidr"), cluster.pod_range
            yield ("spokes", name, "cluster", "service_cidr"), cluster.service_cidr


def subnets(topology: Topology) -> Iterator[tuple[Path, IPv4Network, tuple[IPv4Network, ...]]]:
    """Yield the path and the range of each subnet, with the ranges of its VNet. The node ranges of existing clusters
    count as subnets."""
    if isinstance(topology.hub, ExistingHub):
        facts = topology.hub.existing
        yield ("hub", "existing", "runners_cidr"), facts.runners_cidr, facts.cidrs
    elif isinstance(topology.hub, NewHub):
        hub = topology.hub
        if isinstance(hub.firewall, Firewall):
            yield ("hub", "firewall", "cidr"), hub.firewall.cidr, hub.cidrs
            if hub.firewall.management_cidr:
                yield ("hub", "firewall", "management_cidr"), hub.firewall.management_cidr, hub.cidrs
        yield ("hub", "runners", "cidr"), hub.runners.cidr, hub.cidrs
        if hub.gateway:
            yield ("hub", "gateway", "cidr"), hub.gateway.cidr, hub.cidrs
        if hub.bastion:
            yield ("hub", "bastion", "cidr"), hub.bastion.cidr, hub.cidrs
        if hub.route_server:
            yield ("hub", "route_server", "cidr"), hub.route_server.cidr, hub.cidrs
        for subnet, value in hub.subnets.items():
            yield _of_subnet(("hub", "subnets", subnet), value), hub.subnet(subnet).cidr, hub.cidrs
    for name, spoke in topology.spokes.items():
        vnet = with_vnet(topology, spoke)
        if spoke.new_cluster and spoke.new_cluster.node_cidr:
            yield ("spokes", name, "cluster", "node_cidr"), spoke.new_cluster.node_cidr, vnet.cidrs
        yield from _existing_nodes(name, spoke, vnet)
        for subnet, value in spoke.subnets.items():
            yield _of_subnet(("spokes", name, "subnets", subnet), value), spoke.subnet(subnet).cidr, spoke.cidrs


def subnets_in_use(topology: Topology) -> Iterator[tuple[Path, IPv4Network, tuple[IPv4Network, ...]]]:
    """Yield the path and the range of each subnet in an existing VNet outside the file, with the ranges of the VNet."""
    for name, spoke in topology.spokes.items():
        for index, cidr in enumerate(spoke.existing.subnets_in_use if spoke.existing else ()):
            yield ("spokes", name, "existing", "subnets_in_use", index), cidr, spoke.cidrs


def _existing_nodes(
    name: str, spoke: Spoke, vnet: Spoke
) -> Iterator[tuple[Path, IPv4Network, tuple[IPv4Network, ...]]]:
    """Yield the node ranges of an existing cluster outside the subnets of the file."""
    if isinstance(spoke.cluster, ExistingCluster):
        listed = [vnet.subnet(key).cidr for key in vnet.subnets]
        for index, cidr in enumerate(spoke.cluster.existing.node_cidrs):
            if not any(cidr.subnet_of(one) for one in listed):
                yield ("spokes", name, "cluster", "existing", "node_cidrs", index), cidr, vnet.cidrs


def subnets_of_file(topology: Topology) -> Iterator[tuple[Path, Subnet]]:
    """Yield the entries of `subnets` in their long form, of the hub and of the spokes."""
    if isinstance(topology.hub, NewHub):
        for name in topology.hub.subnets:
            yield ("hub", "subnets", name), topology.hub.subnet(name)
    for spoke_name, spoke in topology.spokes.items():
        for name in spoke.subnets:
            yield ("spokes", spoke_name, "subnets", name), spoke.subnet(name)


def groups_of_file(topology: Topology) -> Iterator[tuple[Path, NetworkSecurityGroup]]:
    """Yield the entries of `network_security_groups` of the hub and of the spokes."""
    for path, owner in _owners(topology):
        for key, group in owner.network_security_groups.items():
            yield (*path, "network_security_groups", key), group


def rules_of_file(topology: Topology) -> Iterator[tuple[Path, Subnet | NetworkSecurityGroup]]:
    """Yield each subnet and NSG of the file with its path. Both can have NSG rules."""
    yield from subnets_of_file(topology)
    yield from groups_of_file(topology)


def _owners(topology: Topology) -> Iterator[tuple[Path, NewHub | Spoke]]:
    for name, spoke in topology.spokes.items():
        yield ("spokes", name), spoke
    if isinstance(topology.hub, NewHub):
        yield ("hub",), topology.hub


def spoke_at(topology: Topology, path: Path) -> Spoke | None:
    """Return the spoke that contains this path of the file; None for a path in `hub`."""
    return topology.spokes[str(path[1])] if path[0] == "spokes" else None


def routes_of_file(topology: Topology) -> Iterator[tuple[Path, Mapping[str, Route]]]:
    """Yield the routes of each route table of the file with their path: `routes`, and each entry of `route_tables`."""
    for path, owner in _owners(topology):
        yield (*path, "routes"), owner.routes
        for key, table in owner.route_tables.items():
            yield (*path, "route_tables", key, "routes"), table.routes


def _of_subnet(path: Path, value: IPv4Network | Subnet) -> Path:
    """Return the path of a subnet's range, in the short or in the long form."""
    return (*path, "cidr") if isinstance(value, Subnet) else path


def pool_addresses(topology: Topology, name: str) -> tuple[IPv4Network, ...]:
    """Return the addresses of a pool without the addresses of a hub inside the pool, in as few ranges as possible, by
    address."""
    parts = [topology.address_pools[name]]
    for _, cidr in hub_ranges(topology):
        parts = [rest for part in parts for rest in without(part, cidr)]
    return tuple(sorted(parts))


def without(cidr: IPv4Network, taken: IPv4Network) -> Iterable[IPv4Network]:
    """Return the addresses of a range outside another range."""
    if taken.subnet_of(cidr):
        return cidr.address_exclude(taken)
    return () if cidr.subnet_of(taken) else (cidr,)


def vault_sites(topology: Topology) -> tuple[tuple[str, tuple[IPv4Network, ...]], ...]:
    """Return the on-premises networks that reach Vault through the hub, each with its ranges, in a fixed order."""
    peering = topology.vault_peering
    names = sorted({*peering.on_premises} & topology.on_premises.keys()) if peering else []
    return tuple((name, tuple(sorted(topology.on_premises[name]))) for name in names)


def vault_resolvers(topology: Topology) -> tuple[IPv4Address, ...]:
    """Return the DNS servers of Vault that need an HVN route because they are outside the runners' subnet."""
    peering = topology.vault_peering
    servers = {server for servers in peering.dns_forwarding.values() for server in servers} if peering else set()
    inside = runners(topology)
    return tuple(sorted(server for server in servers if inside is None or server not in inside))


def pool_of(topology: Topology, cidr: IPv4Network) -> str | None:
    """Return the pool that contains the whole range, or None if no pool contains it."""
    return next((name for name, pool in topology.address_pools.items() if inside(cidr, pool)), None)


def peerings(topology: Topology) -> dict[str, int]:
    """Return the number of HVN routes of each peering with the HVN: `hub`, and the direct spokes by name."""
    routes: dict[str, int] = {}
    if topology.vault_peering:
        sites = sum(len(cidrs) for _, cidrs in vault_sites(topology))
        pools = len(set(topology.vault_peering.transit_pools))
        routes["hub"] = 1 + pools + sites + len(vault_resolvers(topology))
    for name, spoke in topology.spokes.items():
        if spoke.vault_route == "direct":
            routes[name] = len(spoke.cidrs)
    return routes
