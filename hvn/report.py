"""Findings as text and as JSON. The JSON's keys are a contract (docs/reference/commands.md)."""

import dataclasses
import json
from collections.abc import Sequence

import click

from hvn.topology.finding import Finding, Level
from hvn.topology.printable import printable

COLOURS = {Level.ERROR: "red", Level.WARNING: "yellow"}


def render(findings: Sequence[Finding]) -> str:
    """As text: where, what, why, how to mend it; a blank line between two."""
    return "\n\n".join(_text(each) for each in findings)


def to_json(findings: Sequence[Finding]) -> str:
    """As a JSON list, one object a finding."""
    return json.dumps([dataclasses.asdict(each) for each in findings], indent=2)


def summary(findings: Sequence[Finding]) -> str:
    """`2 errors, 1 warning`."""
    counts = [(level, sum(each.level is level for each in findings)) for level in Level]
    return ", ".join(f"{count} {level}{'s' if count != 1 else ''}" for level, count in counts if count)


def _text(each: Finding) -> str:
    where = click.style(f"{printable(each.file, 200)}:{each.line}:{each.column}:", bold=True)
    level = click.style(str(each.level), fg=COLOURS[each.level], bold=True)
    lines = [
        f"{where} {level} {each.id} {each.name}",
        f"  {each.path} {each.message}".rstrip() if each.path else f"  {each.message}",
        f"  why: {each.why}",
        f"  fix: {each.fix}",
        f"  see: {each.see}",
    ]
    return "\n".join(lines)
