"""Findings as JSON: plain text and typed values, never Markdown. The keys are a contract."""

import json
from collections.abc import Mapping, Sequence

from hvn.diagnostics.finding import Finding
from hvn.diagnostics.message import Message, dotted, facts_of


def to_json(findings: Sequence[Finding]) -> str:
    """Return a JSON list, one object for each finding."""
    return json.dumps([as_object(finding) for finding in findings], indent=2)


def as_object(finding: Finding) -> Mapping[str, object]:
    """Return one finding as an object. Without a place in a file its line and columns are null."""
    span, message = finding.span, finding.message
    return {
        "file": finding.file or None,
        "line": span.line if span else None,
        "column": span.column if span else None,
        "end_line": span.end_line if span else None,
        "end_column": span.end_column if span else None,
        "level": finding.severity,
        "id": finding.rule.id,
        "name": finding.rule.name,
        "path": dotted(finding.path),
        "workspace": finding.workspace or None,
        "message": str(message),
        "facts": facts_of(message) if isinstance(message, Message) else {},
        "why": str(finding.why or finding.rule.why),
        "fix": str(finding.fix),
        "impact": [str(impact) for impact in finding.impact],
        "manual_steps": [str(step) for step in finding.manual_steps],
        "see": finding.rule.see,
    }
