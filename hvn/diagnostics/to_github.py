"""Findings as GitHub's workflow commands: annotations at the lines of a pull request.

https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
"""

from collections.abc import Sequence

from hvn.diagnostics.finding import Finding, Level
from hvn.diagnostics.printable import printable
from hvn.diagnostics.text import explanation

COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOT_CHECKED: "warning", Level.PASS: "notice"}


def to_github(findings: Sequence[Finding]) -> str:
    """Return one workflow command, on one line, for each finding."""
    return "\n".join(_annotation(finding) for finding in findings)


def _annotation(finding: Finding) -> str:
    properties: dict[str, str | int] = {}
    if span := finding.span:
        properties |= {"file": printable(finding.file, 200), "line": span.line, "endLine": span.end_line}
        if span.line == span.end_line:  # GitHub takes columns within one line only
            properties |= {"col": span.column, "endColumn": span.end_column}
    properties["title"] = f"{finding.rule.id} {finding.rule.name}"
    arguments = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    text = "\n".join(line.strip() for line in explanation(finding))
    return f"::{COMMANDS[finding.severity]} {arguments}::{_data(text)}"


def _data(text: str) -> str:
    """Escape the text of a workflow command: a line end, or the old `##[` anywhere, would begin another command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A").replace("##[", "## [")


def _property(text: str) -> str:
    """Escape a property: a comma would begin another property, and a colon might end the list."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
