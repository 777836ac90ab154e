"""HVN428 rule-opens-hvn: the HVN is a source of a firewall rule, or is inside a destination range."""

from collections.abc import Iterator
from ipaddress import IPv4Network

from hvn.check.firewall_rules import Net, Zones, written
from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.topology.model import Topology
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
    """Yield a finding for each source and for each destination range that contains the HVN."""
    zones: Zones | None = None
    for one in written(topology):
        for index, place in enumerate(one.rule.sources):
            if place == VAULT or place[:1].isdigit():
                zones = zones or Zones(topology)
                if any(zone.net is Net.HVN for zone in zones.of(place)):
                    message = Message("{place} lets Vault open connections to the destinations", place=place)
                    yield Finding(rule=RULE, path=(*one.path, "sources", index), message=message)
        for index, place in enumerate(one.rule.destinations):
            if place[:1].isdigit():
                zones = zones or Zones(topology)
                if any(zone.net is Net.HVN for zone in zones.of(place)):
                    yield Finding(
                        rule=RULE,
                        path=(*one.path, "destinations", index),
                        message=Message("{place} contains the HVN {hvn}", place=place, hvn=_hvns(topology, place)),
                        fix=Message(
                            "replace the range with the objects that the sources need; add {vault} only for Vault",
                            vault=VAULT,
                        ),
                    )


def _hvns(topology: Topology, place: str) -> list[IPv4Network]:
    """Return the ranges of the HVN and the backup HVN that a range overlaps."""
    return [cidr for cidr in topology.hvn.cidrs if cidr.overlaps(IPv4Network(place))]
