"""HVN971: a subnet gets outbound access to the internet through a NAT gateway."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.review.context import Context
from hvn.review.nat_gateways import nat_gateways

RULE = Rule(
    id="HVN971",
    name="nat-gateway-opened",
    level=Level.WARNING,
    reports="A subnet gets a NAT gateway.",
    why="machines in the subnet can reach the internet, and a NAT gateway neither filters nor logs connections",
    fix="check that the subnet needs the internet, and give its new public addresses to partners with an allow list",
    example="""\
hub:
  nat_gateway: {}
  firewall: {nat_gateway: true}
""",
    see="https://learn.microsoft.com/azure/nat-gateway/nat-overview",
)
LABEL = "hvn: opens"


def check(context: Context) -> Iterator[Finding]:
    """Yield a finding for each workspace with subnets that newly use a NAT gateway."""
    for sides in nat_gateways(context):
        if sides.after and sides.added:
            yield Finding(
                rule=RULE,
                workspace=sides.workspace.id,
                message=Message(
                    "the NAT gateway {gateway} gives {subnets} access to the internet, with the public addresses "
                    "{addresses}",
                    gateway=sides.after.resource.name,
                    subnets=sides.added,
                    addresses=sides.after.public_ips,
                ),
            )
