"""HVN927: the change edits what writes this review."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Level, Rule
from hvn.review.context import Said, Situation
from hvn.review.markdown import codes

RULE = Rule(
    id="HVN927",
    name="review-changed",
    level=Level.WARNING,
    why="a review is worth as much as the code that writes it, and here that is the code of the change itself",
    see="docs/how-to/review-a-pull-request.md",
)


def check(situation: Situation) -> Iterator[Said]:
    """Commands, rules and workflows that differ from the base; what makes the Terraform affects all workspaces."""
    if files := situation.comparison.base.review:
        yield Said(
            workspace="",
            text=f"this was written by code that the change edits: {codes(files)}. Read that first, and let those "
            "decide who own it",
        )
