"""The next hops of the traffic to on-premises networks."""

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Network

from hvn.topology import locations
from hvn.topology.model import Route, Topology
from hvn.topology.naming import NO_ROUTES

EVERYWHERE = IPv4Network("0.0.0.0/0")


def site_hop(topology: Topology, routes: Iterable[tuple[str, str]], *, propagated: bool) -> str:
    """Return the next hop of a route table for all on-premises networks; empty if the next hops differ or are no
    address. `routes` are destinations with the address of their next hop, empty for another next hop."""
    ranges = [cidr for cidrs in topology.on_premises.values() for cidr in cidrs] or [EVERYWHERE]
    own = [(IPv4Network(cidr), hop) for cidr, hop in routes if cidr[0].isdigit()]
    hops = {_next_hop(own, cidr, propagated) for cidr in ranges}
    return hops.pop() if len(hops) == 1 else ""


def _next_hop(routes: list[tuple[IPv4Network, str]], to: IPv4Network, propagated: bool) -> str:
    """Return the next hop to a range of an on-premises network. With propagation the table also has the gateway's route
    to this range."""
    fit = [(cidr.prefixlen, hop) for cidr, hop in routes if cidr == to or (not propagated and to.subnet_of(cidr))]
    return max(fit, default=(0, ""))[1]


def appliance_ranges(topology: Topology) -> Mapping[str, str]:
    """Return the ranges of spokes and subnets that send on-premises traffic to an appliance, other than the firewall,
    with the address of the appliance."""
    firewall = locations.firewall_ip(topology)
    found = (one for name in sorted(topology.spokes) for one in _of_spoke(topology, name))
    return {cidr: hop for cidr, hop in found if hop not in ("", firewall)}


def _of_spoke(topology: Topology, name: str) -> Iterator[tuple[str, str]]:
    spoke, firewall = topology.spokes[name], locations.firewall_ip(topology)
    default = [("0.0.0.0/0", firewall)] if firewall else []
    own = [*default, *_addresses(spoke.routes)]
    whole = site_hop(topology, own, propagated=locations.learns_routes(topology, spoke))
    yield from ((cidr, whole) for cidr in locations.spoke_cidrs(spoke))
    tables = {
        key: site_hop(topology, _addresses(table.routes), propagated=table.bgp_route_propagation)
        for key, table in spoke.route_tables.items()
    }
    for key in sorted(spoke.subnets):
        subnet = spoke.subnet(key)
        hop = tables.get(subnet.route, "")
        if hop and hop != whole and subnet.route != NO_ROUTES:
            yield str(subnet.cidr), hop


def _addresses(routes: Mapping[str, Route]) -> Iterator[tuple[str, str]]:
    for route in routes.values():
        yield route.destination, route.next_hop if route.next_hop[0].isdigit() else ""
