"""HVN428 rule-opens-hvn: the HVN is a source of a firewall rule, or is inside a destination range."""

from collections.abc import Iterator
from ipaddress import IPv4Network

from hvn.check.firewall_rules import Net, Zone, Zones, written
from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.topology.model import FirewallRule, Topology
from hvn.topology.rule_places import VAULT

RULE = Rule(
    id="HVN428",
    name="rule-opens-hvn",
    level=Level.WARNING,
    reports="A source or a destination range of a firewall rule contains the HVN.",
    why="JWT logins and kv secrets do not need connections from the HVN. A destination range with the HVN opens "
    "Vault to every source of the rule",
    fix=(
        "remove the source, or accept the warning for a secrets engine that connects to a database. As destination, "
        "write `vault` instead of a range"
    ),
    example="""\
spokes:
  analytics:
    firewall_rules:
      database: {sources: [vault], destinations: [spokes.analytics], ports: [tcp/5432], reason: dynamic secrets}
""",
    see="https://developer.hashicorp.com/hcp/docs/vault/security-overview",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each source `vault`, and for each range that contains the HVN, if the traffic passes the
    firewall. HVN425 also reports a source `vault` without traffic."""
    zones: Zones | None = None
    for one in written(topology):
        for index, place in enumerate(one.rule.sources):
            if place == VAULT or place[:1].isdigit():
                zones = zones or Zones(topology)
                if _has_hvn(zones, place) and (place == VAULT or _sees_requests(zones, one.rule)):
                    message = Message("{place} lets Vault open connections to the destinations", place=place)
                    yield Finding(rule=RULE, path=(*one.path, "sources", index), message=message)
        for index, place in enumerate(one.rule.destinations):
            if place[:1].isdigit():
                zones = zones or Zones(topology)
                if _has_hvn(zones, place) and _sees_access(zones, one.rule):
                    yield Finding(
                        rule=RULE,
                        path=(*one.path, "destinations", index),
                        message=Message("{place} contains the HVN {hvn}", place=place, hvn=_hvns(topology, place)),
                        fix=Message(
                            "replace the range with the objects that the sources need; add {vault} only for Vault",
                            vault=VAULT,
                        ),
                    )


def _has_hvn(zones: Zones, place: str) -> bool:
    return any(zone.net is Net.HVN for zone in zones.of(place))


def _sees_requests(zones: Zones, rule: FirewallRule) -> bool:
    """Return whether the HVN has a route through the firewall to a destination of the rule."""
    ends = [zone for place in rule.destinations for zone in zones.of(place)]
    return any(zones.bypass(Zone(Net.HVN), end) is None for end in ends)


def _sees_access(zones: Zones, rule: FirewallRule) -> bool:
    """Return whether a source of the rule has a route through the firewall to the HVN."""
    starts = [zone for place in rule.sources for zone in zones.of(place)]
    return any(zones.bypass(start, Zone(Net.HVN)) is None for start in starts)


def _hvns(topology: Topology, place: str) -> list[IPv4Network]:
    """Return the ranges of the HVN and the backup HVN that a range overlaps."""
    return [cidr for cidr in topology.hvn.cidrs if cidr.overlaps(IPv4Network(place))]
