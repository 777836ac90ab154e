"""Print findings as SARIF 2.1.0, which GitHub code scanning and editors read.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html (the comments of this module name sections of this
page)
"""

import json
import os
import pathlib
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote

from hvn.diagnostics.finding import Finding, Level, Rule
from hvn.diagnostics.message import dotted, plain_text
from hvn.diagnostics.text import advice, reason, statement

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

# 3.27.9: a result of the kind `open` means that the rule had too little information to decide.
KINDS = {Level.ERROR: "fail", Level.WARNING: "fail", Level.NOT_CHECKED: "open", Level.PASS: "pass"}
# 3.27.10: only a result of the kind `fail` has a level.
LEVELS = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOT_CHECKED: "none", Level.PASS: "none"}


def to_sarif(findings: Sequence[Finding], root: pathlib.Path) -> str:
    """Return the findings as one SARIF log, with paths of files below `root` relative to `root`.

    Equal findings give equal bytes on every machine: the log contains no time, version or machine name.
    """
    rules = sorted({finding.rule.id: finding.rule for finding in findings}.values(), key=lambda rule: rule.id)
    index = {rule.id: number for number, rule in enumerate(rules)}
    run = {
        "tool": {"driver": {"name": "hvn", "rules": [_descriptor(rule) for rule in rules]}},
        # The columns of this log count Unicode characters, not UTF-16 code units.
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, index, root) for finding in findings],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _descriptor(rule: Rule) -> Mapping[str, object]:
    """Return the SARIF descriptor of a rule. If the rule's source is a page of this project, the help text names the
    page, because the page has no URL."""
    is_url = "://" in rule.see
    help_lines = [rule.fix or rule.why, *([] if is_url else [f"See {rule.see}"])]
    descriptor: dict[str, object] = {
        "id": rule.id,
        "name": rule.name,
        "shortDescription": {"text": _text(plain_text(rule.reports or rule.name))},
        "fullDescription": {"text": _text(plain_text(rule.why))},
        "help": {"text": _text(plain_text("\n\n".join(help_lines)))},
        "defaultConfiguration": {"level": LEVELS[rule.level]},
    }
    if is_url:
        descriptor["helpUri"] = rule.see
    return descriptor


def _result(finding: Finding, index: Mapping[str, int], root: pathlib.Path) -> Mapping[str, object]:
    result: dict[str, object] = {
        "ruleId": finding.rule.id,
        "ruleIndex": index[finding.rule.id],
        "kind": KINDS[finding.severity],
        "level": LEVELS[finding.severity],
        "message": {"text": _text("\n\n".join(_paragraphs(finding)))},
    }
    if location := _location(finding, root):
        result["locations"] = [location]
    return result


def _paragraphs(finding: Finding) -> Iterator[str]:
    yield statement(finding)
    yield from (f"Impact: {plain_text(impact)}" for impact in finding.impact)
    if finding.why:
        yield f"Why: {reason(finding)}"
    if fix := advice(finding):
        yield f"Fix: {fix}"
    yield from (f"Manual step: {plain_text(step)}" for step in finding.manual_steps)


def _location(finding: Finding, root: pathlib.Path) -> Mapping[str, object]:
    location: dict[str, object] = {}
    if finding.file:
        location["physicalLocation"] = physical = {"artifactLocation": _artifact(finding.file, root)}
        if span := finding.span:
            physical["region"] = {
                "startLine": span.line,
                "startColumn": span.column,
                "endLine": span.end_line,
                "endColumn": span.end_column,
            }
    logical = []
    if finding.path:
        logical.append({"fullyQualifiedName": dotted(finding.path), "kind": "property"})
    if finding.workspace:  # a workspace is a root module of Terraform
        logical.append({"name": finding.workspace, "kind": "module"})
    if logical:
        location["logicalLocations"] = logical
    return location


def _artifact(name: str, root: pathlib.Path) -> dict[str, object]:
    """Return the SARIF artifact location of a file: a URI, relative to `root` if the file is below `root`. The function
    does not resolve symbolic links."""
    file = pathlib.Path(os.path.abspath(name))  # noqa: PTH100 - in a repository a symbolic link is its own file
    if file.is_relative_to(root):
        return {"uri": quote(os.fsencode(file.relative_to(root).as_posix())), "uriBaseId": "%SRCROOT%"}
    return {"uri": f"file://{quote(os.fsencode(file.as_posix()))}"}


def _text(text: str) -> str:
    """Return the escaped text of a SARIF message. Unescaped braces would be placeholders (3.11.5), `[…](…)` would be
    a link (3.11.6)."""
    return text.replace("{", "{{").replace("}", "}}").replace("](", "] (")
