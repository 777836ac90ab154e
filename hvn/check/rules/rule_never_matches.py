"""HVN425 rule-never-matches: the packets of a firewall rule never reach the firewall or their destination."""

from collections.abc import Iterator, Sequence

from hvn.check.firewall_rules import Net, Written, Zone, Zones, written
from hvn.diagnostics.finding import Finding, Level, Message, Path, Rule
from hvn.diagnostics.message import Text
from hvn.topology import locations
from hvn.topology.firewall import port_range
from hvn.topology.model import NewHub, Spoke, Topology
from hvn.topology.rule_places import ranges_of
from hvn.topology.security import HVN_IN

RULE = Rule(
    id="HVN425",
    name="rule-never-matches",
    level=Level.WARNING,
    reports="Traffic of a firewall rule bypasses the firewall, has no route, uses a closed port of Vault, or is ICMP "
    "to the internet.",
    why="the rule has no effect: the traffic bypasses the firewall, or has no route",
    fix="remove the source or destination, or write the address that the traffic has at the firewall",
    example="""\
spokes:
  payments:
    firewall_rules:
      vault: {sources: [spokes.payments], destinations: [vault], ports: [tcp/8200], reason: secrets}
""",
    see="docs/reference/facts.md",
)
TO_DIRECT = Message(
    "the firewall never sees this traffic, and the NSG rule {hvn_in} of a `direct` spoke denies it", hvn_in=HVN_IN
)
End = tuple[str, Zone]
"""A source or destination of a rule with one of its networks."""
# The ports of HCP: Vault's API and KMIP.
VAULT_PORTS = (8200, 5696)
NO_ICMP = Message("Azure Firewall does not translate ICMP packets, so they do not reach the internet")
REMOVE = Message("remove the rule, or test the connection with TCP")
CLOSED = Message("connections to a port without a listener fail")


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each source or destination without traffic through the firewall, and for each port on which
    Vault does not listen."""
    zones: Zones | None = None
    known: dict[str, bool] = {}
    for one in written(topology):
        rule = one.rule
        for place in (*rule.sources, *rule.destinations):
            if place not in known:
                known[place] = ranges_of(topology, place) is not None
        if not all(known[place] for place in (*rule.sources, *rule.destinations)):
            continue  # HVN420
        zones = zones or Zones(topology)
        dead = list(_dead(topology, zones, one))
        to_direct = _hvn_to_direct(zones, topology, one)
        for path, message in dead:
            yield Finding(
                rule=RULE,
                path=(*one.path, *path),
                message=message,
                why=TO_DIRECT if to_direct else "",
                fix=_nsg_fix(topology) if to_direct else "",
            )
        if not dead:
            yield from _icmp(topology, zones, one)
        if not dead and rule.destinations and all(place == "vault" for place in rule.destinations):
            yield from _closed_ports(one)


def _dead(topology: Topology, zones: Zones, one: Written) -> Iterator[tuple[Path, Message]]:
    rule = one.rule
    sources, destinations = _ends(zones, rule.sources), _ends(zones, rule.destinations) or [[("", Zone(Net.INTERNET))]]
    reasons = [[_reason(topology, zones, source, destination) for destination in destinations] for source in sources]
    dead = [index for index, row in enumerate(reasons) if all(row)]
    for index in dead:
        yield ("sources", index), _message(rule.sources[index], _first(reasons[index]))
    if len(dead) == len(sources):
        return
    for index, place in enumerate(rule.destinations):
        column = [row[index] for row in reasons]
        if all(column):
            yield ("destinations", index), _message(place, _first(column))


def _ends(zones: Zones, places: Sequence[str]) -> list[list[End]]:
    return [[(place, zone) for zone in zones.of(place)] for place in places]


def _first(reasons: Sequence[Message | None]) -> Message:
    return next(reason for reason in reasons if reason)


def _reason(topology: Topology, zones: Zones, source: list[End], destination: list[End]) -> Message | None:
    """Return the reason why the firewall sees no traffic between two places; None if the firewall sees some traffic."""
    reason = None
    for start in source:
        for end in destination:
            reason = _bypass(topology, zones, start, end)
            if reason is None:
                return None
    return reason


def _bypass(topology: Topology, zones: Zones, start: End, end: End) -> Message | None:
    (_, one), (_, other) = start, end
    if Net.SITE in (one.net, other.net) and _has_own_routes(topology, one if other.net is Net.SITE else other):
        # Few files have such routes, and these imports slow the start down.
        from hvn.check.on_premises_routes import bypass

        return bypass(topology, start, end)
    return zones.bypass(one, other)


def _has_own_routes(topology: Topology, zone: Zone) -> bool:
    """Return whether subnets of a spoke or hub with a gateway may have other routes than the default route to the
    firewall."""
    hub, gateway = topology.hub, locations.has_gateway_subnet(topology)
    if zone.net not in (Net.SPOKE, Net.HUB) or not gateway or locations.firewall_ip(topology) is None:
        return False
    owner = topology.spokes[zone.name] if zone.net is Net.SPOKE else hub
    if not isinstance(owner, Spoke | NewHub):
        return False
    bastion = isinstance(owner, NewHub) and owner.bastion is not None
    return bool(owner.routes) or bastion or any(owner.subnet(name).route != "firewall" for name in owner.subnets)


def _message(place: str, reason: Message) -> Message:
    return Message("this rule never matches traffic of {place}: {reason}", place=place, reason=reason)


def _hvn_to_direct(zones: Zones, topology: Topology, one: Written) -> bool:
    """Return whether the HVN is the only source of a rule, and a direct spoke is a destination."""
    sources = [zone for place in one.rule.sources for zone in zones.of(place)]
    ends = [zone for place in one.rule.destinations for zone in zones.of(place)]
    return all(zone.net is Net.HVN for zone in sources) and any(
        zone.net is Net.SPOKE and topology.spokes[zone.name].vault_route == "direct" for zone in ends
    )


def _nsg_fix(topology: Topology) -> Message:
    return Message(
        "remove the rule, and add to the destination's subnet: {rule}",
        rule=Text(f"rules: {{vault: {{priority: 100, source: [{', '.join(map(str, topology.hvn.cidrs))}]}}}}"),
    )


def _icmp(topology: Topology, zones: Zones, one: Written) -> Iterator[Finding]:
    """Yield a finding for a rule that allows only ICMP, and only to the internet. Host names may have private
    addresses."""
    destinations = [zone.net for place in one.rule.destinations for zone in zones.of(place)]
    public = one.rule.service_tags or (destinations and all(net is Net.INTERNET for net in destinations))
    if public and {*one.rule.ports} == {"icmp"} and locations.new_firewall(topology):
        message = Message("all destinations of this rule are on the internet")
        yield Finding(rule=RULE, path=(*one.path, "ports", 0), message=message, why=NO_ICMP, fix=REMOVE)


def _closed_ports(one: Written) -> Iterator[Finding]:
    for index, text in enumerate(one.rule.ports):
        protocol, _, port = text.partition("/")
        first, last = port_range(port or "*")
        if protocol != "tcp" or not any(first <= number <= last for number in VAULT_PORTS):
            yield Finding(
                rule=RULE,
                path=(*one.path, "ports", index),
                message=Message("Vault does not listen on {port}", port=text),
                why=CLOSED,
                fix=Message("use tcp/8200, Vault's API"),
            )
