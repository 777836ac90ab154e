"""Whether traffic of single subnets with on-premises networks passes the firewall."""

from collections.abc import Iterator
from dataclasses import replace

from hvn.check.expected_network import expected_network
from hvn.check.firewall_rules import Net, Zone
from hvn.diagnostics.finding import Message
from hvn.diagnostics.message import Words
from hvn.reach.network import HUB, Place
from hvn.reach.traffic import Traffic
from hvn.reach.walk import walk
from hvn.topology.model import Topology
from hvn.topology.rule_places import ranges_of

ANY = Traffic(443)  # Routes do not depend on the protocol and the port.


def bypass(topology: Topology, source: tuple[str, Zone], destination: tuple[str, Zone]) -> Message | None:
    """Return the reason why no packet from a source to a destination of a rule passes the firewall, or None. Both are
    texts of the file with one of their networks."""
    network = expected_network(topology)
    reason = None
    for start in _places(topology, *source):
        for end in _places(topology, *destination):
            # The firewall allows each reply, so that missing rules do not matter.
            way = walk(network, start, end, ANY, asked_by_firewall=True)
            if way.by_firewall or way.by_appliance:
                return None
            reason = reason or (
                Message("{reason}", reason=Words(way.blocked_by))
                if way.blocked_by
                else Message("traffic from {start} to {end} bypasses the firewall", start=start.label, end=end.label)
            )
    return reason


def _places(topology: Topology, text: str, zone: Zone) -> Iterator[Place]:
    """Yield the subnets and on-premises ranges of a source or destination in one of its networks."""
    network = expected_network(topology)
    if text in network.parts:
        yield from network.parts[text]
        return
    if zone.net is Net.HUB:
        # Exclude the firewall itself.
        known = [place for name, places in network.places.items() if name != HUB for place in places]
        known = [place for place in known if place.network == HUB]
    else:
        known = list(network.places[f"on_premises.{zone.name}" if zone.net is Net.SITE else zone.name])
    for cidr in ranges_of(topology, text) or ():
        for place in known:
            if place.cidr.subnet_of(cidr):
                yield place
            elif cidr.subnet_of(place.cidr):
                yield replace(place, cidr=cidr, within=place.cidr)
