"""What was reviewed, as a mark in the comment that nobody sees, so that an apply can ask whether it still is that.

The mark holds a digest of each workspace's changes: not of the file's bytes, which hold the time, and not of the
commit, which a squash changes. A workspace whose plan failed or leaves a doubt has none, and so cannot be applied.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hvn.review.plan import Plan

STICKY = "<!-- hvn-review -->"
"""The first line of every comment: by it the one to be replaced is found."""
VERSION = 2
"""Of what a digest is of: a comment of another version approves nothing."""
_MARK = re.compile(r"<!-- hvn-reviewed:(\d+)((?: [a-z0-9-]+=[0-9a-f]{32})*) -->")
_NAME = re.compile(r"[a-z0-9-]+")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a workspace may not be applied."""

    workspace: str
    why: str


def mark(plans: Iterable[Plan]) -> str:
    """The mark of these plans, which is the last line of a comment."""
    found = [f" {each.workspace}={each.digest}" for each in plans if _fit(each)]
    return f"<!-- hvn-reviewed:{VERSION}{''.join(found)} -->"


def _fit(plan: Plan) -> bool:
    return not plan.failed and not plan.doubts and bool(_NAME.fullmatch(plan.workspace))


def reviewed(comment: str) -> Mapping[str, str]:
    """The digests of a comment by workspace; none if it is not as it was written, or of another version."""
    lines = comment.replace("\r\n", "\n").strip().split("\n")
    found = _MARK.fullmatch(lines[-1])
    if lines[0] != STICKY or not found or int(found[1]) != VERSION or sum(map(bool, map(_MARK.match, lines))) > 1:
        return {}
    pairs = [each.split("=") for each in found[2].split()]
    digests = dict(pairs)
    return digests if len(digests) == len(pairs) else {}


def refusals(plans: Iterable[Plan], comment: str) -> list[Refusal]:
    """The plans that are not what was reviewed. A plan that changes nothing needs no review."""
    seen = reviewed(comment)
    found = []
    for plan in plans:
        if plan.failed or plan.doubts:
            found.append(Refusal(plan.workspace, f"its plan {'; '.join(plan.doubts) or 'failed'}"))
        elif not plan.changes and not plan.outputs:
            continue  # nothing to review, or applied already
        elif plan.workspace not in seen:
            found.append(
                Refusal(plan.workspace, "its changes were not reviewed: they ask for an approval of their own")
            )
        elif seen[plan.workspace] != plan.digest:
            found.append(Refusal(plan.workspace, "its changes are others than those that were reviewed"))
    return found
