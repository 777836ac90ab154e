"""HVN431 intrusion-detection: the firewall has intrusion_detection, but not the Premium tier."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.topology import locations
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN431",
    name="intrusion-detection",
    reports="The firewall has intrusion_detection, but not the Premium tier.",
    why="only the Premium tier has intrusion detection and prevention (IDPS)",
    fix="set sku_tier: Premium, or remove intrusion_detection",
    example="""\
hub:
  firewall: {intrusion_detection: deny}
""",
    see="https://learn.microsoft.com/azure/firewall/features-by-sku",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding if a firewall without the Premium tier has intrusion_detection."""
    firewall = locations.new_firewall(topology)
    if firewall and firewall.intrusion_detection and firewall.sku_tier != "Premium":
        yield Finding(
            rule=RULE,
            path=("hub", "firewall", "intrusion_detection"),
            message=Message("the firewall has the tier {tier}", tier=firewall.sku_tier),
        )
