"""The subnets that use each route table of the file."""

from collections.abc import Mapping

from hvn.diagnostics.finding import Path
from hvn.reach.network import HUB, Network, Place
from hvn.topology import locations
from hvn.topology.model import NewHub, Topology
from hvn.topology.naming import NO_ROUTES, Resource

TABLES = "route_tables"


def table_users(topology: Topology, network: Network) -> Mapping[Path, list[Place]]:
    """Return the places by the path of their routes in the file. A subnet of a spoke can use a table of the hub."""
    hub = topology.hub
    shared: dict[Resource, Path] = {
        locations.hub_route_table(topology, key): (HUB, TABLES, key, "routes")
        for key in (hub.route_tables if isinstance(hub, NewHub) else ())
    }
    users: dict[Path, list[Place]] = {}
    for places in network.places.values():
        for place in places:
            if (place.network == HUB or place.in_spoke) and (path := _table(topology, shared, place)):
                users.setdefault(path, []).append(place)
    return users


def route_of(topology: Topology, place: Place) -> str:
    """Return `route` of a subnet."""
    owner = topology.hub if place.network == HUB else topology.spokes[place.network]
    subnets = getattr(owner, "subnets", {})
    return owner.subnet(place.subnet).route if place.subnet in subnets else "firewall"  # type: ignore[union-attr]


def _table(topology: Topology, shared: Mapping[Resource, Path], place: Place) -> Path | None:
    route = route_of(topology, place)
    start: Path = (HUB,) if place.network == HUB else ("spokes", place.network)
    if route == NO_ROUTES or (place.network, place.name, place.subnet) == (HUB, HUB, ""):
        return None
    if route == "firewall":
        # The firewall's own subnet and AzureBastionSubnet have no table of the file.
        return (*start, "routes") if place.routes or place.tag_routes else None
    if "/" not in route:
        return (*start, TABLES, route, "routes")
    if not place.in_spoke:
        return None
    vnet = locations.spoke_vnet(topology, place.network, topology.spokes[place.network])
    existing = locations.existing_route_table(route, vnet)
    return shared.get(existing) if existing else None
