"""HVN970: a route of the file bypasses the firewall, or a route that dropped traffic is removed."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Rule
from hvn.review.context import Context
from hvn.review.route_changes import DROPS, changed

RULE = Rule(
    id="HVN970",
    name="route-opened",
    level=Level.WARNING,
    reports="A new or changed route bypasses the firewall, or an edit removes a route that dropped traffic or led "
    "to the firewall.",
    why="the firewall neither filters nor logs traffic with a different next hop",
    fix="check that the traffic may bypass the firewall",
    example="""\
spokes:
  payments:
    routes: {azure: {destination: AzureCloud, next_hop: internet}}
""",
    see="https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview",
)
LABEL = "hvn: opens"


def check(context: Context) -> Iterator[Finding]:
    """Yield a finding for each route that bypasses the firewall now, and for each removed route that did not bypass
    it."""
    for change in changed(context):
        closed = (DROPS, change.firewall)
        if change.after and change.after not in closed:
            yield change.finding(RULE, "{destination} leads to {after} in {table}")
        elif change.before == DROPS or (change.before in closed and not change.after):
            yield change.finding(RULE, "{destination} no longer leads to {before} in {table}")
