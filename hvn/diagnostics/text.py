"""Format findings as plain text for a terminal or a log."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from hvn.diagnostics.finding import Finding, Level
from hvn.diagnostics.message import dotted, plain_text
from hvn.diagnostics.printable import printable

COUNTED = (Level.ERROR, Level.WARNING)


def render(findings: Sequence[Finding]) -> str:
    """Return the findings as text, each with place, message, reason and fix, separated by empty lines."""
    return "\n\n".join("\n".join((heading(first), *explanation(first, others))) for first, others in alike(findings))


def alike(findings: Sequence[Finding]) -> list[tuple[Finding, list[Finding]]]:
    """Return each finding with the later findings that differ only in the spoke. Errors remain separate."""
    groups: dict[object, list[Finding]] = {}
    for number, finding in enumerate(findings):
        path = finding.path
        if finding.severity is Level.WARNING and finding.span and len(path) > 1 and path[0] == "spokes":
            name = re.compile(rf"(?<!\w){re.escape(str(path[1]))}(?!\w)")
            text = name.sub("{}", "\n".join(_explanation(replace(finding, path=()))))
            groups.setdefault((finding.rule.id, finding.file, path[2:], text), []).append(finding)
        else:
            groups[number] = [finding]
    return [(first, others) for first, *others in groups.values()]


def heading(finding: Finding) -> str:
    """Return place, level and rule of a finding: `config/topology.yaml:42:11: error HVN111 spoke-overlap`."""
    return f"{where(finding)} {kind(finding)}".lstrip()


def where(finding: Finding) -> str:
    """Return the place of a finding, `config/topology.yaml:42:11:`, or the workspace of a finding without a place in
    a file."""
    if finding.span is None:
        return f"{printable(finding.workspace)}:" if finding.workspace else ""
    return f"{printable(finding.file, 200)}:{finding.span.line}:{finding.span.column}:"


def kind(finding: Finding) -> str:
    """Return level and rule of a finding: `error HVN111 spoke-overlap`."""
    return f"{finding.severity} {finding.rule.id} {finding.rule.name}"


def statement(finding: Finding) -> str:
    """Return path and message of a finding: `spokes.orders.cidr: 10.64.128.0/17 overlaps …`."""
    path = f"{dotted(finding.path)}: " if finding.path else ""
    return f"{path}{plain_text(finding.message)}"


def reason(finding: Finding) -> str:
    """Return the reason of a finding: its own reason, or the reason of its rule."""
    return plain_text(finding.why or finding.rule.why)


def advice(finding: Finding) -> str:
    """Return the fix of a finding: its own fix, or the fix of its rule; empty for the level PASS."""
    if finding.severity is Level.PASS:
        return plain_text(finding.fix)
    return plain_text(finding.fix or finding.rule.fix)


def explanation(finding: Finding, others: Sequence[Finding] = ()) -> tuple[str, ...]:
    """Return a finding's message, reason, impact, fix, manual steps and source, each on its own line. `others` are the
    same finding at other places."""
    first, *rest = _explanation(finding)
    also = ", ".join(f"{dotted(one.path)} (line {one.span.line})" for one in others if one.span)
    return tuple(f"  {line}" for line in (f"{first} (also {also})" if also else first, *rest))


def _explanation(finding: Finding) -> Iterator[str]:
    yield statement(finding)
    yield f"why: {reason(finding)}"
    yield from (f"impact: {plain_text(impact)}" for impact in finding.impact)
    if fix := advice(finding):
        yield f"fix: {fix}"
    yield from (f"manual step: {plain_text(step)}" for step in finding.manual_steps)
    yield f"see: {finding.see or finding.rule.see}"


def summary(findings: Sequence[Finding]) -> str:
    """Return the number of errors and warnings: `2 errors, 1 warning`."""
    counts = [(level, sum(finding.severity is level for finding in findings)) for level in COUNTED]
    return ", ".join(f"{count} {level}{'s' if count != 1 else ''}" for level, count in counts if count)
