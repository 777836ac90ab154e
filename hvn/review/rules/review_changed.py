"""HVN927: the change edits the code that writes this review."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import Text
from hvn.review.context import Context

RULE = Rule(
    id="HVN927",
    name="review-changed",
    level=Level.WARNING,
    reports="The change edits commands, rules or workflows that write the review.",
    why="the changed code writes this review, and can hide other changes",
    fix="review these files first; let their owners approve them",
    example="an edit of hvn/review/rules/vault_lost.py",
    see="docs/how-to/review-a-pull-request.md",
)
LABEL = "hvn: read the file"


def check(context: Context) -> Iterator[Finding]:
    """Yield one finding with all changed files that can affect the review."""
    if files := context.comparison.base.review:
        yield Finding(
            rule=RULE,
            message=Message(
                "the change edits the code that wrote this review: {files}. Review these files first, and let their "
                "owners approve them",
                files=[Text(file) for file in files],
            ),
        )
