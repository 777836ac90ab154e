"""Merges findings that differ in one value only, because many similar lines would hide a different line."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from hvn.diagnostics.finding import Finding
from hvn.diagnostics.message import Fact, Message


@dataclass(frozen=True, slots=True)
class Group:
    """Merged findings of one rule: one finding with all their values, and their workspaces."""

    finding: Finding
    workspaces: tuple[str, ...]


def grouped(findings: Sequence[Finding]) -> list[Group]:
    """Return the findings in groups. Within a rule, groups with fewer workspaces come first."""
    groups: list[Group] = []
    for _, of_rule in groupby(findings, key=lambda finding: finding.rule.id):
        groups += sorted(_of_rule(list(of_rule)), key=lambda group: len(group.workspaces))
    return groups


def _of_rule(findings: Sequence[Finding]) -> Iterator[Group]:
    alike: dict[object, list[Finding]] = defaultdict(list)
    for finding in findings:
        alike[_template(finding), finding.impact, finding.manual_steps, finding.level].append(finding)
    for same in alike.values():
        yield from _smallest([_merged(same, name) for name in (None, *_values(same[0]))])


def _smallest(attempts: list[list[Group]]) -> list[Group]:
    return min(attempts, key=len)


def _merged(findings: Sequence[Finding], varies: str | None) -> list[Group]:
    """Return the findings in groups that differ in the workspace and in this value only."""
    groups: dict[object, list[Finding]] = defaultdict(list)
    for finding in findings:
        groups[tuple(fact for fact in _facts(finding) if fact[0] != varies)].append(finding)
    return [_group(same, varies) for same in groups.values()]


def _group(findings: Sequence[Finding], varies: str | None) -> Group:
    first = findings[0]
    workspaces = tuple(dict.fromkeys(finding.workspace for finding in findings if finding.workspace))
    if varies is None or not isinstance(first.message, Message):
        return Group(first, workspaces)
    values = dict.fromkeys(value for finding in findings for name, value in _facts(finding) if name == varies)
    if len(values) == 1:
        return Group(first, workspaces)
    facts: dict[str, Fact] = {**dict(first.message.facts), varies: tuple(values)}
    return Group(replace(first, message=Message(first.message.template, **facts)), workspaces)


def _template(finding: Finding) -> str:
    return finding.message.template if isinstance(finding.message, Message) else finding.message


def _facts(finding: Finding) -> tuple[tuple[str, Fact], ...]:
    return finding.message.facts if isinstance(finding.message, Message) else ()


def _values(finding: Finding) -> Iterator[str]:
    """Yield the names of the facts that are single values. Nested messages and lists are not merged."""
    yield from (name for name, fact in _facts(finding) if isinstance(fact, str | int))
