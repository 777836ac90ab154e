"""Findings as text, as JSON and as GitHub's annotations. The JSON's keys are a contract: docs/reference/commands.md."""

import dataclasses
import json
from collections.abc import Sequence

from hvn.diagnostics.finding import Finding, Level
from hvn.diagnostics.printable import printable


def render(findings: Sequence[Finding]) -> str:
    """As text: where, what, why, how to mend it; a blank line between two."""
    return "\n\n".join("\n".join((f"{where(each)} {kind(each)}", *explanation(each))) for each in findings)


def to_json(findings: Sequence[Finding]) -> str:
    """As a JSON list, one object a finding."""
    return json.dumps([dataclasses.asdict(each) for each in findings], indent=2)


def to_github(findings: Sequence[Finding]) -> str:
    """As workflow commands, one line a finding: GitHub shows each at its line of the pull request.

    https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
    """
    return "\n".join(_annotation(each) for each in findings)


def summary(findings: Sequence[Finding]) -> str:
    """`2 errors, 1 warning`."""
    counts = [(level, sum(each.level is level for each in findings)) for level in Level]
    return ", ".join(f"{count} {level}{'s' if count != 1 else ''}" for level, count in counts if count)


def where(each: Finding) -> str:
    """`config/topology.yaml:42:11:`."""
    return f"{printable(each.file, 200)}:{each.line}:{each.column}:"


def kind(each: Finding) -> str:
    """`error HVN111 spoke-overlap`."""
    return f"{each.level} {each.id} {each.name}"


def explanation(each: Finding) -> tuple[str, ...]:
    """What, why, how to mend it and where that is written, one line each."""
    return (
        f"  {each.path} {each.message}".rstrip() if each.path else f"  {each.message}",
        f"  why: {each.why}",
        f"  fix: {each.fix}",
        f"  see: {each.see}",
    )


def _annotation(each: Finding) -> str:
    properties = {"file": printable(each.file, 200), "line": each.line, "endLine": each.end_line}
    if each.line == each.end_line:  # GitHub takes columns within one line only
        properties |= {"col": each.column, "endColumn": each.end_column}
    properties["title"] = f"{each.id} {each.name}"
    written = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::{each.level} {written}::{_data(chr(10).join(line.strip() for line in explanation(each)))}"


def _data(text: str) -> str:
    """The text of a workflow command: a line end would begin another one, as the old `##[` does anywhere."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A").replace("##[", "## [")


def _property(text: str) -> str:
    """The value of a property: a comma would begin another one, a colon might end them all."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
