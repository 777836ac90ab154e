"""GatewaySubnet of the hub with its routes to the firewall."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network

from hvn.kinds.inputs import BuiltSubnet, Route, RouteTable, Subnet
from hvn.kinds.routes import hvn_routes
from hvn.topology import locations, naming
from hvn.topology.model import NewHub, Topology
from hvn.topology.ranges import vault_sites

EVERYWHERE = IPv4Network("0.0.0.0/0")


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayInputs:
    """GatewaySubnet and its route table. The route table is None in a hub without a firewall. The routes to the spokes
    are in the spokes' workspaces."""

    subnet: Subnet
    routes: RouteTable | None


def gateway(
    topology: Topology, new_hub: NewHub, subnets: Iterable[BuiltSubnet], tables: Iterable[RouteTable]
) -> GatewayInputs | None:
    """Return GatewaySubnet of a hub with these subnets and their route tables; None without `hub.gateway`."""
    if new_hub.gateway is None:
        return None
    return GatewayInputs(
        subnet=Subnet(locations.hub_vnet(topology), naming.GATEWAY, "GatewaySubnet", str(new_hub.gateway.cidr)),
        routes=_table(topology, new_hub, subnets, tables),
    )


def _table(
    topology: Topology, new_hub: NewHub, subnets: Iterable[BuiltSubnet], tables: Iterable[RouteTable]
) -> RouteTable | None:
    table, hop = locations.gateway_route_table(topology), locations.firewall_ip(topology)
    if table is None or hop is None:
        return None
    # The runners' default route has the firewall as next hop, so traffic to the runners must also pass the firewall.
    routes = [Route("runners", str(new_hub.runners.cidr), hop)]
    filtered = {one.resource for one in tables if not one.key or _filters(topology, one, hop)}
    routes += _to_subnets((subnet for subnet in subnets if subnet.route_table in filtered), hop)
    if vault_sites(topology):
        # Without this route Azure uses the peering's system route, but Vault's replies come through the firewall.
        routes += hvn_routes(topology, hop)
    return RouteTable(table, tuple(routes), bgp_route_propagation=True)


def _to_subnets(subnets: Iterable[BuiltSubnet], hop: str) -> Iterator[Route]:
    """Yield the routes to the subnets that send on-premises traffic to the firewall: the other direction must also pass
    the firewall.

    The routes have the ranges of the subnets, because a route for the hub's range would contain the firewall's subnet
    (learn.microsoft.com/azure/architecture/example-scenario/gateway/firewall-application-gateway). The names contain
    the ranges, so that a renamed subnet keeps its route.
    """
    for cidr in sorted(subnet.cidr for subnet in subnets):
        yield Route(f"{naming.HUB}-{naming.dashed(cidr)}", cidr, hop)


def _filters(topology: Topology, table: RouteTable, hop: str) -> bool:
    """Return whether a table of `route_tables` sends the traffic to every on-premises network to the firewall."""
    ranges = [cidr for cidrs in topology.on_premises.values() for cidr in cidrs] or [EVERYWHERE]
    return all(_next_hop(table, cidr) == hop for cidr in ranges)


def _next_hop(table: RouteTable, to: IPv4Network) -> str:
    """Return the address of the table's next hop to a range of an on-premises network; empty for another next hop. With
    propagation the table also has the gateway's route to this range."""
    routes = [(IPv4Network(route.cidr), route.next_hop) for route in table.routes if route.cidr[0].isdigit()]
    fit = [
        (cidr.prefixlen, hop)
        for cidr, hop in routes
        if cidr == to or (not table.bgp_route_propagation and to.subnet_of(cidr))
    ]
    return max(fit, default=(0, ""))[1]
