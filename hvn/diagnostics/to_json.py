"""Print findings as JSON with plain text and typed values. Scripts depend on the JSON's keys."""

import json
from collections.abc import Mapping, Sequence

from hvn.diagnostics.finding import Finding
from hvn.diagnostics.message import Message, dotted, facts_of, plain_text
from hvn.diagnostics.text import advice, reason


def to_json(findings: Sequence[Finding]) -> str:
    """Return a JSON list, one object for each finding."""
    return json.dumps([as_object(finding) for finding in findings], indent=2)


def as_object(finding: Finding) -> Mapping[str, object]:
    """Return a finding as a JSON object. For a finding without a place in a file, `file`, lines and columns are
    null."""
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
        "message": plain_text(message),
        "facts": facts_of(message) if isinstance(message, Message) else {},
        "why": reason(finding),
        "fix": advice(finding),
        "impact": [plain_text(impact) for impact in finding.impact],
        "manual_steps": [plain_text(step) for step in finding.manual_steps],
        "see": finding.see or finding.rule.see,
    }
