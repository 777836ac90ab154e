"""Run `hvn plans` with a script instead of Terraform, and once with Terraform and the fake providers."""

import json
import os
import pathlib
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from click.testing import CliRunner, Result

from hvn.check.load import load
from hvn.cli import cli
from hvn.commands import plans as command
from hvn.kinds.workspace import by_id
from hvn.plans import base, terraform
from hvn.review.plan import BASE, INPUTS, UNEXPLAINED, WORKSPACE
from hvn.synthesis import Failed
from tests.affected.conftest import Repository
from tests.affected.test_affected import POD_CIDR
from tests.conftest import PROJECT
from tests.rehearsal.conftest import NO_TERRAFORM

# This script replaces Terraform: it records its calls, and selects the plan by the folder's name.
SCRIPT = """#!/bin/sh
echo "$(basename "$PWD") $1" >> "$CALLS"
case "$1" in
plan)
    # Fail without `-lock=false`, as if another process held the state lock.
    case "$*" in *-lock=false*) ;; *) echo "Error acquiring the state lock" && exit 1 ;; esac
    for each in "$@"; do case "$each" in -out=*) out="${each#-out=}" ;; esac; done
    if test "$(basename "$PWD")" = "$WAITS"; then
        sleep 600 > /dev/null 2>&1 &
        trap 'kill $! && echo "let go" && exit 1' INT
        wait
    fi
    test "$(basename "$PWD")" = "$DEAF" && echo $$ > "$CALLS" && trap '' INT && exec sleep 600
    test "$(basename "$PWD")" = "$BREAKS" && printf "$SAYS" && exit 1
    echo planned
    echo "{\\"terraform_version\\": \\"$(basename "$PWD")\\", \\"prior_state\\": 1}" > "$out"
    test "$(basename "$PWD")" != "$FAILS"
    ;;
show) cat "$3" ;;
esac
"""
Plans = Callable[..., Result]


@pytest.fixture
def plans(repository: Repository, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Plans:
    """Run `hvn plans` in the repository, and return the result. Environment variables set the script's behaviour for a
    workspace."""
    script = tmp_path / "terraform"
    script.write_text(SCRIPT)
    script.chmod(0o755)
    monkeypatch.setenv("TERRAFORM_BINARY_NAME", str(script))
    monkeypatch.setenv("CALLS", str(tmp_path / "calls"))
    monkeypatch.chdir(repository.folder)

    def synthesized(ids: list[str], output: pathlib.Path, file: pathlib.Path | None) -> None:
        for each in ids:
            (output / "stacks" / each).mkdir(parents=True, exist_ok=True)
            (output / "stacks" / each / "cdk.tf.json").write_text('{"provider": {}, "terraform": {}}')

    monkeypatch.setattr(command, "synthesize", synthesized)
    monkeypatch.setattr(base, "synthesize", synthesized)
    monkeypatch.setattr(command, "output_folder", lambda *_: str(tmp_path / "out"))

    def run(*arguments: str, **variables: str) -> Result:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        options = ["--base", "main", "--topology", "config/topology.yaml", *arguments]
        return CliRunner().invoke(cli, ["plans", *options], catch_exceptions=False)

    return run


def names(folder: pathlib.Path) -> set[str]:
    return {each.name for each in folder.iterdir()}


def test_affected_workspaces_are_planned(plans: Plans, repository: Repository, tmp_path: pathlib.Path) -> None:
    repository.edit(("owner: platform-team", "owner: other"))
    done = plans("aks-*", "hub")
    assert done.exit_code == 0, done.output
    assert names(repository.folder / "plans") == {
        f"{each}.{kind}" for each in ("aks-orders", "aks-payments", "hub") for kind in ("json", "log")
    }
    hub = json.loads((repository.folder / "plans" / "hub.json").read_text())
    assert (hub["terraform_version"], hub[WORKSPACE], hub[UNEXPLAINED]) == ("hub", "hub", {})
    checked = load(repository.file).checked
    inputs = checked and by_id(checked.workspaces())["hub"].inputs
    assert inputs
    assert hub[INPUTS] == inputs.fingerprint
    assert hub[BASE] == repository.git("rev-parse", "main").strip()
    assert (repository.folder / "plans" / "hub.json").stat().st_mode & 0o077 == 0
    assert (tmp_path / "calls").read_text().count(" plan") == 3
    progress = done.stderr.splitlines()  # CliRunner's streams are not a terminal
    assert [re.sub(r"\d+ s$", "N s", line) for line in progress] == [
        "synthesized 3 workspaces in N s",
        "planned 3 of 3 workspaces in N s",
    ]


def test_an_incomplete_plan_is_written(plans: Plans, repository: Repository) -> None:
    repository.edit(("owner: platform-team", "owner: other"))
    done = plans("aks-*", "hub", FAILS="hub", BREAKS="aks-orders")
    assert done.exit_code == 1
    results = {line.partition(": ")[0]: line for line in done.stdout.splitlines()}
    assert ("incomplete plan" in results["hub"], "plans/hub.log" in results["hub"]) == (True, True)
    assert ("incomplete plan" in results["aks-orders"], "failed" in results["aks-orders"]) == (False, True)
    assert "planned 1 of 3 workspaces" in done.stderr
    assert {"hub.json", "aks-payments.json"} <= names(repository.folder / "plans")
    assert "aks-orders.json" not in names(repository.folder / "plans")


@pytest.mark.parametrize(
    ("log", "lines"),
    [
        ("Refreshing\\nError: no rights\\n\\n  on cdk.tf.json\\n", ["Error: no rights", "", "on cdk.tf.json"]),
        ("│ Error: \\033[31mred\\033[0m\\r::error::x\\n", ["│ Error: \\u{1b}[31mred\\u{1b}[0m", "::error::x"]),
        ("one\\n" * 30 + "Killed\\n", ["one"] * 9 + ["Killed"]),
        ("Error: a\\n" * 70, ["Error: a"] * 60 + ["… and 10 more lines"]),
        ("Error: " + "x" * 400, ["Error: " + "x" * 292 + "…"]),
    ],
)
def test_errors_of_a_failed_plan_are_shown(plans: Plans, repository: Repository, log: str, lines: list[str]) -> None:
    repository.edit(("owner: platform-team", "owner: other"))
    done = plans("hub", BREAKS="hub", SAYS=log)
    result, *shown = done.stdout.rstrip("\n").split("\n")
    assert (result.startswith("hub: "), result.endswith("plans/hub.log")) == (True, True)
    assert [line.strip() for line in shown] == lines


def test_a_plan_that_waits_is_interrupted(plans: Plans, repository: Repository) -> None:
    repository.edit(("    cidr: 10.65.0.0/16", "    cidr: 10.65.0.0/17"))
    done = plans("peering-orders", "--timeout", "0.02", WAITS="peering-orders")
    assert done.exit_code == 1
    assert done.stdout.startswith("peering-orders: did not end within 0.02 minutes")
    assert "the peering platform-orders" in done.output
    # `hvn plans` interrupted Terraform instead of killing it, so Terraform could release its locks.
    assert (repository.folder / "plans" / "peering-orders.log").read_text() == "let go\n"


def test_a_plan_that_ignores_the_interrupt_is_killed(
    plans: Plans, repository: Repository, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terraform, "GRACE", 0.01)
    repository.edit(("max_count: 3", "max_count: 4"))
    done = plans("--timeout", "0.01", DEAF="aks-payments")
    assert done.exit_code == 1
    assert "aks-payments: did not end within 0.01 minutes" in done.output
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "calls").read_text()), 0)


def test_the_plugin_cache_is_written_by_one_at_a_time(
    plans: Plans, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, seen = terraform._run, set()

    def watched(command: list[str], *arguments: Any) -> int:
        seen.add((command[1], terraform.INIT.locked() if command[1] == "init" else None))
        return run(command, *arguments)

    monkeypatch.setattr(terraform, "_run", watched)
    repository.edit(("owner: platform-team", "owner: other"))
    assert plans("aks-*", "hub").exit_code == 0
    assert seen == {("init", True), ("plan", None)}


def test_plans_of_an_earlier_run_are_removed(plans: Plans, repository: Repository) -> None:
    repository.edit(("max_count: 3", "max_count: 4"))
    folder = repository.folder / "plans"
    folder.mkdir()
    for name in ("hub.json", "mine.json"):
        (folder / name).write_text("{}")
    assert plans().exit_code == 0
    assert names(folder) == {"mine.json", "aks-payments.json", "aks-payments.log"}


def test_without_the_base_unexplained_changes_are_unknown(
    plans: Plans, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(ids: Sequence[str], output: pathlib.Path, file: pathlib.Path) -> None:
        raise Failed("no jsii")

    monkeypatch.setattr(base, "synthesize", fails)
    repository.edit(("max_count: 3", "max_count: 4"))
    done = plans()
    assert done.exit_code == 0
    assert re.search("[0-9a-f]{12} cannot be synthesized:\nno jsii", done.output)
    assert json.loads((repository.folder / "plans" / "aks-payments.json").read_text())[UNEXPLAINED] is None


def test_in_a_new_cluster_everything_is_explained(plans: Plans, repository: Repository) -> None:
    repository.edit(POD_CIDR, ("path: orders/checkout,", "path: orders/other,"))
    assert plans("--wave", "2").stdout == "vault-auth-orders: planned\nvso-orders: planned\n"
    assert plans("--wave", "3").stdout == "secrets-orders: planned\n"
    assert UNEXPLAINED not in json.loads((repository.folder / "plans" / "secrets-orders.json").read_text())


def test_nothing_to_plan(plans: Plans) -> None:
    assert plans().output == "no workspace to plan\n"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["aks-ordesr"], "aks-ordesr"),
        (["--base", "none"], "none is not a commit"),
        (["--timeout", "nan"], "--timeout"),
        (["--timeout", "inf"], "--timeout"),
        (["--timeout", "1e300"], "--timeout"),
        (["--timeout", "0"], "--timeout"),
    ],
)
def test_bad_use(plans: Plans, repository: Repository, arguments: list[str], says: str) -> None:
    repository.edit(("max_count: 3", "max_count: 4"))
    done = plans(*arguments)
    assert done.exit_code == 2
    assert says in done.output


def test_no_terraform(plans: Plans, monkeypatch: pytest.MonkeyPatch) -> None:
    done = plans(TERRAFORM_BINARY_NAME="no-such-terraform")
    assert done.exit_code == 2
    assert "`no-such-terraform`" in done.output


# Like examples/github/apply.yml: plan the reviewed workspaces again, compare with the comment, and apply.
JOB = """
set -eu
"$HVN" plans hub --all --output first
"$HVN" review first --base main --fail-on never > comment.md
"$HVN" plans hub --all --output again --save-tfplan
"$HVN" review again --verify comment.md
here=$PWD
cd "$STACKS/hub"
"$TERRAFORM_BINARY_NAME" apply -input=false -no-color "$here/again/hub.tfplan"
cd "$here"
cd "$STACKS/hub"
! "$TERRAFORM_BINARY_NAME" apply -input=false -no-color "$here/again/hub.tfplan" 2> "$here/stale"
cd "$here"
"$HVN" plans hub --all --output after
sed -i 's/owner: platform-team/owner: other/' config/topology.yaml
"$HVN" plans hub --base main --output other
! "$HVN" review other --verify comment.md
git checkout -q config/topology.yaml
cd "$STACKS/hub"
"$TERRAFORM_BINARY_NAME" state rm azurerm_private_dns_zone.aks_zone
cd "$here"
"$HVN" plans hub --all --output moved
! "$HVN" review moved --verify comment.md
"""


@pytest.mark.whole
def test_only_reviewed_changes_are_applied(repository: Repository) -> None:
    if NO_TERRAFORM:
        pytest.skip(NO_TERRAFORM)
    hvn, stacks = str(PROJECT / "bin" / "hvn"), PROJECT / "cdktf.out@platform.plans"
    variables = {"HVN": hvn, "STACKS": str(stacks / "stacks"), "HVN_TOPOLOGY": str(repository.file)}
    done = subprocess.run(
        [hvn, "rehearse", "--", "bash", "-c", JOB],
        cwd=repository.folder,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    shutil.rmtree(stacks, ignore_errors=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search("^the plans have .*: hub$", done.stdout, re.MULTILINE)
    assert "Apply complete! Resources: 10 added" in done.stdout
    assert len(re.findall("^refused: hub: ", done.stdout, re.MULTILINE)) == 2, "another topology, another state"
    assert "Saved plan is stale" in (repository.folder / "stale").read_text()
    after = json.loads((repository.folder / "after" / "hub.json").read_text())
    assert {tuple(each["change"]["actions"]) for each in after["resource_changes"]} == {("no-op",)}
    assert json.loads((repository.folder / "other" / "hub.json").read_text())[UNEXPLAINED] == {}


def test_the_option_all_plans_unaffected_workspaces_too(
    plans: Plans, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    command_line = ["plans", "--all", "--topology", "config/topology.yaml"]
    assert CliRunner().invoke(cli, command_line, catch_exceptions=False).exit_code == 0
    assert len(names(repository.folder / "plans")) == 2 * 17
    assert CliRunner().invoke(cli, [*command_line, "--base", "main"]).exit_code == 2
    assert CliRunner().invoke(cli, ["plans", "--topology", "config/topology.yaml"]).exit_code == 2


def test_plan_files_are_saved_on_request_only(plans: Plans, repository: Repository) -> None:
    repository.edit(("max_count: 3", "max_count: 4"))
    assert plans("--save-tfplan").exit_code == 0
    kept = repository.folder / "plans" / "aks-payments.tfplan"
    assert kept.stat().st_mode & 0o077 == 0
    assert plans().exit_code == 0
    assert not kept.exists()


def test_the_plan_file_of_a_failed_plan_is_not_saved(plans: Plans, repository: Repository) -> None:
    repository.edit(("max_count: 3", "max_count: 4"))
    assert plans("--save-tfplan", FAILS="aks-payments").exit_code == 1
    assert names(repository.folder / "plans") == {"aks-payments.json", "aks-payments.log"}
