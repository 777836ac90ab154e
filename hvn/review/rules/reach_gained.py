"""HVN913: somebody who was there before can talk to somebody else who was, and could not."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Level, Rule
from hvn.reach.answer import Verdict
from hvn.review.context import Said, Situation
from hvn.review.markdown import code

RULE = Rule(
    id="HVN913",
    name="reach-gained",
    level=Level.WARNING,
    why="a way that was closed is open",
    see="docs/reference/facts.md",
)
MOST = 8


def check(situation: Situation) -> Iterator[Said]:
    """Connections between places that were there before."""
    unknown = []
    for each in situation.reach:
        if not each.gained or each.before is None or each.after is None:
            continue
        if each.after.verdict is Verdict.UNKNOWN:
            unknown.append(f"{code(each.source)} to {code(each.destination)}, TCP {each.port}")
            continue
        yield Said(
            workspace=situation.of_place(each.source),
            text=f"{code(each.source)} can now talk to {code(each.destination)}, TCP {each.port}",
        )
    if unknown:
        more = f" and {len(unknown) - MOST} more" if len(unknown) > MOST else ""
        yield Said(workspace="", text=f"no longer known to be blocked: {'; '.join(unknown[:MOST])}{more}")
