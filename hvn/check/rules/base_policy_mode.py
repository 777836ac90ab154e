"""HVN438 base-policy-mode: a firewall with a base policy turns off threat intelligence."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.topology import locations
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN438",
    name="base-policy-mode",
    level=Level.WARNING,
    reports="The firewall has a base policy and threat_intelligence: off.",
    why="Azure refuses a weaker mode than the base policy's mode, so the apply fails unless the base policy's mode is "
    "also off",
    fix="set threat_intelligence to the mode of the base policy, or to a stricter mode",
    example="""\
hub:
  firewall:
    base_policy_id: /subscriptions/6b1f2d3c-0a9e-4c57-8f7d-3a2b1c0d9e8f/resourceGroups/rg-security/providers/\
Microsoft.Network/firewallPolicies/afwp-base
    threat_intelligence: "off"
""",
    see="https://learn.microsoft.com/azure/firewall-manager/policy-overview",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding if the firewall has a base policy and the mode off."""
    firewall = locations.new_firewall(topology)
    if firewall and firewall.base_policy_id and firewall.threat_intelligence == "off":
        yield Finding(
            rule=RULE,
            path=("hub", "firewall", "threat_intelligence"),
            message=Message(
                "threat_intelligence is off, and the base policy is {policy}", policy=firewall.base_policy_id
            ),
        )
