"""HVN926: the hub's firewall no longer allows traffic that it allowed before."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.review.context import Context
from hvn.review.firewall_diff import changes, excess

RULE = Rule(
    id="HVN926",
    name="firewall-closed",
    level=Level.WARNING,
    reports="A firewall rule of the hub or of a spoke is removed, or loses sources, destinations or ports.",
    why="clients that need the rule fail, often only later, for example when a new node pulls an image",
    fix="check that no client needs the traffic any more",
    example="""\
address_pools: {transit: 10.96.0.0/17}
""",
    see="docs/reference/facts.md",
)
LABEL = "hvn: interrupts"


def check(context: Context) -> Iterator[Finding]:
    """Yield removed rules and removed values of rules. Rules that lose the same values share one finding."""
    for change in changes(context):
        for less in excess(change.before, change.after):
            yield Finding(
                rule=RULE,
                workspace=change.workspace,
                message=Message(
                    "rule {rules} is removed: {values}" if less.whole else "no longer allowed by {rules}: {values}",
                    rules=less.rules,
                    values=less.values,
                ),
            )
