"""The SARIF of findings matches the schema. `sarif-schema-2.1.0.json` is the JSON schema of OASIS' SARIF technical
committee.

It is the file schemas/sarif-2.1.0-rtm.5.json of the npm package @microsoft/jest-sarif 1.0.0-beta.0 (MIT license),
unchanged; its `id` names its source.
"""

import json
import os
import pathlib
from dataclasses import replace
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

from hvn import rulebook
from hvn.cli import cli
from hvn.diagnostics.finding import Finding, Message, Span
from hvn.diagnostics.to_sarif import to_sarif
from tests.conftest import PROJECT
from tests.diagnostics import samples

WRONG = PROJECT / "tests" / "check" / "texts" / "other-line.yaml"
RIGHT = PROJECT / "tests" / "check" / "bases" / "small.yaml"
SCHEMA = json.loads(pathlib.Path(__file__).with_name("sarif-schema-2.1.0.json").read_bytes())
VALIDATOR = jsonschema.Draft4Validator(SCHEMA)


def run_of(text: str) -> Any:
    """Return the one run of a log that fits the schema."""
    log = json.loads(text)
    VALIDATOR.validate(log)
    (run,) = log["runs"]
    return run


def sarif(*findings: Finding, root: pathlib.Path = PROJECT) -> Any:
    return run_of(to_sarif(findings, root))


def test_the_schema_refuses_something() -> None:
    log = json.loads(to_sarif(samples.ALL, PROJECT))
    log["runs"][0]["results"][0]["level"] = "fatal"
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(log)


def test_results_have_kind_level_and_rule() -> None:
    run = sarif(*samples.ALL)
    results = [(result["ruleId"], result["kind"], result["level"]) for result in run["results"]]
    assert results == [
        ("HVN111", "fail", "error"),
        ("HVN905", "fail", "warning"),
        ("HVN111", "pass", "none"),
        ("HVN111", "open", "none"),
        ("HVN111", "fail", "error"),
    ]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["HVN111", "HVN905"]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])


def test_every_rule_is_a_valid_descriptor() -> None:
    findings = [Finding(rule=rule, message=Message("x")) for rule in rulebook.rules().values()]
    descriptors = sarif(*findings)["tool"]["driver"]["rules"]
    assert [descriptor["id"] for descriptor in descriptors] == list(rulebook.rules())
    for descriptor in descriptors:
        assert all(descriptor[name]["text"] for name in ("shortDescription", "fullDescription", "help"))
        # SARIF allows only an absolute URI here. A page of this project is in the help text.
        see = rulebook.rules()[descriptor["id"]].see
        assert descriptor.get("helpUri", see) == see
        assert ("helpUri" in descriptor) is see.startswith("https://")
        assert "helpUri" in descriptor or see in descriptor["help"]["text"]


def test_the_region_is_that_of_the_value() -> None:
    arguments = ["check", "--topology", str(WRONG), "--format", "sarif"]
    done = CliRunner(env={"HVN_TOPOLOGY": None}).invoke(cli, arguments)
    assert done.exit_code == 1
    run = run_of(done.stdout)
    assert run["columnKind"] == "unicodeCodePoints"
    location = run["results"][0]["locations"][0]
    region = location["physicalLocation"]["region"]
    line = WRONG.read_text(encoding="utf-8").splitlines()[region["startLine"] - 1]
    assert line[region["startColumn"] - 1 : region["endColumn"] - 1] == "10.64.128.0/17"
    assert location["logicalLocations"] == [{"fullyQualifiedName": "spokes.billing.cidr", "kind": "property"}]


def test_a_topology_without_findings_is_a_log_without_results() -> None:
    arguments = ["check", "--topology", str(RIGHT), "--format", "sarif"]
    done = CliRunner(env={"HVN_TOPOLOGY": None}).invoke(cli, arguments)
    assert (done.exit_code, run_of(done.stdout)["results"]) == (0, [])


@pytest.mark.parametrize(
    ("name", "artifact"),
    [
        ("config/topology.yaml", {"uri": "config/topology.yaml", "uriBaseId": "%SRCROOT%"}),
        ("./config/../a b%#?.yaml", {"uri": "a%20b%25%23%3F.yaml", "uriBaseId": "%SRCROOT%"}),
        ("a:b.yaml", {"uri": "a%3Ab.yaml", "uriBaseId": "%SRCROOT%"}),
        ("\udcff.yaml", {"uri": "%FF.yaml", "uriBaseId": "%SRCROOT%"}),
        ("/elsewhere/x.yaml", {"uri": "file:///elsewhere/x.yaml"}),
        ("../x.yaml", {"uri": "file:///repository/x.yaml"}),
    ],
)
def test_files_are_relative_to_the_root(name: str, artifact: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    root = pathlib.Path("/repository/root")
    monkeypatch.setattr(os, "getcwd", lambda: str(root))
    finding = Finding(rule=samples.RULE, message="x", file=name, span=Span(1, 1, 1, 2))
    location = sarif(finding, root=root)["results"][0]["locations"][0]
    assert location["physicalLocation"]["artifactLocation"] == artifact


def test_a_command_in_a_subfolder_names_files_from_the_repository(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "platform" / "config"
    folder.mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    (folder / "wrong.yaml").write_bytes(WRONG.read_bytes())
    logs = []
    for here, name in ((folder, "wrong.yaml"), (tmp_path, "platform/config/wrong.yaml")):
        monkeypatch.chdir(here)
        logs.append(CliRunner().invoke(cli, ["check", "--topology", name, "--format", "sarif"]).stdout)
    (uri,) = {
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in run_of(logs[0])["results"]
    }
    assert uri == "platform/config/wrong.yaml"
    assert logs[0] == logs[1]


def test_a_workspace_is_a_logical_location() -> None:
    result = sarif(samples.OF_A_WORKSPACE)["results"][0]
    assert result["locations"] == [{"logicalLocations": [{"name": "vault-auth-payments", "kind": "module"}]}]
    paragraphs = result["message"]["text"].split("\n\n")
    assert [paragraph.partition(":")[0] for paragraph in paragraphs[1:]] == ["Impact", "Impact", "Why", "Manual step"]


def test_no_text_is_a_placeholder_or_a_link() -> None:
    finding = replace(samples.PASSED, message=Message("{text}", text="{0} [click](https://evil.example.com)"))
    run = sarif(finding)
    text = run["results"][0]["message"]["text"]
    assert "{{0}}" in text
    assert "](" not in text
    assert "{{in braces}}" in run["tool"]["driver"]["rules"][0]["help"]["text"]


def test_equal_findings_give_equal_bytes() -> None:
    reordered = [*samples.ALL[1:], samples.ALL[0]]
    assert to_sarif(samples.ALL, PROJECT) == to_sarif(samples.ALL, PROJECT)
    rules = [json.loads(to_sarif(order, PROJECT))["runs"][0]["tool"] for order in (samples.ALL, reordered)]
    assert rules[0] == rules[1]
