"""HVN958: the NSG of a subnet no longer allows traffic that it allowed before."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.review.context import Context
from hvn.review.subnet_rules import changed

RULE = Rule(
    id="HVN958",
    name="subnet-closed",
    level=Level.WARNING,
    reports=("A deny rule of a subnet is new or wider, or an allow rule is removed, narrower or has a lower priority."),
    why="Azure immediately refuses new connections that the rules no longer allow",
    fix="check that no client needs the traffic any more",
    example="""\
spokes:
  analytics:
    subnets:
      jobs:
        cidr: 10.96.0.0/24
        rules:
          web: {priority: 200, direction: inbound, access: deny, protocol: tcp, source: [10.0.0.0/8], ports: ["443"]}
""",
    see="https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview",
)
LABEL = "hvn: interrupts"


def check(context: Context) -> Iterator[Finding]:
    """Yield a finding for each subnet that existed before. A new subnet has no connections."""
    for subnet in changed(context):
        if subnet.existed and (closed := subnet.closed()):
            yield Finding(
                rule=RULE,
                workspace=subnet.workspace,
                message=Message("{place} refuses: {closings}", place=subnet.named, closings=subnet.shown(closed)),
            )
