"""Findings as text for people."""

from collections.abc import Sequence

from hvn.diagnostics.finding import Finding, Level
from hvn.diagnostics.message import dotted
from hvn.diagnostics.printable import printable

COUNTED = (Level.ERROR, Level.WARNING)


def render(findings: Sequence[Finding]) -> str:
    """Return the findings with place, message, reason and fix; a blank line between two."""
    return "\n\n".join("\n".join((heading(finding), *explanation(finding))) for finding in findings)


def heading(finding: Finding) -> str:
    """Return `config/topology.yaml:42:11: error HVN111 spoke-overlap`."""
    return f"{where(finding)} {kind(finding)}".lstrip()


def where(finding: Finding) -> str:
    """Return `config/topology.yaml:42:11:`, or the workspace of a finding that has no place in a file."""
    if finding.span is None:
        return f"{printable(finding.workspace)}:" if finding.workspace else ""
    return f"{printable(finding.file, 200)}:{finding.span.line}:{finding.span.column}:"


def kind(finding: Finding) -> str:
    """Return `error HVN111 spoke-overlap`."""
    return f"{finding.severity} {finding.rule.id} {finding.rule.name}"


def explanation(finding: Finding) -> tuple[str, ...]:
    """Return message, reason, fix and source, one line each."""
    path = f"{dotted(finding.path)}: " if finding.path else ""
    return (
        f"  {path}{finding.message}",
        f"  why: {finding.why or finding.rule.why}",
        f"  fix: {finding.fix}",
        f"  see: {finding.rule.see}",
    )


def summary(findings: Sequence[Finding]) -> str:
    """Return `2 errors, 1 warning`."""
    counts = [(level, sum(finding.severity is level for finding in findings)) for level in COUNTED]
    return ", ".join(f"{count} {level}{'s' if count != 1 else ''}" for level, count in counts if count)
