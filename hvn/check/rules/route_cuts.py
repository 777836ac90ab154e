"""HVN429 route-cuts: a route cuts a subnet off from Vault, or makes a connection asymmetric."""

from collections.abc import Iterator
from dataclasses import replace
from ipaddress import IPv4Network
from itertools import chain, islice

from hvn.diagnostics.finding import Finding, Level, Message, Path, Rule
from hvn.diagnostics.message import Text, Words
from hvn.reach.network import HUB, RUNNERS, VAULT, Network, Place, SystemRoute
from hvn.topology import locations
from hvn.topology.model import Topology
from hvn.topology.naming import NO_ROUTES
from hvn.topology.ranges import routes_of_file, spoke_at
from hvn.topology.shared_vnets import vnets

RULE = Rule(
    id="HVN429",
    name="route-cuts",
    level=Level.WARNING,
    reports="A route table cuts off a cluster or subnet, or the firewall or an appliance sees only one direction.",
    why="the firewall is stateful: it drops a connection if it sees only one direction",
    fix="route both directions of the connection through the firewall or appliance, or neither",
    example="""\
spokes:
  payments:
    routes: {vault: {destination: 172.25.16.0/20, next_hop: none}}
""",
    see="docs/reference/facts.md",
    needs_all_items=True,
)
TABLES, PROPAGATION = "route_tables", "bgp_route_propagation"
CUT = Message("the apps and the runners of this subnet cannot log in to Vault")
Texts = tuple[Message, Message, Message]
"""The message, the reason and the fix of a finding."""
STATEFUL = Message("the firewall is stateful: it drops a connection if it sees only one direction")
LOST = Message("connections from on-premises networks to this subnet fail")
PROPAGATE = Message("set bgp_route_propagation: true")
WITHOUT_HVN = Message("remove the route, or exclude the HVN's range from its destination")


def check(topology: Topology) -> Iterator[Finding]:
    """Yield at most one finding for each route, for each table with or without the gateway's routes, and for each
    subnet without a table, that cuts a subnet off or makes a connection asymmetric."""
    tables = list(routes_of_file(topology))
    learned = [table for table in tables if topology.on_premises and table[0][-3:-2] == (TABLES,)]
    routed = [table for table in tables if table[1]]
    peering = topology.vault_peering
    open_ = [name for name, one in vnets(topology).items() if topology.on_premises and locations.has_open_table(one)]
    if not (learned or routed or open_) or (peering and not {*peering.transit_pools} <= topology.address_pools.keys()):
        return  # HVN301 reports an unknown pool
    # Few files have route tables, and these imports slow the start down.
    from hvn.check.appliance_routes import Appliances
    from hvn.check.cluster_routes import cuts
    from hvn.check.expected_network import expected_network
    from hvn.check.table_users import route_of, table_users

    network = expected_network(topology)
    users = table_users(topology, network)
    appliances = Appliances(topology, network)
    for path, routes in routed:
        starts = users.get(path, [])
        for name, route in sorted(routes.items()):
            if route.destination[0].isdigit():
                to = IPv4Network(route.destination)
                at = (*path, name)
                others = (
                    Finding(rule=RULE, path=at, at_key=True, message=message, why=why, fix=fix)
                    for start in starts
                    for message, why, fix in chain(cuts(topology, network, start, to), appliances.one_way(start, to))
                )
                yield from islice(chain(_findings(topology, network, starts, at, to), others), 1)
    for message, why, fix in islice(chain(appliances.bypasses(), appliances.forwarded()), 1):
        path = ("hub", "gateway", "next_hop")
        yield Finding(rule=RULE, path=path, message=message, why=why, fix=fix)
    for path, _ in learned:
        yield from list(_of_propagation(topology, network, path, users.get(path, [])))[:1]
    for place in (place for name in open_ for place in network.places[name]):
        if route_of(topology, place) == NO_ROUTES:
            path = ("spokes", place.network, "subnets", place.subnet, "route")
            yield from list(_of_start(topology, network, place, path, at_key=False))[:1]


def _findings(
    topology: Topology, network: Network, starts: list[Place], path: Path, to: IPv4Network
) -> Iterator[Finding]:
    from hvn.reach import lookup
    from hvn.reach.answer import reach

    in_hvn = any(to.overlaps(vault.cidr) for vault in network.places.get(VAULT, ()))
    for start in starts:
        if in_hvn and _uses_vault(topology, start):
            for answer in reach(network, start.label, VAULT, 8200):
                hvn = answer.destination.cidr
                if to.overlaps(hvn) and (answer.blocked_by or to.prefixlen > hvn.prefixlen):
                    reason = Words(answer.blocked_by or "the route covers only part of the HVN")
                    message = Message("from {start} to Vault: {reason}", start=start.label, reason=reason)
                    yield Finding(rule=RULE, path=path, at_key=True, message=message, why=CUT, fix=WITHOUT_HVN)
        if not _by_firewall(network, start, to):
            continue
        for name, place in lookup.places(network, to):
            end = place.part(to)
            if place is start or not _leads(start, to, end) or (name == HUB and not end.subnet):
                continue
            pairs = ((start, end), (end, start))
            if any(_asymmetric(network, *pair) for pair in pairs) and not any(
                _asymmetric(_without_route(network, start, to), *pair) for pair in pairs
            ):
                yield Finding(rule=RULE, path=path, at_key=True, message=_one_direction(start, end))


def _by_firewall(network: Network, start: Place, to: IPv4Network) -> bool:
    """Return whether a subnet's route to a range may cut a connection through the firewall. An appliance may forward to
    the firewall, so a route to an appliance is no certain cut, and the search of all pairs of subnets is slow."""
    hops = [one.next_hop for one in start.routes if one.cidr == to and one.next_hop]
    return network.firewall is not None and (not hops or network.firewall.address in hops)


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
    from hvn.reach.lookup import with_place

    return with_place(network, start, replace(start, routes=tuple(one for one in start.routes if one.cidr != to)))


def _of_propagation(topology: Topology, network: Network, path: Path, starts: list[Place]) -> Iterator[Finding]:
    """Yield a finding for each subnet and on-premises network, if `bgp_route_propagation` of the table at this path
    makes their connections asymmetric, or if the subnet has no route for its replies."""
    owner = spoke_at(topology, path) or topology.hub
    is_set = PROPAGATION in owner.route_tables[str(path[-2])].model_fields_set  # type: ignore[union-attr]
    at = (*path[:-1], PROPAGATION) if is_set else path[:-1]
    for start in starts:
        yield from _of_start(topology, network, start, at, at_key=not is_set)


def _of_start(topology: Topology, network: Network, start: Place, at: Path, *, at_key: bool) -> Iterator[Finding]:
    """Yield the findings for a subnet and each on-premises network."""
    from hvn.reach.select import select

    gateway = network.gateway
    if gateway is None or not (start.network == HUB or locations.has_gateway(topology)):
        return  # An existing hub may have a gateway that is not in the file.
    for end in (place for site in sorted(topology.on_premises) for place in network.places[f"on_premises.{site}"]):
        learned = select(network, replace(start, propagated=True), end)
        if not isinstance(learned, SystemRoute):
            continue  # The network does not use the gateway, or a user-defined route precedes the gateway's route.
        if start.propagated:
            findings = list(_bypassing(network, start, end))
        else:
            # A peering outside this project may not use the gateway.
            findings = list(_without_replies(network, start, end)) if start.network in gateway.announced else []
        for message, why, fix in findings:
            if at[-1] == "route":
                fix = Message("use a table of route_tables; {table}", table=fix)
            yield Finding(rule=RULE, path=at, at_key=at_key, message=message, why=why, fix=fix)


def _bypassing(network: Network, start: Place, end: Place) -> Iterator[Texts]:
    """Yield the finding for a subnet with packets that bypass the firewall, unlike the packets to the subnet."""
    pairs = ((start, end), (end, start))
    from hvn.reach.lookup import with_place

    filtered = with_place(network, start, replace(start, propagated=False))
    if any(_asymmetric(network, *pair) for pair in pairs) and not any(_asymmetric(filtered, *pair) for pair in pairs):
        fix = Message("remove bgp_route_propagation, and {add}", add=_route_to_firewall(end.cidr))
        yield _one_direction(start, end), STATEFUL, fix


def _without_replies(network: Network, start: Place, end: Place) -> Iterator[Texts]:
    """Yield the finding for a subnet that gets requests of an on-premises network, but has no route for replies."""
    from hvn.reach.answer import reach

    for answer in reach(network, end.label, start.label, 443):
        if answer.source != end:
            continue  # another range of the on-premises network
        # The rules of an existing firewall are unknown: require a rule of the file.
        arrives = answer.reply and (answer.request.rule or not answer.request.by_firewall)
        if arrives and answer.blocked_by and not answer.cut_by_firewall:
            message = Message(
                "replies from {one} to {range} in {other} have no route",
                one=start.label,
                range=end.cidr,
                other=end.label,
            )
            yield message, LOST, _route_to_firewall(end.cidr) if answer.request.by_firewall else PROPAGATE


def _route_to_firewall(cidr: IPv4Network) -> Message:
    return Message("add a route: {route}", route=Text(f"{{destination: {cidr}, next_hop: firewall}}"))


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
    return any(answer.cut_by_firewall for answer in reach(network, start.in_question, end.in_question, port))
