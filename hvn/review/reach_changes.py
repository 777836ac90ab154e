"""Find the connections that a change of the topology affects, with the answers of `hvn reach` before and after the
change."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from ipaddress import IPv4Address
from itertools import product

from hvn.diagnostics.finding import Finding, Rule
from hvn.diagnostics.message import Message, Words
from hvn.reach.answer import Answer, reach
from hvn.reach.appliance import subnet_of
from hvn.reach.build import build
from hvn.reach.network import AFTER_FAILOVER, BACKUP, HUB, HVN, HVNS, RUNNERS, VAULT, Network, Place, UserRoute
from hvn.reach.traffic import DNS_PORT, Protocol, Traffic, traffic_of
from hvn.topology.model import Topology

# The usual port of a destination: Vault's API, the firewall's DNS proxy, and HTTPS for all other places.
FAILED_OVER = f"{VAULT}/{AFTER_FAILOVER}"
PORTS = {VAULT: 8200, FAILED_OVER: 8200, HUB: 53}
OTHER_PORT = 443
# All connections depend on these places. If one of them differs, the review compares all connections, unless the
# network has more than `MANY` places.
SHARED = {HUB, *HVNS, RUNNERS, VAULT, FAILED_OVER}
MANY = 150
# By place: the network that contains the place, if the network has a different name.
NETWORKS = {VAULT: HVN, FAILED_OVER: BACKUP, RUNNERS: HUB}

Answers = Mapping[tuple[str, str], Answer]
"""The answers between two places, by the subnets or ranges of source and destination."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """One connection. `source` and `destination` are places, or the subnets of a place if only some of them differ.

    `before` or `after` is None if one of the two places does not exist in that topology.
    """

    source: str
    destination: str
    traffic: Traffic
    before: Answer | None = None
    after: Answer | None = None

    @property
    def gained(self) -> bool:
        """Return whether the connection may work now and certainly did not work before."""
        return _may(self.after) and not _may(self.before)

    @property
    def lost(self) -> bool:
        """Return whether the connection certainly does not work now and may have worked before."""
        return _may(self.before) and not _may(self.after)

    @property
    def in_both(self) -> bool:
        """Return whether both places exist before and after."""
        return self.before is not None and self.after is not None

    def finding(self, rule: Rule, workspace: str, text: str) -> Finding:
        """Return a finding about this connection. The template contains `{traffic}`."""
        protocol, port = Words(self.traffic.protocol.upper()), self.traffic.port
        text = text.replace("{traffic}", "{protocol} {port}" if port else "{protocol}")
        facts = {"port": port} if port else {}
        message = Message(text, source=self.source, destination=self.destination, protocol=protocol, **facts)
        return Finding(rule=rule, workspace=workspace, message=message)


def _may(answer: Answer | None) -> bool:
    return answer is not None and not answer.blocked_by


def deltas(before: Topology, after: Topology) -> tuple[tuple[Delta, ...], bool]:
    """Return the connections with different answers, and whether the function compared all connections that can
    differ."""
    old, new = _network(before), _network(after)
    names = sorted({*old.places, *new.places})
    changed = {name for name in names if _of(old, name) != _of(new, name)} | _with_other_rules(old, new)
    shared = bool(changed & SHARED) or _shared(old) != _shared(new)
    complete = not shared or len(names) <= MANY
    touched = set(names) if shared and complete else changed
    compared = (
        _compared(Delta(source=source, destination=destination, traffic=traffic), old, new)
        for source in names
        for destination in names
        if source != destination and {source, destination} & touched
        for traffic in _traffic(destination, new, old)
    )
    return tuple(delta for deltas in compared for delta in deltas), complete


def _compared(connection: Delta, old: Network, new: Network) -> Iterator[Delta]:
    """Yield the differences of a connection. Subnets with the same difference share one item."""
    pairs = list(_pairs(_answers(old, connection), _answers(new, connection)))
    differing = [delta for before, after in pairs if _differs(delta := replace(connection, before=before, after=after))]
    ends = [_ends(before, after) for before, after in pairs]
    changed = [_ends(delta.before, delta.after) for delta in differing]
    whole = [{end[side] for end in ends} == {end[side] for end in changed} for side in (0, 1)]
    shown = {}
    for delta, (source, destination) in zip(differing, changed, strict=True):
        named = replace(
            delta,
            source=delta.source if whole[0] else source,
            destination=delta.destination if whole[1] else destination,
        )
        shown[_shown(named)] = named
    yield from shown.values()


def _ends(before: Answer | None, after: Answer | None) -> tuple[str, str]:
    answer = after or before
    return (answer.source.label, answer.destination.label) if answer else ("", "")


def _network(topology: Topology) -> Network:
    """Return the network of a topology, with Vault in the backup HVN as a separate place `vault/backup`."""
    network = build(topology)
    return replace(network, places={**network.places, **{one.label: (one,) for one in network.places[VAULT]}})


def _with_other_rules(old: Network, new: Network) -> set[str]:
    """Return the places that are a source or a destination of a changed firewall rule."""
    differing = {*old.rules} ^ {*new.rules}
    ranges = [cidr for rule in differing for cidr in (*rule.sources, *rule.destinations)]
    return {
        name
        for network in (old, new)
        for name, places in network.places.items()
        if any(place.cidr.overlaps(cidr) for place in places for cidr in ranges)
    }


def _differs(delta: Delta) -> bool:
    answers = (delta.before, delta.after)
    asymmetric = [bool(answer and answer.asymmetric) for answer in answers]
    firewall = [answer.request.by_firewall if answer and not answer.blocked_by else None for answer in answers]
    verdicts = [answer.verdict if answer else None for answer in answers]
    if None in verdicts:
        return delta.gained or delta.lost or asymmetric[1]
    return (
        verdicts[0] != verdicts[1]
        or asymmetric[0] != asymmetric[1]
        or (None not in firewall and len(set(firewall)) > 1)
    )


def _traffic(destination: str, *networks: Network) -> list[Traffic]:
    """Return the destination's usual traffic, and for each protocol the ports of the firewall rules for this
    destination. A range of ports without any of these ports adds its first port."""
    usual = traffic_of(PORTS.get(destination, OTHER_PORT))
    ports = {usual.protocol: {usual.port}}
    wide: set[tuple[Protocol, int, int]] = set()
    for network in networks:
        places = network.places.get(destination, ())
        for rule in network.rules:
            if any(place.cidr.overlaps(cidr) for place in places for cidr in rule.destinations):
                every = product(rule.protocols, rule.ports)
                wide |= {(protocol, first, last) for protocol, (first, last) in every}
    for protocol, first, last in sorted(wide, key=lambda one: (one[2] - one[1], one)):
        known = ports.setdefault(protocol, set())
        if not any(first <= port <= last for port in known):
            known.add(0 if protocol is Protocol.ICMP else first or DNS_PORT)
    return [Traffic(port, protocol) for protocol in Protocol for port in sorted(ports.get(protocol, ()))]


def _answers(network: Network, connection: Delta) -> Answers:
    """Return the answers between two places; empty if a place does not exist."""
    if not {connection.source, connection.destination} <= network.places.keys():
        return {}
    protocol = connection.traffic.protocol
    answers = reach(network, connection.source, connection.destination, connection.traffic.port, protocol)
    return {(_key(answer.source), _key(answer.destination)): answer for answer in answers}


def _key(place: Place) -> str:
    return place.subnet or str(place.cidr)


def _pairs(old: Answers, new: Answers) -> Iterator[tuple[Answer | None, Answer | None]]:
    """Yield the answers before and after, subnet by subnet.

    If no subnet is in both topologies, yield the worst answers. A new subnet counts only if no old subnet had the same
    kind of connection. Removed subnets do not count, because the plan destroys them.
    """
    if not (old and new):
        yield from ((answer, None) for answer in old.values())
        yield from ((None, answer) for answer in new.values())
        return
    if not old.keys() & new.keys():
        yield _worst(old), _worst(new)
    for key, answer in new.items():
        if key in old:
            yield old[key], answer
        elif answer.asymmetric or (_may(answer) and not any(_alike(answer, one) for one in old.values())):
            yield max(old.values(), key=_may), answer


def _worst(answers: Answers) -> Answer:
    return min(answers.values(), key=lambda answer: (not answer.asymmetric, not answer.blocked_by))


def _alike(one: Answer, other: Answer) -> bool:
    return _may(other) and one.request.by_firewall == other.request.by_firewall


def _shown(delta: Delta) -> tuple[object, ...]:
    """Return the parts of a connection that the comment shows."""
    answers = (
        answer and (answer.verdict, answer.asymmetric, answer.request.by_firewall and not answer.blocked_by)
        for answer in (delta.before, delta.after)
    )
    return delta.source, delta.destination, delta.traffic, *answers


def _of(network: Network, name: str) -> Mapping[str, object]:
    """Return the parts of a network that affect only the connections of one place."""
    place = {"places": network.places.get(name), "ranges": network.ranges.get(NETWORKS.get(name, name))}
    if name in SHARED:
        return place
    return {
        **place,
        "halves": {key: half for key, half in network.halves.items() if name in key},
        "routes": [route for route in network.hvn_routes if route.network == name],
        "gateway": _gateway_of(network, name),
    }


def _gateway_of(network: Network, name: str) -> object:
    """Return the parts of the gateway that belong to one place."""
    gateway = network.gateway
    if gateway is None:
        return None
    own = {route.cidr for place in network.places.get(name, ()) for route in gateway.routes or () if _in(place, route)}
    is_used = name in gateway.used_by
    return is_used, name in gateway.announced, is_used and gateway.route_server, own


def _in(place: Place, route: UserRoute) -> bool:
    return place.cidr.subnet_of(route.cidr)


def _shared(network: Network) -> tuple[object, ...]:
    """Return the parts that belong to no single spoke: firewall, hub's rules, the hub's peering and routes with HCP,
    and the NSGs that filter the traffic through appliances."""
    halves = {key: half for key, half in network.halves.items() if HUB in key and {*HVNS} & {*key}}
    rules = [rule for rule in network.rules if rule.path[:1] != ("spokes",)]
    firewall = network.firewall and (
        network.firewall.address,
        network.firewall.rules is None,
        network.firewall.base_policy,
        network.firewall.routes,
    )
    connected = network.gateway is None, network.gateway is not None and network.gateway.routes is None
    appliances = {hop: place.nsg for hop in _next_hops(network) if (place := subnet_of(network, hop))}
    routes = [route for route in network.hvn_routes if route.network == HUB]
    return firewall, rules, halves, connected, appliances, routes


def _next_hops(network: Network) -> set[IPv4Address]:
    routes = [route for places in network.places.values() for place in places for route in place.routes]
    routes += network.gateway.routes or () if network.gateway else ()
    return {route.next_hop for route in routes if route.next_hop}
