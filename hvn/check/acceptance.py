"""Warnings that a comment on their line accepts: `# hvn: allow HVN402 the quota was raised to 40`."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hvn.diagnostics.finding import Finding, Level, Message, Rule, Span
from hvn.yamlfile.source import Source

ACCEPTANCE = Rule(
    id="HVN030",
    name="acceptance",
    reports="A comment `# hvn: allow …` has no reason, names an error, or is malformed.",
    why="without a reason, a reviewer cannot judge whether the comment is still correct; a comment cannot accept an "
    "error",
    fix="write `# hvn: allow <id of the warning> <reason>`",
    example="name: platform # hvn: allow HVN401",
    see="docs/how-to/accept-a-warning.md",
)
UNUSED = Rule(
    id="HVN031",
    name="unused-acceptance",
    level=Level.WARNING,
    reports="A comment `# hvn: allow …` names a warning that its line lacks.",
    why="if a later change causes the warning, the comment hides it",
    fix="delete the comment, or move the comment to the line of the warning",
    example="name: platform # hvn: allow HVN401 the runners reach Vault another way",
    see="docs/how-to/accept-a-warning.md",
)

# This pattern finds intended acceptances, also malformed ones: comments that begin with `hvn:`, or contain `# hvn:
# allow HVN4…`. The pattern does not match `# HVN: hvn-small`, `# HVN allow list`, or a comment that only mentions `#
# hvn: allow`. All quantifiers are possessive, so that matching takes linear time.
_INTENDED = re.compile(
    r"^#\s*+(?:hvn\s*+:|(?i:hvn\s*+:\s*+allow\b))|(?i:#\s*+hvn\s*+(?::\s*+)?+allow\s++(?:hvn|own)\s*+[0-9])"
)
_ANY = re.compile(r"(?i:#\s*+hvn\b)")
_WRITTEN = re.compile(
    r"# hvn: allow (?P<ids>(?:HVN|OWN)[0-9]{3}(?:[ ,]++(?:HVN|OWN)[0-9]{3})*+)"
    r"(?:[ ,]++(?:(?!(?:HVN|OWN)[0-9])(?P<reason>\W*+\w.*+))?+)?+"
)
_ID = re.compile(r"(?:HVN|OWN)[0-9]{3}")


@dataclass(frozen=True, slots=True)
class _Acceptance:
    """A comment that accepts warnings on its line, with the ids of the warnings and the reason."""

    span: Span
    ids: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """A warning that a comment accepts, and the reason in the comment."""

    finding: Finding
    reason: str


def apply(
    read: Source, findings: Iterable[Finding], *, complete: bool, prefix: str = "HVN"
) -> Iterator[Finding | Accepted]:
    """Yield the accepted warnings, the other findings, and the findings about comments that accept ids with this
    prefix.

    If the check is not `complete`, some rules did not run, so unused acceptances are not reported.
    """
    reported = tuple(findings)
    if not _ANY.search(read.text):  # skip the slow search for comments
        yield from reported
        return
    levels: dict[tuple[int, str], set[Level]] = {}
    for finding in reported:
        if finding.file == read.file and finding.span:
            levels.setdefault((finding.span.line, finding.rule.id), set()).add(finding.severity)
    accepted: dict[tuple[int, str], str] = {}
    for acceptance in _acceptances(read):
        if isinstance(acceptance, Finding):
            if prefix == "HVN":  # own_rules.py calls this function again, and would repeat the finding
                yield acceptance
            continue
        unused = []
        for id_ in dict.fromkeys(id_ for id_ in acceptance.ids if id_.startswith(prefix)):
            place = (acceptance.span.line, id_)
            if Level.ERROR in levels.get(place, ()):
                message = Message("{id} is an error, which cannot be accepted", id=id_)
                yield _finding(read, ACCEPTANCE, acceptance.span, message, "fix the error, and delete this comment")
            elif place in levels:
                accepted[place] = acceptance.reason
            elif complete:
                unused.append(id_)
        if unused:
            message = Message("this line has no warning {ids}", ids=unused)
            yield _finding(read, UNUSED, acceptance.span, message, UNUSED.fix)
    for finding in reported:
        place = (finding.span.line if finding.span else 0, finding.rule.id)
        if finding.file == read.file and place in accepted:
            yield Accepted(finding, accepted[place])
        else:
            yield finding


def _acceptances(read: Source) -> Iterator[_Acceptance | Finding]:
    for span, text in read.comments():
        if not _INTENDED.search(text):
            continue
        written = _WRITTEN.fullmatch(text.rstrip())
        if written is None:
            message = Message("the comment is malformed")
            yield _finding(read, ACCEPTANCE, span, message, ACCEPTANCE.fix)
        elif written["reason"] is None:
            ids = list(dict.fromkeys(_ID.findall(written["ids"])))
            message = Message("the comment accepts {ids} without a reason", ids=ids)
            yield _finding(read, ACCEPTANCE, span, message, ACCEPTANCE.fix)
        else:
            yield _Acceptance(span, tuple(_ID.findall(written["ids"])), written["reason"].strip())


def _finding(read: Source, rule: Rule, span: Span, message: Message, fix: str) -> Finding:
    return Finding(rule=rule, file=read.file, span=span, message=message, fix=fix)
