"""The user-defined routes of the file, with Azure's values."""

from collections.abc import Mapping

from hvn.kinds.inputs import Route, RouteTable
from hvn.topology import locations, model, naming
from hvn.topology.model import Topology
from hvn.topology.naming import Resource

HOPS = {
    "gateway": "VirtualNetworkGateway",
    "internet": "Internet",
    "none": "None",
    "vnet": "VnetLocal",
}
"""Azure's next hop type for each word of `next_hop` in the file, except `firewall`."""


def hvn_routes(topology: Topology, next_hop: str) -> tuple[Route, ...]:
    """Return the routes to the HVN, and to the backup HVN if any, through an appliance."""
    names_and_ranges = zip((naming.HVN_ROUTE, naming.BACKUP_ROUTE), topology.hvn.cidrs, strict=False)
    return tuple(Route(name, str(cidr), next_hop) for name, cidr in names_and_ranges)


def routes_of(topology: Topology, routes: Mapping[str, model.Route]) -> tuple[Route, ...]:
    """Return the routes of the topology file with Azure's values, in the order of their names."""
    return tuple(_route(topology, name, route) for name, route in sorted(routes.items()))


def _route(topology: Topology, name: str, route: model.Route) -> Route:
    if route.next_hop in HOPS:
        return Route(name, route.destination, "", HOPS[route.next_hop])
    # HVN430 refuses `firewall` without a firewall.
    address = locations.firewall_ip(topology) if route.next_hop == "firewall" else route.next_hop
    return Route(name, route.destination, address or "")


def table_of(topology: Topology, key: str, table: model.RouteTable, resource: Resource) -> RouteTable:
    """Return the inputs of one table in `route_tables`."""
    return RouteTable(resource, routes_of(topology, table.routes), table.bgp_route_propagation, key)
