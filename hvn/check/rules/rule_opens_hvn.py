"""HVN428 rule-opens-hvn: a firewall rule lets the HVN open connections, or opens the HVN by its address."""

from collections.abc import Iterator

from hvn.check.firewall_rules import Net, Zones, written
from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.topology.model import Topology
from hvn.topology.rule_places import VAULT

RULE = Rule(
    id="HVN428",
    name="rule-opens-hvn",
    level=Level.WARNING,
    reports="A firewall rule has the HVN as a source, or a range with the HVN as a destination.",
    why="JWT logins and kv secrets need no connection from the HVN; a range with the HVN opens Vault to every "
    "source of the rule",
    fix="remove the source; accept the warning for a secrets engine that calls a database; name `vault` as destination",
    example="""\
spokes:
  analytics:
    firewall_rules:
      database: {sources: [vault], destinations: [spokes.analytics], ports: [tcp/5432], reason: dynamic secrets}
""",
    see="https://developer.hashicorp.com/hcp/docs/vault/security-overview",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each source that is or has the HVN, and for each range with the HVN in it."""
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
                        message=Message("{place} has the HVN {hvn} in it", place=place, hvn=topology.hvn.cidr),
                        fix=Message("name the objects, and {vault} only where it is meant", vault=VAULT),
                    )
