"""HVN926: the hub's firewall no longer lets something through that it did."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Level, Rule
from hvn.kinds.hub.inputs import HubInputs
from hvn.review.context import Said, Situation
from hvn.review.firewall_diff import only
from hvn.review.markdown import code, codes

RULE = Rule(
    id="HVN926",
    name="firewall-closed",
    level=Level.WARNING,
    why="who needs it fails, and often later: an image is pulled with the next node, a name asked with the next run",
    see="docs/reference/facts.md",
)


def check(situation: Situation) -> Iterator[Said]:
    """Rules that are gone, or have fewer sources or destinations; those that lose the same are told together."""
    for workspace, before, after in situation.pairs(HubInputs):
        for less in only(before.firewall, after.firewall) if after else ():
            if less.whole:
                text = f"rule {code(less.rules[0])} is gone: {less.what}"
            else:
                rules, take = ("rule", "takes") if len(less.rules) == 1 else ("rules", "take")
                text = f"{rules} {codes(less.rules)} no longer {take} {less.what}"
            yield Said(workspace=workspace.id, text=text)
