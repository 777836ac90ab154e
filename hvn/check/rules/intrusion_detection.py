"""HVN431 intrusion-detection: intrusion detection on a firewall of the tier Standard."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.topology.model import NewHub, Topology

RULE = Rule(
    id="HVN431",
    name="intrusion-detection",
    reports="The firewall has intrusion_detection, but not the tier Premium.",
    why="only the tier Premium has intrusion detection and prevention (IDPS)",
    fix="set sku_tier: Premium, or remove intrusion_detection",
    example="""\
hub:
  firewall: {intrusion_detection: deny}
""",
    see="https://learn.microsoft.com/azure/firewall/features-by-sku",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding if the firewall has intrusion detection without the tier Premium."""
    hub = topology.hub
    if isinstance(hub, NewHub) and hub.firewall.intrusion_detection and hub.firewall.sku_tier != "Premium":
        yield Finding(
            rule=RULE,
            path=("hub", "firewall", "intrusion_detection"),
            message=Message("the firewall has the tier {tier}", tier=hub.firewall.sku_tier),
        )
