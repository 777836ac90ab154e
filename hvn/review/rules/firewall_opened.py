"""HVN916: the hub's firewall allows traffic that it did not allow."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.kinds.hub.inputs import HubInputs
from hvn.review.context import Context
from hvn.review.firewall_diff import excess

RULE = Rule(
    id="HVN916",
    name="firewall-opened",
    level=Level.WARNING,
    reports="A firewall rule is new, or has more sources or destinations.",
    why=("all egress passes the firewall, and its rules name pools: a rule applies to every spoke in the pool"),
    fix="check that every spoke in the pool may use the rule",
    example="""\
hub:
  firewall: {allow_fqdns: [packages.example.com]}
""",
    see="docs/reference/facts.md",
)


def check(context: Context) -> Iterator[Finding]:
    """Yield new rules and new values of rules. Rules that get the same values share one finding."""
    for workspace, before, after in context.changed(HubInputs):
        for more in excess(after.firewall, before.firewall) if after else ():
            yield Finding(
                rule=RULE,
                workspace=workspace.id,
                message=Message(
                    "rule {rules} is new: {values}" if more.whole else "newly allowed by {rules}: {values}",
                    rules=more.rules,
                    values=more.values,
                ),
            )
