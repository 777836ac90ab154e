"""HVN926: the hub's firewall no longer allows traffic that it allowed."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.kinds.hub.inputs import HubInputs
from hvn.review.context import Context
from hvn.review.firewall_diff import excess

RULE = Rule(
    id="HVN926",
    name="firewall-closed",
    level=Level.WARNING,
    reports="A firewall rule is removed, or loses sources or destinations.",
    why=("clients of the rule fail, often later: at the next image pull of a new node, or the next name lookup"),
    fix="check that no client needs the traffic any more",
    example="""\
address_pools: {spokes: 10.64.0.0/13}
""",
    see="docs/reference/facts.md",
)


def check(context: Context) -> Iterator[Finding]:
    """Yield removed rules and removed values of rules. Rules that lose the same values share one finding."""
    for workspace, before, after in context.changed(HubInputs):
        for less in excess(before.firewall, after.firewall) if after else ():
            yield Finding(
                rule=RULE,
                workspace=workspace.id,
                message=Message(
                    "rule {rules} is removed: {values}" if less.whole else "no longer allowed by {rules}: {values}",
                    rules=less.rules,
                    values=less.values,
                ),
            )
