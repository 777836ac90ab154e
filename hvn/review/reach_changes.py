"""Who can talk to whom before and after: the connections whose answer differs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hvn.reach.answer import Answer, reach
from hvn.reach.build import build
from hvn.reach.network import HUB, HVN, RUNNERS, VAULT, Network
from hvn.topology.model import Topology

# What each is asked for most: Vault's API, the firewall's DNS proxy, and HTTPS elsewhere.
PORTS = {VAULT: 8200, HUB: 53}
OTHER_PORT = 443
# Everything depends on these: if one of them differs, all connections are compared, of so many places at most.
SHARED = {HUB, HVN, RUNNERS, VAULT}
MANY = 150

Key = tuple[str, str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """One connection; a side is None where one of the two places is not there."""

    source: str
    destination: str
    port: int
    before: Answer | None
    after: Answer | None

    @property
    def gained(self) -> bool:
        """It may work now and certainly did not."""
        return _may(self.after) and not _may(self.before)

    @property
    def lost(self) -> bool:
        """It certainly does not work now and may have."""
        return _may(self.before) and not _may(self.after)


def _may(answer: Answer | None) -> bool:
    return answer is not None and not answer.died


def deltas(before: Topology | None, after: Topology) -> tuple[tuple[Delta, ...], bool]:
    """What differs, and whether all connections were compared."""
    new = build(after)
    old = build(before) if before else None
    names = sorted({*new.places, *(old.places if old else ())})
    changed = {name for name in names if old is None or _of(old, name) != _of(new, name)}
    shared = old is None or bool(changed & SHARED) or _shared(old) != _shared(new)
    complete = not shared or len(names) <= MANY
    touched = set(names) if shared and complete else changed
    found = []
    for source in names:
        for destination in names:
            if source == destination or not {source, destination} & touched:
                continue
            for port in sorted(_ports(destination, new, old)):
                one = Delta(
                    source=source,
                    destination=destination,
                    port=port,
                    before=_answer(old, source, destination, port),
                    after=_answer(new, source, destination, port),
                )
                if _differ(one):
                    found.append(one)
    return tuple(found), complete


def _differ(one: Delta) -> bool:
    asymmetric = [bool(each and each.asymmetric) for each in (one.before, one.after)]
    firewall = [each.there.by_firewall if each and not each.died else None for each in (one.before, one.after)]
    verdicts = [each.verdict if each else None for each in (one.before, one.after)]
    if None in verdicts:
        return one.gained or one.lost or asymmetric[1]
    return (
        verdicts[0] != verdicts[1]
        or asymmetric[0] != asymmetric[1]
        or (None not in firewall and len(set(firewall)) > 1)
    )


def _ports(destination: str, *networks: Network | None) -> Iterator[int]:
    """The usual port, and those that a rule of the firewall speaks of."""
    found = {PORTS.get(destination, OTHER_PORT)}
    for network in networks:
        places = network.places.get(destination, ()) if network else ()
        for rule in (network.firewall.rules or ()) if network else ():
            if any(place.cidr.overlaps(cidr) for place in places for cidr in rule.destinations):
                found.add(rule.port)
    yield from found


def _answer(network: Network | None, source: str, destination: str, port: int) -> Answer | None:
    """The worst answer among the ranges of the two: a spoke that reaches with one half only is worth a look."""
    if network is None or source not in network.places or destination not in network.places:
        return None
    answers = list(reach(network, source, destination, port))
    return min(answers, key=lambda each: (not each.asymmetric, not each.died), default=None)


def _of(network: Network, name: str) -> Mapping[str, object]:
    """What of a network concerns one place and its connections."""
    own = HVN if name == VAULT else HUB if name == RUNNERS else name
    return (
        {
            "places": network.places.get(name),
            "ranges": network.ranges.get(own),
            "halves": {key: half for key, half in network.halves.items() if name in key},
            "routes": [route for route in network.hvn_routes if route.network == name],
        }
        if name not in SHARED
        else {"places": network.places.get(name), "ranges": network.ranges.get(own)}
    )


def _shared(network: Network) -> tuple[object, ...]:
    """What no place has for itself: the firewall, the hub's own peering with the HVN, and the routes through it."""
    halves = {key: half for key, half in network.halves.items() if set(key) == {HUB, HVN}}
    return network.firewall, halves, [route for route in network.hvn_routes if route.network == HUB]
