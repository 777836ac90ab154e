"""HVN914: a request passes the firewall and its answer does not, or a way no longer passes it."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Rule
from hvn.reach.answer import Answer
from hvn.review.context import Said, Situation
from hvn.review.markdown import code

RULE = Rule(
    id="HVN914",
    name="firewall-skipped",
    why="the firewall drops what it saw half of, and sees nothing of what goes by",
    see="docs/reference/facts.md",
)


def check(situation: Situation) -> Iterator[Said]:
    """Connections that are asymmetric now, or that went through the firewall and work without it now."""
    for each in situation.reach:
        name = f"{code(each.source)} to {code(each.destination)}, TCP {each.port}"
        if each.after and each.after.asymmetric:
            yield Said(
                workspace=situation.of_place(each.source),
                text=f"{name}: the way is asymmetric: {code(each.after.died)}",
            )
        elif _passed(each.before) and each.after and not each.after.died and not each.after.there.by_firewall:
            yield Said(workspace=situation.of_place(each.source), text=f"{name}: no longer passes the firewall")


def _passed(answer: Answer | None) -> bool:
    return answer is not None and not answer.died and answer.there.by_firewall
