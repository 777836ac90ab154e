"""Write and read the hidden mark of a comment: digests of the reviewed changes.

An apply compares these digests with the digests of its own plans.

A digest covers the changes of one workspace. The digest excludes the plan's bytes, because they contain the time. The
digest excludes the commit, because a squash changes the commit. A plan that failed or has unknowns gets no digest, so
it cannot be applied.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from hvn.diagnostics.message import Message, joined
from hvn.review.plan import Plan

STICKY = "<!-- hvn-review -->"
"""The first line of every comment. Scripts use this line to find the comment that they replace."""
VERSION = 2
"""Version of the digests. A comment with a different version approves nothing."""
_MARK = re.compile(r"<!-- hvn-reviewed:(\d+)((?: [a-z0-9-]+=[0-9a-f]{32})*) -->")
_NAME = re.compile(r"[a-z0-9-]+")


@dataclass(frozen=True, slots=True)
class Refusal:
    """The reason why a workspace must not be applied."""

    workspace: str
    reason: Message


def mark(plans: Iterable[Plan]) -> str:
    """Return the mark of these plans, the last line of a comment."""
    digests = [f" {plan.workspace}={plan.digest}" for plan in plans if _can_be_approved(plan)]
    return f"<!-- hvn-reviewed:{VERSION}{''.join(digests)} -->"


def _can_be_approved(plan: Plan) -> bool:
    return not plan.failed and not plan.unknowns and bool(_NAME.fullmatch(plan.workspace))


def reviewed(comment: str) -> Mapping[str, str]:
    """Return a comment's digests by workspace; an empty mapping for a malformed comment or a different version."""
    lines = comment.replace("\r\n", "\n").strip().split("\n")
    match = _MARK.fullmatch(lines[-1])
    if lines[0] != STICKY or not match or int(match[1]) != VERSION or sum(map(bool, map(_MARK.match, lines))) > 1:
        return {}
    pairs = [entry.split("=") for entry in match[2].split()]
    digests = dict(pairs)
    return digests if len(digests) == len(pairs) else {}


def refusals(plans: Iterable[Plan], comment: str) -> list[Refusal]:
    """Return a refusal for each plan that the comment does not approve. A plan without changes needs no review."""
    return list(_refusals(plans, reviewed(comment)))


def _refusals(plans: Iterable[Plan], digests: Mapping[str, str]) -> Iterator[Refusal]:
    for plan in plans:
        if plan.failed or plan.unknowns:
            yield Refusal(plan.workspace, joined(plan.unknowns) or Message("the plan failed"))
        elif not plan.changes and not plan.outputs:
            continue  # a plan without changes needs no approval
        elif plan.workspace not in digests:
            yield Refusal(plan.workspace, Message("the changes were not reviewed: they need a separate approval"))
        elif digests[plan.workspace] != plan.digest:
            yield Refusal(plan.workspace, Message("the changes differ from the reviewed changes"))
