"""The connections that a change of the topology affects, with their answers before and after."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hvn.diagnostics.finding import Finding, Rule
from hvn.diagnostics.message import Message
from hvn.reach.answer import Answer, reach
from hvn.reach.build import build
from hvn.reach.network import HUB, HVN, HVNS, RUNNERS, VAULT, Network, Place, UserRoute
from hvn.topology.model import Topology

# The usual port of a destination: Vault's API, the firewall's DNS proxy, and HTTPS for all other places.
PORTS = {VAULT: 8200, HUB: 53}
OTHER_PORT = 443
# All connections depend on these places. If one of them differs, the review compares all connections, unless the
# network has more than `MANY` places.
SHARED = {HUB, *HVNS, RUNNERS, VAULT}
MANY = 150

Key = tuple[str, str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """One connection. `before` or `after` is None if one of the two places does not exist in that topology."""

    source: str
    destination: str
    port: int
    before: Answer | None
    after: Answer | None

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
        """Return a finding about this connection."""
        message = Message(text, source=self.source, destination=self.destination, port=self.port)
        return Finding(rule=rule, workspace=workspace, message=message)


def _may(answer: Answer | None) -> bool:
    return answer is not None and not answer.blocked_by


def deltas(before: Topology | None, after: Topology) -> tuple[tuple[Delta, ...], bool]:
    """Return the connections with different answers, and whether the function compared all connections that can
    differ."""
    new = build(after)
    old = build(before) if before else None
    names = sorted({*new.places, *(old.places if old else ())})
    changed = {name for name in names if old is None or _of(old, name) != _of(new, name)}
    changed |= _with_other_rules(old, new) if old else set()
    shared = old is None or bool(changed & SHARED) or _shared(old) != _shared(new)
    complete = not shared or len(names) <= MANY
    touched = set(names) if shared and complete else changed
    compared = (
        Delta(
            source=source,
            destination=destination,
            port=port,
            before=_answer(old, source, destination, port),
            after=_answer(new, source, destination, port),
        )
        for source in names
        for destination in names
        if source != destination and {source, destination} & touched
        for port in sorted(_ports(destination, new, old))
    )
    return tuple(delta for delta in compared if _differs(delta)), complete


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


def _ports(destination: str, *networks: Network | None) -> Iterator[int]:
    """Yield the destination's usual port, and the ports of the firewall rules for this destination."""
    ports = {PORTS.get(destination, OTHER_PORT)}
    for network in networks:
        places = network.places.get(destination, ()) if network else ()
        for rule in network.rules if network else ():
            if any(place.cidr.overlaps(cidr) for place in places for cidr in rule.destinations):
                ports |= {first for first, last in rule.ports if first == last}
    yield from ports


def _answer(network: Network | None, source: str, destination: str, port: int) -> Answer | None:
    """Return the worst answer among the ranges of the two places, or None if a place does not exist.

    A connection may work for only part of a spoke's ranges.
    """
    if network is None or source not in network.places or destination not in network.places:
        return None
    answers = list(reach(network, source, destination, port))
    return min(answers, key=lambda answer: (not answer.asymmetric, not answer.blocked_by), default=None)


def _of(network: Network, name: str) -> Mapping[str, object]:
    """Return the parts of a network that affect only the connections of one place."""
    own = HVN if name == VAULT else HUB if name == RUNNERS else name
    place = {"places": network.places.get(name), "ranges": network.ranges.get(own)}
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
    return name in gateway.used_by, name in gateway.announced, own


def _in(place: Place, route: UserRoute) -> bool:
    return place.cidr.subnet_of(route.cidr)


def _shared(network: Network) -> tuple[object, ...]:
    """Return the parts that belong to no single spoke: firewall, hub's rules, the hub's peering and routes with HCP."""
    halves = {key: half for key, half in network.halves.items() if HUB in key and {*HVNS} & {*key}}
    rules = [rule for rule in network.rules if rule.path[:1] != ("spokes",)]
    firewall = network.firewall and (network.firewall.address, network.firewall.rules is None)
    connected = network.gateway is None, network.gateway is not None and network.gateway.routes is None
    return firewall, rules, halves, connected, [route for route in network.hvn_routes if route.network == HUB]
