"""HVN975: a route of the file drops traffic, or no longer bypasses the firewall."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Rule
from hvn.review.context import Context
from hvn.review.route_changes import DROPS, changed

RULE = Rule(
    id="HVN975",
    name="route-closed",
    level=Level.WARNING,
    reports="A route now drops traffic, or traffic no longer bypasses the firewall.",
    why="Azure drops traffic with the next hop none, and the firewall drops traffic that no rule allows",
    fix="check that no client needs the traffic, or add a firewall rule first",
    example="""\
spokes:
  payments:
    routes: {azure: {destination: AzureCloud, next_hop: none}}
""",
    see="https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview",
)
LABEL = "hvn: interrupts"


def check(context: Context) -> Iterator[Finding]:
    """Yield a finding for each route that drops traffic or leads to the firewall now. HVN952 reports an existing
    subnet with a new route table."""
    for change in changed(context):
        if change.new_table:
            continue
        if change.after == DROPS:
            yield change.finding(RULE, "{destination} leads to {after} in {table}: Azure drops its traffic")
        elif change.firewall and _bypassed(change.before, change.firewall) and change.after in ("", change.firewall):
            yield change.finding(RULE, "{destination} no longer leads to {before} in {table}: the firewall filters it")


def _bypassed(hop: str, firewall: str) -> bool:
    return hop not in ("", DROPS, firewall)
