"""HVN429 route-cuts: a route cuts a subnet off from Vault, or makes a connection asymmetric."""

from collections.abc import Iterator
from dataclasses import replace
from ipaddress import IPv4Network

from hvn.diagnostics.finding import Finding, Level, Message, Path, Rule
from hvn.diagnostics.message import Words
from hvn.reach.network import HUB, RUNNERS, VAULT, Network, Place
from hvn.topology.model import Topology
from hvn.topology.ranges import routes_of_file

RULE = Rule(
    id="HVN429",
    name="route-cuts",
    level=Level.WARNING,
    reports="A route cuts a subnet off from Vault, or sends only one direction of a connection through the firewall.",
    why="the firewall is stateful: it drops a connection if it sees only one direction",
    fix="route both directions of the connection through the firewall, or neither",
    example="""\
spokes:
  payments:
    routes: {vault: {destination: 172.25.16.0/20, next_hop: none}}
""",
    see="docs/reference/facts.md",
    needs_all_items=True,
)
CUT = Message("the apps and the runners of this subnet cannot log in to Vault")
WITHOUT_HVN = Message("remove the route, or exclude the HVN's range from its destination")


def check(topology: Topology) -> Iterator[Finding]:
    """Yield at most one finding for each route that cuts a subnet off from Vault or makes a connection asymmetric."""
    tables = [(path, routes) for path, routes in routes_of_file(topology) if routes]
    peering = topology.vault_peering
    if not tables or (peering and not {*peering.transit_pools} <= topology.address_pools.keys()):
        return  # HVN301 reports an unknown pool
    # Few files have route tables with routes, and these imports slow the start down.
    from hvn.reach.build import built

    network = _without_nsgs(built(topology))
    for path, routes in tables:
        starts = list(_with_table(topology, network, path))
        for name, route in sorted(routes.items()):
            if route.destination[0].isdigit():
                to = IPv4Network(route.destination)
                yield from list(_findings(topology, network, starts, (*path, name), to))[:1]


def _without_nsgs(network: Network) -> Network:
    """Return the network without NSGs, because NSGs do not change routes, and other rules check NSGs."""
    places = {name: tuple(replace(one, nsg=None) for one in places) for name, places in network.places.items()}
    return replace(network, places=places)


def _with_table(topology: Topology, network: Network, path: Path) -> Iterator[Place]:
    """Yield the places that use the route table at this path of the file."""
    owner = str(path[1]) if path[0] == "spokes" else HUB
    table = str(path[-2]) if path[-3:-2] == ("route_tables",) else "firewall"
    for places in network.places.values():
        for place in places:
            if place.network == owner and place.routes and _table(topology, place) == table:
                yield place


def _table(topology: Topology, place: Place) -> str:
    owner = topology.hub if place.network == HUB else topology.spokes[place.network]
    subnets = getattr(owner, "subnets", {})
    return owner.subnet(place.subnet).route if place.subnet in subnets else "firewall"  # type: ignore[union-attr]


def _findings(
    topology: Topology, network: Network, starts: list[Place], path: Path, to: IPv4Network
) -> Iterator[Finding]:
    from hvn.reach.answer import reach

    in_hvn = any(to.overlaps(vault.cidr) for vault in network.find(VAULT))
    for start in starts:
        if in_hvn and _uses_vault(topology, start):
            for answer in reach(network, start.label, VAULT, 8200):
                hvn = answer.destination.cidr
                if to.overlaps(hvn) and (answer.blocked_by or to.prefixlen > hvn.prefixlen):
                    reason = Words(answer.blocked_by or "the route covers only part of the HVN")
                    message = Message("from {start} to Vault: {reason}", start=start.label, reason=reason)
                    yield Finding(rule=RULE, path=path, at_key=True, message=message, why=CUT, fix=WITHOUT_HVN)
        for name, places in network.places.items():
            for place in places:
                end = _part(place, to)
                if place is start or not _leads(start, to, end) or (name == HUB and not end.subnet):
                    continue
                pairs = ((start, end), (end, start))
                if any(_asymmetric(network, *pair) for pair in pairs) and not any(
                    _asymmetric(_without_route(network, start, to), *pair) for pair in pairs
                ):
                    yield Finding(rule=RULE, path=path, at_key=True, message=_one_direction(start, end))


def _one_direction(start: Place, end: Place) -> Message:
    if end.within:
        return Message(
            "the firewall sees only one direction of the connections between {one} and {part} in {other}",
            one=start.label,
            other=end.label,
            part=end.cidr,
        )
    return Message(
        "the firewall sees only one direction of the connections between {one} and {other}",
        one=start.label,
        other=end.label,
    )


def _without_route(network: Network, start: Place, to: IPv4Network) -> Network:
    """Return the network without a subnet's route to this range. The caller compares both networks to find out whether
    the route is the cause."""
    routes = tuple(route for route in start.routes if route.cidr != to)
    without = replace(start, routes=routes)
    places = {
        name: tuple(without if one == start else one for one in places) for name, places in network.places.items()
    }
    return replace(network, places=places)


def _part(place: Place, to: IPv4Network) -> Place:
    """Return the part of a place that a route to this range covers: the whole place, or the range inside the place."""
    return replace(place, cidr=to, within=place.cidr) if to != place.cidr and to.subnet_of(place.cidr) else place


def _leads(start: Place, to: IPv4Network, end: Place) -> bool:
    """Return whether `to` is the destination of the most specific route from the subnet `start` to the range `end`."""
    return max((one.cidr for one in start.routes if end.cidr.subnet_of(one.cidr)), key=_length, default=None) == to


def _length(cidr: IPv4Network) -> int:
    return cidr.prefixlen


def _uses_vault(topology: Topology, place: Place) -> bool:
    if place.network == HUB:
        return place.name == RUNNERS and topology.vault_peering is not None
    return topology.spokes[place.network].vault_route != "none"


def _asymmetric(network: Network, start: Place, end: Place) -> bool:
    from hvn.reach.answer import reach

    port = 8200 if end.name == VAULT else 443
    source, destination = (str(place.cidr) if place.within else place.label for place in (start, end))
    return any(answer.cut_by_firewall for answer in reach(network, source, destination, port))
