"""HVN916: the hub's firewall allows traffic that it did not allow before."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.review.context import Context
from hvn.review.firewall_diff import changes, excess
from hvn.topology.firewall_rule import NatRule

RULE = Rule(
    id="HVN916",
    name="firewall-opened",
    level=Level.WARNING,
    reports="A firewall rule of the hub or of a spoke is new, or has more sources, destinations or ports.",
    why="the firewall drops all other traffic; a rule with a pool as source or destination applies to every spoke in "
    "the pool",
    fix="check that every source may use the rule",
    example="""\
hub:
  firewall: {allow_fqdns: [packages.example.com]}
""",
    see="docs/reference/facts.md",
)
LABEL = "hvn: opens"


def check(context: Context) -> Iterator[Finding]:
    """Yield new rules and new values of rules. Rules that get the same values share one finding."""
    for change in changes(context):
        # HVN980 reports DNAT rules.
        after, before = (
            [one for one in rules if not isinstance(one, NatRule)] for rules in (change.after, change.before)
        )
        for more in excess(after, before):
            yield Finding(
                rule=RULE,
                workspace=change.workspace,
                message=Message(
                    "rule {rules} is new: {values}" if more.whole else "newly allowed by {rules}: {values}",
                    rules=more.rules,
                    values=more.values,
                ),
            )
