"""HVN957: the NSG of a subnet allows traffic that it did not allow before."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.review.context import Context
from hvn.review.subnet_rules import changed

RULE = Rule(
    id="HVN957",
    name="subnet-opened",
    level=Level.WARNING,
    reports=("An allow rule of a subnet is new or wider, or a deny rule is removed, narrower or has a lower priority."),
    why="only the NSG filters traffic that bypasses the firewall, such as traffic between peered VNets or from the "
    "internet to a public IP address",
    fix="check that every source may open the connections",
    example="""\
spokes:
  analytics:
    subnets:
      jobs:
        cidr: 10.96.0.0/24
        rules:
          web: {priority: 200, direction: inbound, access: allow, protocol: tcp, source: [Internet], ports: ["443"]}
""",
    see="https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview",
)
LABEL = "hvn: opens"


def check(context: Context) -> Iterator[Finding]:
    """Yield a finding for each subnet, also for a new one. HVN952 reports a subnet that gets a different NSG."""
    for subnet in changed(context):
        if opened := subnet.opened():
            yield Finding(
                rule=RULE,
                workspace=subnet.workspace,
                message=Message("{place} allows: {openings}", place=subnet.named, openings=subnet.shown(opened)),
            )
