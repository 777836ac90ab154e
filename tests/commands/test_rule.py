"""Test `hvn rule`, and the registry of the rules."""

import json
import re
import subprocess
import sys

import pytest
from click.testing import CliRunner, Result

from hvn import rulebook
from hvn.cli import cli
from hvn.diagnostics.finding import Rule
from hvn.diagnostics.message import plain_text
from hvn.doctor.checks import modules
from hvn.keys import drift
from tests.conftest import PROJECT, SAMPLE

ID = re.compile(r'\bid="(HVN\d{3})"')


def rule(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["rule", *arguments])


def test_the_registry_has_every_rule_of_the_sources() -> None:
    """The test counts the ids in the source files, without the registry's code."""
    sources = (PROJECT / "hvn").rglob("*.py")
    ids = sorted(id_ for file in sources for id_ in ID.findall(file.read_text(encoding="utf-8")))
    assert len(ids) > 100
    assert list(rulebook.rules()) == ids


def test_every_rule_is_in_one_group_and_has_a_summary() -> None:
    grouped = [rule for members in rulebook.groups(rulebook.rules().values()).values() for rule in members]
    assert grouped == list(rulebook.rules().values())
    assert all(rule.reports and rule.why and rule.see for rule in grouped)


@pytest.mark.parametrize("complete", [*(module.RULE for module in modules()), drift.NEW, drift.REMOVED, drift.WAITING])
def test_rules_of_doctor_and_keys_are_complete(complete: Rule) -> None:
    assert all((complete.reports, complete.why, complete.fix, complete.example))
    assert complete.reports.endswith(".")


@pytest.mark.parametrize("name", ["HVN705", "hvn705", "helm-repository", "Helm-Repository"])
def test_a_rule_is_found_by_id_and_by_name(name: str) -> None:
    done = rule(name)
    assert done.exit_code == 0
    assert done.stdout.startswith("HVN705 helm-repository (error)\n")
    headings = [line for line in done.stdout.splitlines() if line.endswith(":") and not line.startswith(" ")]
    assert headings == ["Reports:", "Why:", "Fix:", "Example:"]
    assert "  Error: repo hashicorp not found" in done.stdout.splitlines()
    assert done.stdout.splitlines()[-1].startswith("See: https://")
    assert "`" not in done.stdout


@pytest.mark.parametrize("name", list(rulebook.rules()))
def test_texts_of_a_rule_are_complete(name: str) -> None:
    explained = rulebook.rules()[name]
    shown = " ".join(rule(name).stdout.split())
    for text in (explained.reports, explained.why, explained.fix):
        assert " ".join(plain_text(text).split()) in shown


def test_json_of_one_rule_and_of_all() -> None:
    one = json.loads(rule("HVN705", "--format", "json").stdout)
    assert list(one) == ["id", "name", "level", "group", "reports", "why", "fix", "example", "see"]
    assert (one["id"], one["name"], one["level"]) == ("HVN705", "helm-repository", "error")
    every = json.loads(rule("--format", "json").stdout)
    assert [item["id"] for item in every] == list(rulebook.rules())
    assert one in every


def test_without_a_name_all_rules_are_listed_by_group() -> None:
    lines = rule().stdout.splitlines()
    listed = [line.split() for line in lines if line.startswith("  HVN")]
    assert [(id_, name, level) for id_, name, level in listed] == [
        (item.id, item.name, item.level) for item in rulebook.rules().values()
    ]
    assert len([line for line in lines if line and not line.startswith(" ")]) == len(
        rulebook.groups(rulebook.rules().values())
    )


@pytest.mark.parametrize(
    ("name", "meant"), [("helm-repositry", "HVN705"), ("spoke-overlp", "HVN111"), ("HVN7O5", "HVN705"), ("\x1b[2J", "")]
)
def test_an_unknown_rule_is_exit_2_with_near_misses(name: str, meant: str) -> None:
    done = rule(name)
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert meant in done.stderr
    assert "\x1b" not in done.stderr


# The script runs a command, and prints on standard error the modules that the command should not have imported.
IMPORTED = """
import sys
from hvn.cli import cli
try:
    cli(sys.argv[1:])
finally:
    print(*(name for name in ("hvn.rulebook", "hvn.review", "hvn.doctor", "hvn.keys") if name in sys.modules),
          file=sys.stderr)
"""


@pytest.mark.parametrize("form", ["text", "json", "sarif"])
def test_check_does_not_import_the_registry(form: str) -> None:
    command = [sys.executable, "-c", IMPORTED, "check", str(SAMPLE), "--format", form]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.stdout
    assert done.stderr.strip() == ""
