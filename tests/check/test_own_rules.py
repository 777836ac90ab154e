"""Test the user's own rules, in `rules/` beside the topology file."""

import json
import pathlib
import shutil
from typing import Any

import pytest
from click.testing import CliRunner, Result

from hvn.cli import cli
from tests.conftest import PROJECT, SAMPLE

RULE = """\
from hvn.diagnostics.finding import Finding, Level, Message, Rule

RULE = Rule(id="{id}", name="cost-center", level=Level.{level}, reports="No tag.", why="a", fix="b", see="c")


def check(topology):
    for name, spoke in topology.spokes.items():
        if "cost-center" not in spoke.tags:
            yield {finding}
"""
FINDING = 'Finding(rule=RULE, path=("spokes", name), message=Message("{name} has no tag", name=name))'


def rule(id_: str = "OWN001", level: str = "WARNING", finding: str = FINDING) -> str:
    return RULE.format(id=id_, level=level, finding=finding)


@pytest.fixture
def folder(tmp_path: pathlib.Path) -> pathlib.Path:
    """Return a folder with the sample and without rules."""
    shutil.copytree(SAMPLE.parent, tmp_path, dirs_exist_ok=True)
    (tmp_path / "rules").mkdir()
    return tmp_path


def hvn(folder: pathlib.Path, *arguments: str, stdin: str | None = None) -> Result:
    runner = CliRunner(env={"HVN_TOPOLOGY": str(folder / "topology.yaml")})
    return runner.invoke(cli, arguments, input=stdin, catch_exceptions=False)


def findings(folder: pathlib.Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(hvn(folder, "check", "--format", "json").stdout)
    return found


def places(folder: pathlib.Path) -> list[tuple[str, str, str]]:
    return [(one["id"], one["level"], one["path"]) for one in findings(folder)]


def accept(folder: pathlib.Path, *comments: str) -> None:
    """Add one of the comments to the line of each spoke's key."""
    file = folder / "topology.yaml"
    text = file.read_text(encoding="utf-8")
    for name, comment in zip(("payments", "orders", "analytics"), comments, strict=True):
        start = text.index(f"\n  {name}:")
        end = text.index("\n", start + 1)
        text = f"{text[:start]}\n  {name}: # {comment}{text[end:]}"
    file.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(("level", "code"), [("WARNING", 0), ("ERROR", 1)])
def test_the_findings_of_an_own_rule_are_reported_at_their_lines(folder: pathlib.Path, level: str, code: int) -> None:
    (folder / "rules" / "cost_center.py").write_text(rule(level=level), encoding="utf-8")
    spokes = ("payments", "orders", "analytics")
    assert places(folder) == [("OWN001", level.lower(), f"spokes.{name}") for name in spokes]
    lines = (folder / "topology.yaml").read_text(encoding="utf-8").splitlines()
    assert [lines[one["line"] - 1].strip()[:3] for one in findings(folder)] == ["pay", "ord", "ana"]
    assert hvn(folder, "check").exit_code == code


def test_the_rules_beside_the_usual_file_check_standard_input(folder: pathlib.Path) -> None:
    (folder / "rules" / "cost_center.py").write_text(rule(), encoding="utf-8")
    done = hvn(folder, "check", "-", stdin=SAMPLE.read_text(encoding="utf-8"))
    assert "OWN001" in done.stdout
    assert "3 warnings" in done.stdout


def test_own_warnings_are_accepted_with_a_reason(folder: pathlib.Path) -> None:
    (folder / "rules" / "cost_center.py").write_text(rule(), encoding="utf-8")
    accept(folder, "hvn: allow OWN001 a pilot", "hvn: allow OWN001", "hvn: allow OWN001, OWN002 a pilot")
    assert [(id_, path) for id_, _, path in places(folder)] == [
        ("OWN001", "spokes.orders"),
        ("HVN030", ""),
        ("HVN031", ""),
    ]
    shutil.rmtree(folder / "rules")
    assert [id_ for id_, _, _ in places(folder)] == ["HVN030"]  # without the rules, the check cannot know OWN001


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("RULE = 1\nx = (", 2),
        ("import no_such_module\n", 1),
        ("\nraise SystemExit(0)\n", 2),
        ("", 1),
        ("\xff", 1),
        (rule("HVN001"), 1),
        (rule(level="PASS"), 1),
        (rule().replace("def check", "def other"), 1),
        (rule(finding="topology.no_such_field"), 9),
        (rule(finding='Finding(rule=Rule(id="HVN001", name="x", why="", see=""), message="x")'), 1),
        (rule(finding="Finding(rule=RULE, message='x', level=Level.PASS)"), 1),
        (rule(finding="name"), 1),
        (rule(finding="Finding(rule=RULE, message=None)"), 1),
        (rule(finding="Finding(rule=RULE, path='spokes', message='x')"), 1),
        (rule(finding="Finding(rule=RULE, path=None, message='x')"), 1),
        (rule(finding="Finding(rule=RULE, message=Message('{missing}'))"), 1),
        (rule(finding="Finding(rule=RULE, message=Message('{name', name=name))"), 1),
        (rule(finding="recurse()") + "\n\ndef recurse(): recurse()\n", 12),
    ],
)
def test_a_broken_file_is_one_finding_and_the_other_rules_run(folder: pathlib.Path, text: str, line: int) -> None:
    (folder / "rules" / "good.py").write_text(rule("OWN002"), encoding="utf-8")
    broken = folder / "rules" / "broken.py"
    broken.write_bytes(text.encode("latin-1"))
    reported = findings(folder)
    assert [(one["line"], one["level"]) for one in reported if one["file"] == str(broken)] == [(line, "error")]
    assert [one["id"] for one in reported] == ["OWN002"] * 3 + ["HVN041"]
    assert hvn(folder, "check").exit_code == 1


def test_two_files_with_one_id_are_an_error(folder: pathlib.Path) -> None:
    for name in ("a", "b"):
        (folder / "rules" / f"{name}.py").write_text(rule(), encoding="utf-8")
    assert places(folder)[-1][:2] == ("HVN041", "error")


def test_plain_texts_of_a_finding_are_values(folder: pathlib.Path) -> None:
    finding = "Finding(rule=RULE, path=('spokes', name), message='a {name} \\x1b[31m **b** `c`')"
    (folder / "rules" / "cost_center.py").write_text(rule(finding=finding), encoding="utf-8")
    message = findings(folder)[0]["message"]
    assert "{name}" in message
    assert "**b** `c`" in message
    assert "\x1b" not in message


def test_rules_are_skipped_if_the_file_has_a_wrong_value(folder: pathlib.Path) -> None:
    (folder / "rules" / "cost_center.py").write_text(rule(), encoding="utf-8")
    file = folder / "topology.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("region: japaneast", "region: 7"), encoding="utf-8")
    assert "OWN001" not in [id_ for id_, _, _ in places(folder)]
    assert "did not run" in hvn(folder, "check").stdout
    file.write_text(text.replace("cidr: 10.65.0.0/16", "cidr: 10.64.128.0/17"), encoding="utf-8")
    assert "OWN001" in [id_ for id_, _, _ in places(folder)]


def test_a_rule_leaves_no_file_and_no_output(folder: pathlib.Path) -> None:
    (folder / "rules" / "cost_center.py").write_text(f"print('noise')\n{rule()}", encoding="utf-8")
    done = hvn(folder, "check", "--format", "json")
    assert len(json.loads(done.stdout)) == 3
    assert done.stderr == "noise\n"
    assert [file.name for file in (folder / "rules").iterdir()] == ["cost_center.py"]


def test_own_rules_are_listed_and_explained(folder: pathlib.Path) -> None:
    (folder / "rules" / "cost_center.py").write_text(rule(), encoding="utf-8")
    (folder / "rules" / "broken.py").write_text("1/0", encoding="utf-8")
    listed = hvn(folder, "rule")
    assert "OWN001  cost-center" in listed.stdout
    assert "HVN041" in listed.stderr
    assert hvn(folder, "rule", "OWN001").stdout.startswith("OWN001 cost-center (warning)")
    assert json.loads(hvn(folder, "rule", "cost-center", "--format", "json").stdout)["id"] == "OWN001"
    assert "OWN001" in hvn(folder, "rule", "OWN002").stderr
    assert "OWN001" not in hvn(folder, "rule", "--topology", str(SAMPLE)).stdout


@pytest.mark.parametrize(
    "line",
    ["workspaces", "addresses", "reach payments --to vault", "graph", "spoke add x --size 16 --dry-run", "doctor x"],
)
def test_only_check_and_rule_run_the_rules(folder: pathlib.Path, line: str) -> None:
    mark = folder / "ran"
    (folder / "rules" / "cost_center.py").write_text(f"open({str(mark)!r}, 'w')\n{rule()}", encoding="utf-8")
    hvn(folder, *line.split())
    assert not mark.exists()
    hvn(folder, "check")
    assert mark.exists()


def test_the_project_has_no_own_rules() -> None:
    assert not (PROJECT / "config" / "rules").exists()
    assert not (SAMPLE.parent / "rules").exists()
