"""HVN448 dnat-limit: the firewall has too many DNAT rules and public addresses."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.topology import locations
from hvn.topology.firewall import DNAT_RULES
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN448",
    name="dnat-limit",
    reports="The firewall has more than 250 public addresses and DNAT rules together.",
    why="Azure Firewall supports at most 250 public addresses and DNAT destinations together",
    fix="remove DNAT rules, or reduce public_ips",
    example="""\
hub:
  firewall:
    dnat_rules:
      shop: {sources: [203.0.113.7], port: tcp/443, translated_address: 10.64.0.9, translated_port: 443, reason: s}
    public_ips: 250
""",
    see="https://learn.microsoft.com/azure/firewall/deploy-multi-public-ip-powershell",
)


LIMIT = 250


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding if the firewall exceeds the limit."""
    firewall = locations.new_firewall(topology)
    rules = len(topology.dnat_rules)
    if firewall and rules and firewall.public_ips + rules > LIMIT:
        yield Finding(
            rule=RULE,
            path=DNAT_RULES,
            at_key=True,
            message=Message(
                "the firewall has {rules} DNAT rules and {ips} public addresses",
                rules=rules,
                ips=firewall.public_ips,
            ),
        )
