"""Print findings as GitHub's workflow commands, which annotate the lines of a pull request.

https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
"""

from collections.abc import Sequence

from hvn.diagnostics.finding import Finding, Level
from hvn.diagnostics.printable import printable
from hvn.diagnostics.text import explanation

COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOT_CHECKED: "warning", Level.PASS: "notice"}


def to_github(findings: Sequence[Finding]) -> str:
    """Return the workflow commands: one line for each finding."""
    return "\n".join(_annotation(finding) for finding in findings)


def _annotation(finding: Finding) -> str:
    properties: dict[str, str | int] = {}
    if span := finding.span:
        properties |= {"file": printable(finding.file, 200), "line": span.line, "endLine": span.end_line}
        if span.line == span.end_line:  # GitHub accepts columns only for a span within one line
            properties |= {"col": span.column, "endColumn": span.end_column}
    properties["title"] = f"{finding.rule.id} {finding.rule.name}"
    arguments = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    text = "\n".join(line.strip() for line in explanation(finding))
    return f"::{COMMANDS[finding.severity]} {arguments}::{_data(text)}"


def _data(text: str) -> str:
    """Return the escaped text of a workflow command. An unescaped line end or `##[` would begin another command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A").replace("##[", "## [")


def _property(text: str) -> str:
    """Return the escaped property of a workflow command. An unescaped comma or colon would end the property."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
