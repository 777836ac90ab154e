"""HVN916: the hub's firewall lets something through that it did not."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Level, Rule
from hvn.kinds.hub.inputs import HubInputs
from hvn.review.context import Said, Situation
from hvn.review.firewall_diff import only
from hvn.review.markdown import code, codes

RULE = Rule(
    id="HVN916",
    name="firewall-opened",
    level=Level.WARNING,
    why="every spoke's way out leads through it, and its rules are by pools: what one may, all of the pool may",
    see="docs/reference/facts.md",
)


def check(situation: Situation) -> Iterator[Said]:
    """Rules that are new, or have more sources or destinations; those that take the same more are told together."""
    for workspace, before, after in situation.pairs(HubInputs):
        for more in only(after.firewall, before.firewall) if after else ():
            if more.whole:
                text = f"new rule {code(more.rules[0])}: {more.what}"
            else:
                rules, take = ("rule", "takes") if len(more.rules) == 1 else ("rules", "take")
                text = f"{rules} {codes(more.rules)} also {take} {more.what}"
            yield Said(workspace=workspace.id, text=text)
