"""HVN960: the firewall gets more public IP addresses, so connections to the internet have other source addresses."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.review.context import Context
from hvn.review.firewall_diff import firewalls

RULE = Rule(
    id="HVN960",
    name="egress-ip-added",
    level=Level.WARNING,
    reports="The firewall gets more public IP addresses.",
    why="Azure Firewall selects the source address of a connection at random; partners that allow only the old "
    "addresses refuse some of the connections",
    fix="ask partners with an allow list to add the new addresses as soon as they exist",
    example="""\
hub:
  firewall: {public_ips: 2}
""",
    see="https://learn.microsoft.com/azure/firewall/deploy-multi-public-ip-powershell",
)
LABEL = "hvn: interrupts"


def check(context: Context) -> Iterator[Finding]:
    """Yield a finding about additional addresses of the firewall. HVN917 reports removed addresses."""
    for workspace, _, before, after in firewalls(context):
        new = [one for one in after.more_public_ips if one not in before.more_public_ips]
        if new:
            yield Finding(
                rule=RULE,
                workspace=workspace,
                message=Message("the firewall gets the public addresses {addresses}", addresses=new),
            )
