"""Compare the warnings of `hvn check`, the findings of the user's own rules, and the accepted warnings with those of
the base."""

from collections.abc import Iterator, Sequence

from hvn.check.acceptance import Accepted
from hvn.check.load import Loaded
from hvn.diagnostics.finding import Finding


def new_warnings(before: Loaded | None, after: Loaded) -> Iterator[tuple[Finding, bool]]:
    """Yield each new warning, and whether a comment in the base accepts it."""
    known = before.findings if before else ()
    accepted = [one.finding for one in before.accepted] if before else []
    # In a reviewed topology only the user's own rules report errors.
    warnings = after.findings
    new = [warning for warning, old in zip(warnings, _matches(warnings, known), strict=True) if old is None]
    for warning, old in zip(new, _matches(new, accepted), strict=True):
        yield warning, old is not None


def new_acceptances(before: Loaded | None, after: Loaded) -> Iterator[tuple[Accepted, str]]:
    """Yield each accepted warning that the base does not accept for the same reason, with the base's reason if one
    exists."""
    known = before.accepted if before else ()
    matches = _matches([one.finding for one in after.accepted], [one.finding for one in known])
    for accepted, old in zip(after.accepted, matches, strict=True):
        reason = "" if old is None else known[old].reason
        if reason != accepted.reason:
            yield accepted, reason


def _matches(findings: Sequence[Finding], known: Sequence[Finding]) -> list[int | None]:
    """Return for each finding the index of the same finding in `known`, or None. No index is returned twice.

    A finding matches a known finding with the same message, because an edit may move an item of a list. Without such a
    finding, it matches a known finding with the same path.
    """
    matches: list[int | None] = [None] * len(findings)
    free = set(range(len(known)))
    for same in (_same_message, _same_path):
        for at, finding in enumerate(findings):
            same_ones = (index for index in sorted(free) if same(finding, known[index]))
            if matches[at] is None and (match := next(same_ones, None)) is not None:
                matches[at] = match
                free.remove(match)
    return matches


def _same_message(one: Finding, other: Finding) -> bool:
    return one.rule.id == other.rule.id and one.path[:2] == other.path[:2] and str(one.message) == str(other.message)


def _same_path(one: Finding, other: Finding) -> bool:
    return one.rule.id == other.rule.id and one.path == other.path
