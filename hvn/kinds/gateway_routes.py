"""The next hops in GatewaySubnet: traffic with on-premises networks takes the same appliance in both directions."""

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Address, IPv4Network

from hvn.kinds.inputs import BuiltSubnet, Route, RouteTable
from hvn.kinds.routes import table_of
from hvn.topology import locations, naming
from hvn.topology.model import NewHub, Topology
from hvn.topology.naming import Resource
from hvn.topology.site_hops import site_hop


def gateway_hop(topology: Topology, table: RouteTable) -> str:
    """Return the next hop of the gateway to subnets with this table: the firewall, or the appliance of the file. Return
    an empty text if the subnets send on-premises traffic neither to the firewall nor to this appliance."""
    routes = [(route.cidr, route.next_hop) for route in table.routes]
    hop = site_hop(topology, routes, propagated=table.bgp_route_propagation)
    appliance, firewall = locations.gateway_appliance(topology), locations.firewall_ip(topology)
    return appliance if hop and hop != firewall else hop


def hops_to_subnets(subnets: Iterable[BuiltSubnet], hops: Mapping[Resource, str]) -> Iterator[tuple[str, str]]:
    """Yield the range and the gateway's next hop of each subnet. `hops` has the next hop for each route table. Omit
    subnets without a next hop, and the subnet of the next hop."""
    for subnet in subnets:
        hop = hops.get(subnet.route_table, "") if subnet.route_table else ""
        if hop and IPv4Address(hop) not in IPv4Network(subnet.cidr):
            yield subnet.cidr, hop


def routes_to_spoke(
    topology: Topology,
    name: str,
    own: RouteTable | None,
    more: Iterable[RouteTable],
    subnets: Iterable[BuiltSubnet],
) -> tuple[Route, ...]:
    """Return routes for exactly the ranges of a spoke, and for its subnets with another next hop.

    Azure would not use a route for the whole pool: Azure prefers the longer prefix of the peering's system route
    (learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview). With propagation the spoke's own traffic
    bypasses the firewall, so the replies must also bypass the firewall.
    """
    spoke, appliance = topology.spokes[name], locations.gateway_appliance(topology)
    whole = "" if spoke.bgp_route_propagation else locations.firewall_ip(topology) or ""
    if appliance and own and gateway_hop(topology, own) == appliance:
        whole = appliance
    hops = dict.fromkeys(locations.spoke_cidrs(spoke), whole)
    if appliance:
        by_table = {table.resource: gateway_hop(topology, table) for table in (*more, *_hub_tables(topology))}
        for cidr, hop in sorted(hops_to_subnets(subnets, by_table)):
            if hop != whole and appliance in (hop, whole):
                hops[cidr] = hop
    return tuple(Route(f"{name}-{naming.dashed(cidr)}", cidr, hop) for cidr, hop in hops.items() if hop)


def _hub_tables(topology: Topology) -> Iterator[RouteTable]:
    """Yield the tables of `hub.route_tables`, which a spoke's subnet can use by id."""
    tables = topology.hub.route_tables if isinstance(topology.hub, NewHub) else {}
    for key, table in sorted(tables.items()):
        yield table_of(topology, key, table, locations.hub_route_table(topology, key))
