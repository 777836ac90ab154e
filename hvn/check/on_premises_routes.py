"""Whether traffic of single subnets with on-premises networks passes the firewall."""

from collections.abc import Iterator

from hvn.check.expected_network import expected_network
from hvn.check.firewall_rules import Net, Zone
from hvn.diagnostics.finding import Message
from hvn.diagnostics.message import Words
from hvn.reach.find import find
from hvn.reach.network import HUB, ON_PREMISES, Place
from hvn.reach.walk import walk
from hvn.topology.model import Topology
from hvn.topology.rule_places import ranges_of

PORT = 443  # Routes do not depend on the port.


def bypass(topology: Topology, source: tuple[str, Zone], destination: tuple[str, Zone]) -> Message | None:
    """Return the reason why no packet from a source to a destination of a rule passes the firewall, or None. Both are
    texts of the file with one of their networks."""
    network = expected_network(topology)
    reason = None
    for start in _places(topology, *source):
        for end in _places(topology, *destination):
            # The firewall allows each reply, so that missing rules do not matter.
            way = walk(network, start, end, PORT, asked_by_firewall=True)
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
    owner = {Net.SITE: ON_PREMISES, Net.HUB: HUB}.get(zone.net, zone.name)
    for cidr in ranges_of(topology, text) or ():
        for place in find(expected_network(topology), str(cidr)):
            is_firewall = place.name == HUB and not place.subnet
            in_zone = zone.net is not Net.SITE or place.name == f"on_premises.{zone.name}"
            if place.network == owner and in_zone and not (place.absent or is_firewall):
                yield place
