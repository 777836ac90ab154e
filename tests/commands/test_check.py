"""Run `hvn check`, and test its exit code, text and JSON. Hostile input never causes a traceback."""

import json
import os
import pathlib
import re
import subprocess
import sys
from dataclasses import replace

import pytest
from click.testing import CliRunner, Result

from hvn.check.rules import spoke_overlap
from hvn.cli import cli
from hvn.diagnostics.finding import Level
from hvn.diagnostics.printable import is_visible
from tests.check.cases import BASES, TEXTS, every_case
from tests.conftest import PROJECT, SAMPLE
from tests.strategies import dump

WRONG = TEXTS / "other-line.yaml"  # two findings
RIGHT = BASES / "small.yaml"
# A terminal command that click does not remove, a line break, and a mark that reverses the text direction.
HOSTILE = "\x1b]0;owned\x07\n\u202e"

WITHOUT_JSII = ("check", "workspaces", "addresses", "reach payments", "affected --base HEAD", "review --base HEAD")
# The script runs commands one after the other, and prints the forbidden modules that each command loaded on standard
# error.
LOADED = """
import sys
from hvn.cli import cli
for command in sys.argv[1:]:
    try:
        cli(command.split())
    except SystemExit as end:
        loaded = {"jsii", "cdktf", "constructs", "stacks"} & sys.modules.keys()
        print(command, int(end.code or 0), sorted(loaded), sep=": ", file=sys.stderr)
"""


def check(*arguments: str | pathlib.Path, **environment: str) -> Result:
    return CliRunner(env={"HVN_TOPOLOGY": None, **environment}).invoke(cli, ["check", *map(str, arguments)])


def test_a_valid_file_has_no_findings() -> None:
    done = check("--topology", RIGHT)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{RIGHT}: ")
    assert done.stdout.count("\n") == 1


def test_text_has_place_message_reason_fix_and_source() -> None:
    done = check("--topology", WRONG)
    paragraphs = [
        f"{WRONG}:{each['line']}:{each['column']}: error {each['id']} {each['name']}\n"
        f"  {each['path']}: {each['message']}\n"
        f"  why: {each['why']}\n"
        f"  fix: {each['fix']}\n"
        f"  see: {each['see']}\n"
        for each in json.loads(check("--topology", WRONG, "--format", "json").stdout)
    ]
    assert len(paragraphs) == 2
    assert done.exit_code == 1
    assert done.stdout.startswith("\n".join(paragraphs))
    assert re.search(rf"{re.escape(str(WRONG))}: 2\b.*\n\Z", done.stdout)


def test_skipped_rules_are_mentioned(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "list.yaml"
    file.write_text("- 1\n", encoding="utf-8")
    last = check("--topology", file).stdout.splitlines()[-1]
    assert re.fullmatch(rf"{re.escape(str(file))}: 1 error; [0-9]+ rules .*", last)
    assert "rules" not in check("--topology", WRONG).stdout.splitlines()[-1]
    file.write_text(RIGHT.read_text(encoding="utf-8").replace("version: 1", "version: 2"), encoding="utf-8")
    assert check("--topology", file).stdout.splitlines()[-1] == f"{file}: 1 error"


def test_json_has_the_keys_of_the_contract_in_its_order() -> None:
    done = check("--topology", WRONG, "--format", "json")
    first = json.loads(done.stdout)[0]
    place = ["file", "line", "column", "end_line", "end_column", "level", "id", "name", "path", "workspace"]
    texts = ["message", "facts", "why", "fix", "impact", "manual_steps", "see"]
    assert done.exit_code == 1
    assert list(first) == [*place, *texts]
    assert first["file"] == str(WRONG)
    assert first["path"] == "spokes.billing.cidr"
    assert (first["level"], first["id"], first["name"]) == ("error", "HVN111", "spoke-overlap")
    line = WRONG.read_text(encoding="utf-8").splitlines()[first["line"] - 1]
    assert first["end_line"] == first["line"]
    assert line[first["column"] - 1 : first["end_column"] - 1] == "10.64.128.0/17"


def test_json_without_findings_is_an_empty_list() -> None:
    done = check("--topology", RIGHT, "--format", "json")
    assert (done.exit_code, json.loads(done.stdout)) == (0, [])


@pytest.mark.parametrize(("form", "shown"), [("text", "warning HVN111"), ("json", '"level": "warning"')])
def test_warnings_are_shown_and_exit_with_0(form: str, shown: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spoke_overlap, "RULE", replace(spoke_overlap.RULE, level=Level.WARNING))
    done = check("--topology", WRONG, "--format", form)
    assert done.exit_code == 0
    assert shown in done.stdout


@pytest.mark.parametrize("file", ["none.yaml", "", "name-too-long" * 100, f"{HOSTILE}.yaml"])
def test_one_line_and_exit_2_without_a_file_to_read(file: str, tmp_path: pathlib.Path) -> None:
    done = check("--topology", tmp_path / file)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert "--topology" not in done.stderr, "bin/cdktf and --vault-of have no option of this name"
    assert is_visible(done.stderr.rstrip("\n"))


def test_a_file_without_read_permission_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:  # root, the usual user in containers, can read every file
        raise PermissionError

    monkeypatch.setattr(pathlib.Path, "open", refuse)
    done = check("--topology", RIGHT)
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert str(RIGHT) in done.stderr


def test_bad_usage_is_exit_2() -> None:
    assert check("--format", "xml").exit_code == 2
    assert check("--colour").exit_code == 2
    assert CliRunner().invoke(cli, ["chek"]).exit_code == 2


def test_the_option_precedes_the_variable_and_the_variable_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    assert check(HVN_TOPOLOGY=str(WRONG)).exit_code == 1
    assert check("--topology", RIGHT, HVN_TOPOLOGY=str(WRONG)).exit_code == 0
    monkeypatch.setattr("hvn.options.CONFIG", SAMPLE.parent)
    for nothing in ({}, {"HVN_TOPOLOGY": ""}):
        monkeypatch.chdir(TEXTS)
        assert f"{SAMPLE}: " in check(**nothing).stdout
        monkeypatch.chdir(PROJECT)
        assert "examples/sample/topology.yaml: " in check(**nothing).stdout


def test_without_a_topology_the_next_steps_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> None:
    monkeypatch.setattr("hvn.options.CONFIG", tmp_path)
    done = check()
    assert (done.exit_code, done.stdout) == (2, "")
    assert "bin/hvn init" in done.stderr


def test_hostile_text_is_shown_and_never_sent_to_the_terminal(tmp_path: pathlib.Path) -> None:
    text = RIGHT.read_text(encoding="utf-8")
    nasty = json.dumps(HOSTILE)  # in YAML, as in JSON, this is a string in quotes
    variants = [
        text,  # this text is valid, so the output contains only the file's name
        text.replace("name: small", f"name: {nasty}"),
        text.replace("orders:", f"{nasty}:"),
        text + f"{nasty}: 1\n",
        text.replace("backend: local", f"backend: {nasty}"),
        text.replace("vault_route: direct", f"vault_route: {nasty}"),
        text.replace("vault_route: direct", f"vault_route: {{{nasty}: [{nasty}]}}"),
        text.replace("vault_peering: {}", f"vault_peering: {{transit_pools: [{nasty}]}}"),
        text.replace("name: small", f"name: {HOSTILE}"),
        text + f"# {HOSTILE}",
    ]
    for index, variant in enumerate(variants):
        file = tmp_path / f"{index}{HOSTILE}.yaml"
        file.write_text(variant, encoding="utf-8")
        for form in ("text", "json"):
            done = check("--topology", file, "--format", form)
            assert done.exit_code == (1 if variant != text else 0)
            assert done.stdout
            assert all(is_visible(line) for line in done.stdout.split("\n"))


def test_a_file_name_that_is_not_utf8_is_shown_escaped(tmp_path: pathlib.Path) -> None:
    for case in (RIGHT, WRONG):
        file = os.fsencode(tmp_path) + b"/\xff.yaml"
        with open(file, "wb") as opened:  # noqa: PTH123 - a name in bytes
            opened.write(case.read_bytes())
        done = hvn(b"check", b"--topology", file)
        assert (done.returncode, done.stderr) == (int(case is WRONG), b"")
        assert b"/\\u{dcff}.yaml" in done.stdout


def test_a_terminal_that_cannot_show_every_character(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "東京.yaml"
    file.write_text(RIGHT.read_text(encoding="utf-8").replace("name: small", "name: 東京"), encoding="utf-8")
    done = hvn(b"check", b"--topology", os.fsencode(file), PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.whole
def test_no_case_ends_in_a_traceback(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "topology.yaml"
    for text in (
        *(path.read_text(encoding="utf-8") for path in sorted(TEXTS.glob("*.yaml"))),
        *(dump(case.wrong) for case in every_case() if case.wrong is not None),
    ):
        file.write_text(text, encoding="utf-8")
        for command in ("check", "workspaces"):
            done = CliRunner().invoke(cli, [command, "--topology", str(file)])
            assert isinstance(done.exception, SystemExit | None), (command, text)
            assert done.exit_code in (0, 1)


def test_no_jsii_and_no_cdktf_is_loaded() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *WITHOUT_JSII],
        cwd=PROJECT,
        env=os.environ | {"HVN_TOPOLOGY": str(SAMPLE)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout
    # A review exits with 1 if the working tree has uncommitted changes of the stacks.
    results = [
        line.replace(": 1: ", ": 0: ") if line.startswith("review") else line for line in done.stderr.splitlines()
    ]
    assert results == [f"{command}: 0: []" for command in WITHOUT_JSII]


def hvn(*arguments: bytes, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [os.fsencode(sys.executable), b"-m", b"hvn", *arguments],
        env=os.environ | environment,
        cwd=PROJECT,
        capture_output=True,
        check=False,
    )
