"""A warning accepted where it stands, by a comment on its line: `# hvn: allow HVN402 the quota was raised to 40`."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hvn.diagnostics.finding import Finding, Level, Rule, Span, finding
from hvn.yamlfile.source import Source

ACCEPTANCE = Rule(
    id="HVN030",
    name="acceptance",
    why="an acceptance names what is accepted and why, so that the next reader can judge it, and an error is no matter "
    "of opinion",
    see="docs/how-to/accept-a-warning.md",
)
UNUSED = Rule(
    id="HVN031",
    name="unused-acceptance",
    level=Level.WARNING,
    why="what is accepted here is not found any more; left behind, it would hide the same warning later",
    see="docs/how-to/accept-a-warning.md",
)

# What is meant for one, rightly written or not: at the comment's beginning, or anywhere with an id. `# HVN: hvn-small`
# and `# HVN allow list` are other comments, and one may speak of `# hvn: allow`.
_MEANT = re.compile(r"^#\s*(?:hvn\s*:|(?i:hvn\s*:\s*allow\b))|(?i:#\s*hvn\s*:?\s*allow\s+hvn\s*\d)")
_ANY = re.compile(r"(?i:#\s*hvn\b)")
_WRITTEN = re.compile(r"# hvn: allow ((?:HVN\d{3}[ ,]+)*HVN\d{3})(?:[ ,]+(?P<reason>(?![ ,]|HVN\d).*\w.*))?")
_FORM = "write `# hvn: allow <id of the warning> <reason>`"


@dataclass(frozen=True, slots=True)
class _Acceptance:
    """A comment, and the ids that it accepts on its line."""

    span: Span
    ids: tuple[str, ...]


def apply(read: Source, findings: Iterable[Finding], *, complete: bool) -> Iterator[Finding]:
    """The findings without those warnings that are accepted on their line, and what is wrong with the acceptances.

    Unless the check was `complete`, nobody can know whether an acceptance is used, and none is called unused.
    """
    there = tuple(findings)
    if not _ANY.search(read.text):  # else a large file would be searched for its comments in vain
        yield from there
        return
    levels: dict[tuple[int, str], set[Level]] = {}
    for found in there:
        if found.file == read.file and found.span:
            levels.setdefault((found.span.line, found.rule.id), set()).add(found.severity)
    accepted: set[tuple[int, str]] = set()
    for each in _acceptances(read):
        if isinstance(each, Finding):
            yield each
            continue
        for id_ in each.ids:
            at = (each.span.line, id_)
            if Level.ERROR in levels.get(at, ()):
                message = f"{id_} is an error, which cannot be accepted"
                yield _finding(read, ACCEPTANCE, each.span, message, "mend what it says, and delete this comment")
            elif at in levels:
                accepted.add(at)
            elif complete:
                fix = "delete it, or move it to the line that the warning names"
                yield _finding(read, UNUSED, each.span, f"nothing on this line is {id_}", fix)
    for found in there:
        line = found.span.line if found.span else 0
        if found.file != read.file or (line, found.rule.id) not in accepted:
            yield found


def _acceptances(read: Source) -> Iterator[_Acceptance | Finding]:
    for span, text in read.comments():
        if not _MEANT.search(text):
            continue
        written = _WRITTEN.fullmatch(text.rstrip())
        if written is None:
            yield _finding(read, ACCEPTANCE, span, "this comment is not understood", _FORM)
        elif written["reason"] is None:
            yield _finding(read, ACCEPTANCE, span, f"{written[1]} is accepted without a reason", _FORM)
        else:
            yield _Acceptance(span, tuple(re.findall(r"HVN\d{3}", written[1])))


def _finding(read: Source, rule: Rule, span: Span, message: str, fix: str) -> Finding:
    return finding(rule, file=read.file, span=span, path=(), message=message, fix=fix)
