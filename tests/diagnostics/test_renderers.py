"""The renderers write findings as text, JSON, SARIF, JUnit, annotations and Markdown."""

import json
import pathlib
from typing import Any

import pytest

from hvn import rulebook
from hvn.diagnostics.finding import Finding, Level, Message, Span
from hvn.diagnostics.markdown import bullet, markdown
from hvn.diagnostics.message import Text
from hvn.diagnostics.printable import is_visible
from hvn.diagnostics.text import render
from hvn.diagnostics.to_github import to_github
from hvn.diagnostics.to_json import as_object, to_json
from hvn.diagnostics.to_junit import to_junit
from hvn.diagnostics.to_sarif import to_sarif
from tests.check.cases import every_case
from tests.conftest import PROJECT
from tests.diagnostics import samples


def texts(value: Any) -> list[str]:
    """Return all texts in a JSON value, keys included."""
    if isinstance(value, dict):
        return [text for key, inner in value.items() for text in (key, *texts(inner))]
    if isinstance(value, list):
        return [text for inner in value for text in texts(inner)]
    return [value] if isinstance(value, str) else []


def of_the_rules() -> list[Finding]:
    return [Finding(rule=rule, message=Message("x")) for rule in rulebook.rules().values()]


def of_the_cases(folder: pathlib.Path) -> list[Finding]:
    wrong = [case for case in every_case() if case.wrong]
    return [finding for case in wrong for finding in case.check(case.wrong, folder).findings]


def test_json_and_sarif_have_no_markdown(tmp_path: pathlib.Path) -> None:
    findings = [*samples.ALL, *of_the_rules(), *of_the_cases(tmp_path)]
    assert len(findings) > 150
    assert any("`" in finding.rule.why for finding in findings), "otherwise the test shows nothing"
    for form in (to_json(findings), to_sarif(findings, PROJECT)):
        assert [text for text in texts(json.loads(form)) if "`" in text or "**" in text] == []


def test_json_has_typed_values() -> None:
    document = as_object(samples.IN_FILE)
    assert document["facts"] == {
        "cidr": "10.64.128.0/17",
        "other": "spokes.payments.cidr",
        "line": 31,
        "end": ": change one 'cidr'",
    }
    assert document["path"] == "spokes.orders.cidrs[0]"
    assert (document["line"], document["column"], document["end_line"], document["end_column"]) == (42, 11, 42, 25)
    lists = as_object(samples.OF_A_WORKSPACE)
    assert lists["facts"] == {"apps": ["web", "api"]}
    assert (lists["file"], lists["line"], lists["workspace"]) == (None, None, "vault-auth-payments")
    assert lists["impact"] == ["'web' loses its secrets", "api fails"]
    assert lists["manual_steps"] == ["vault token revoke -accessor X"]


def test_reason_and_fix_of_the_finding_come_before_those_of_the_rule() -> None:
    own, rules, passed = map(as_object, (samples.OF_A_WORKSPACE, samples.JOINED, samples.PASSED))
    assert own["why"] == "the role web is destroyed"
    assert rules["why"] == "the hub routes an address to one spoke: see 'spokes'"
    assert rules["fix"] == "use another 'cidr' {in braces}"
    assert passed["fix"] == ""


def test_text_has_a_line_for_each_part() -> None:
    lines = render([samples.OF_A_WORKSPACE]).split("\n")
    assert lines[0] == "vault-auth-payments: warning HVN905 app-lost"
    words = [line.strip().partition(":")[0] for line in lines[2:]]
    assert words == ["why", "impact", "impact", "manual step", "see"]
    assert render([samples.IN_FILE]).startswith("config/topology.yaml:42:11: error HVN111 spoke-overlap\n")
    assert "fix:" not in render([samples.PASSED])


@pytest.mark.parametrize("text", ["a\x1b[2J", "a\nb", "a\u202eb", "::error::", "##[error]"])
def test_foreign_text_is_escaped_in_every_format(text: str) -> None:
    finding = Finding(
        rule=samples.RULE, message=Message("{text}", text=Text(text)), workspace=text, impact=(Message("{x}", x=text),)
    )
    forms = (render([finding]), to_github([finding]), to_json([finding]), to_sarif([finding], PROJECT))
    for shown in (*forms, to_junit([finding])):
        assert all(is_visible(line) for line in shown.split("\n"))
    assert "\n" not in to_github([finding])
    assert "##[" not in to_github([finding])


def test_levels_of_annotations() -> None:
    commands = [line.split(" ", 1)[0] for line in to_github(samples.ALL).splitlines()]
    assert commands == ["::error", "::warning", "::notice", "::warning", "::error"]
    first = to_github([samples.IN_FILE])
    assert first.startswith("::error file=config/topology.yaml,line=42,endLine=42,col=11,endColumn=25,title=")


def test_markdown_has_values_in_code_spans() -> None:
    finding = Finding(rule=samples.RULE, workspace="hub", message=Message("**{x}**", x="@team `x` | y"))
    assert bullet(finding) == r"- **spoke-overlap** `hub`: **`@team \u{60}x\u{60} \u{7c} y`**"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("add it to spokes.a.api_server.ranges: now", "add it to `spokes.a.api_server.ranges`: now"),
        ("run `vault write a=b` (see a_b).", "run `vault write a=b` (see `a_b`)."),
        ("<b>x</b> @team ![x](y)", "`<b>x</b>` `@team` `![x](y`)"),
        ("an `odd number of | marks", "an `\\u{60}odd` number of `\\u{7c}` marks"),
        (f"allow {'a.example.com, ' * 100}b_c", f"allow {'a.example.com, ' * 100}`b_c`"),
    ],
)
def test_words_of_a_sentence_that_markdown_would_change_are_code(text: str, expected: str) -> None:
    assert markdown(text) == expected


@pytest.mark.parametrize(
    ("level", "message", "key", "count"),
    [
        (Level.WARNING, "jwks/{name}.json does not exist in aks-{name}", "cluster", 1),
        (Level.WARNING, "jwks/{name}.json does not exist", "cidr", 2),
        (Level.WARNING, "jwks/{name}-x.json of lab does not exist", "cluster", 2),
        (Level.ERROR, "jwks/{name}.json does not exist", "cluster", 2),
    ],
)
def test_equal_warnings_of_spokes_are_one_text_and_separate_data(
    level: Level, message: str, key: str, count: int
) -> None:
    """The second finding is in the same field, or in another field of another spoke."""
    places = (("shop", "cluster", 3), ("lab", key, 8))
    findings = [
        Finding(
            rule=samples.IN_FILE.rule,
            message=Message(message, name=Text(name)),
            level=level,
            file="n.yaml",
            span=Span(line, 1, line, 2),
            path=("spokes", name, field),
        )
        for name, field, line in places
    ]
    text = render(findings)
    assert text.count("n.yaml:") == count
    assert ("spokes.lab.cluster (line 8)" in text) is (count == 1)
    assert len(json.loads(to_json(findings))) == 2
    assert len(json.loads(to_sarif(findings, PROJECT))["runs"][0]["results"]) == 2
    assert to_junit(findings).count("<testcase") == 2
