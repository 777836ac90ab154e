"""bin/cdktf translates a command line into calls of cdktf-cli, or refuses the command line."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from hvn import cdktf, cdktf_environment
from hvn.engine import CLI
from hvn.kinds.workspace import Workspace, WorkspaceId
from tests.cdktf.conftest import assert_one_line
from tests.conftest import PROJECT, SAMPLE

REASON = "no keys: run hvn keys pull"
WORKSPACES = (
    Workspace(id=WorkspaceId("hcp")),
    Workspace(id=WorkspaceId("hub")),
    Workspace(id=WorkspaceId("vault"), after=(WorkspaceId("hcp"),), blocked=REASON),
    Workspace(id=WorkspaceId("network", "payments"), after=(WorkspaceId("hub"),)),
    Workspace(id=WorkspaceId("aks", "payments"), after=(WorkspaceId("network", "payments"),)),
    Workspace(id=WorkspaceId("network", "orders"), after=(WorkspaceId("hub"),)),
    Workspace(id=WorkspaceId("aks", "orders"), after=(WorkspaceId("network", "orders"),)),
)
BUILDABLE = [workspace.id for workspace in WORKSPACES if not workspace.blocked]

CALLER = Path("/callers/folder")


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Replace the workspaces of the topology with WORKSPACES."""
    monkeypatch.setattr(cdktf, "known", lambda _: ("cdktf.out", WORKSPACES))
    monkeypatch.setattr(cdktf, "require_terraform", lambda _: None)


def prepare(line: str, environment: Mapping[str, str] | None = None) -> tuple[list[str], str]:
    """Return the calls of cdktf-cli for a command line, and the value of HVN_STACKS."""
    runs, env = cdktf.prepare(line.split(), environment or {}, CALLER)
    return [" ".join(run) for run in runs], env.get("HVN_STACKS", "")


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("line", "call", "stacks"),
    [
        ("deploy hub", "deploy hub --output cdktf.out.hub", "hub"),
        ("apply hub", "deploy hub --output cdktf.out.hub", "hub"),
        ("synth", "synth --output cdktf.out", ""),
        ("synth hub", "synth --output cdktf.out.hub", "hub"),
        ("list hub", "list --output cdktf.out.hub", "hub"),
        ("diff hub", "diff hub --output cdktf.out.hub", "hub"),
        ("deploy *", f"deploy {' '.join(BUILDABLE)} --output cdktf.out", ""),
        ("output hub hcp", "output hcp hub --output cdktf.out.hcp-and-1-more-3df2bce0", "hcp hub"),
        ("destroy aks-*", "destroy aks-payments aks-orders --output cdktf.out.aks-payments-and-1-more-1c206e4b", None),
    ],
)
def test_a_selection_has_its_own_variable_and_folder(line: str, call: str, stacks: str | None) -> None:
    calls, variable = prepare(line)
    assert calls == [call]
    assert variable == stacks or stacks is None


@pytest.mark.usefixtures("small")
def test_diff_of_several_is_one_synth_and_one_plan_for_each() -> None:
    out = "--output cdktf.out.aks-payments-and-1-more-1c206e4b"
    plans = [f"diff aks-{spoke} --skip-synth --no-color {out}" for spoke in ("payments", "orders")]
    assert prepare("diff aks-* --no-color")[0] == [f"synth --no-color {out}", *plans]
    assert [call.split()[:2] for call in prepare("diff aks-* --skip-synth")[0]] == [plan.split()[:2] for plan in plans]


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("options", "passed"),
    [
        ("--auto-approve hub", "--auto-approve"),
        ("--auto-approve false hub", "--auto-approve false"),
        ("--parallelism 2 hub", "--parallelism 2"),
        ("--terraform-parallelism -1 hub", "--terraform-parallelism -1"),
        ("--terraformParallelism 3 hub", "--terraformParallelism 3"),
        ("--app python hub", "--app python"),
        ("-a python hub", "-a python"),
        ("--var a=b hub", "--var a=b"),
        ("--var=a=b hub --var c=hcp", "--var=a=b --var c=hcp"),
        ("--unknown hub", "--unknown"),
        ("--unknown=hcp hub", "--unknown=hcp"),
        ("--no-color -- hub", "--no-color"),
        ("hub --var", "--var"),
        ("hub --app --no-color", "--app --no-color"),
        ("--ignore-missing-stack-dependencies hub", ""),
    ],
)
def test_options_are_passed_on_and_their_values_are_not_names(options: str, passed: str) -> None:
    assert prepare(f"deploy {options}")[0] == [" ".join(f"deploy hub {passed} --output cdktf.out.hub".split())]


@pytest.mark.usefixtures("small")
def test_options_may_come_before_the_command() -> None:
    assert prepare("--log-level debug deploy hub")[0] == ["deploy hub --log-level debug --output cdktf.out.hub"]


@pytest.mark.usefixtures("small")
def test_paths_are_relative_to_the_callers_folder() -> None:
    calls, _ = prepare("deploy hub --outputs-file out.json --var-file=a.tfvars --var-file /b.tfvars --varFile ../c")
    files = f"--var-file={CALLER}/a.tfvars --var-file=/b.tfvars --var-file={CALLER}/../c"
    assert calls == [f"deploy hub --outputs-file={CALLER}/out.json {files} --output cdktf.out.hub"]
    env = cdktf.prepare(["synth"], {"HVN_TOPOLOGY": "mine.yaml"}, CALLER)[1]
    assert env["HVN_TOPOLOGY"] == f"{CALLER}/mine.yaml"


@pytest.mark.usefixtures("small")
def test_an_output_folder_of_the_caller_is_used() -> None:
    assert prepare(f"deploy hub --output {PROJECT}/mine")[0] == ["deploy hub --output mine"]
    assert prepare(f"deploy -o={PROJECT}/x/../mine hub")[0] == ["deploy hub --output mine"]
    assert prepare("deploy hub", {"CDKTF_OUTPUT": f"{PROJECT}/mine"})[0] == ["deploy hub --output mine"]


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("folder", ["deeper", f"{PROJECT}/deeper/still", f"{PROJECT}/../other/mine", f"{PROJECT}"])
def test_an_output_folder_is_refused_if_its_state_would_be_in_another_folder(
    folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert_refused(f"deploy hub --output {folder}", capsys, "state", str(PROJECT))


@pytest.mark.usefixtures("small")
def test_the_variable_selects_if_the_command_line_has_no_names() -> None:
    assert prepare("deploy", {"HVN_STACKS": "aks-orders, hub"})[1] == "hub aks-orders"
    assert prepare("deploy hcp", {"HVN_STACKS": "hub"})[1] == "hcp"
    assert prepare("synth", {"HVN_STACKS": "hub"})[0] == ["synth --output cdktf.out.hub"]
    assert prepare("deploy *", {"HVN_STACKS": "hub"})[1] == ""


def assert_refused(line: str, capsys: pytest.CaptureFixture[str], *words: str) -> None:
    """Check that bin/cdktf refuses a command line with a one-line message that contains these words."""
    with pytest.raises(SystemExit) as stopped:
        prepare(line)
    assert stopped.value.code == 2
    assert_one_line(capsys.readouterr().err, *words)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("line", "words"),
    [
        *((command, [*BUILDABLE, "'*'"]) for command in ("deploy", "diff", "plan", "destroy", "output", "watch")),
        ("deploy network-payment", ["`network-payments`", *BUILDABLE]),
        ("deploy hub nothing-*", ["nothing-*"]),
        ("deploy vault", ["vault", REASON]),
        ("synth hub vault", ["vault", REASON]),
        (
            "destroy hub",
            ["network-payments, network-orders", f"--{cdktf.IGNORE_MISSING}"],
        ),
        ("destroy hub network-*", ["aks-payments", "network-payments"]),
    ],
)
def test_a_refusal_is_one_line(line: str, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert_refused(line, capsys, *words)


@pytest.mark.usefixtures("small")
def test_a_pattern_leaves_blocked_workspaces_out_with_the_reason(capsys: pytest.CaptureFixture[str]) -> None:
    assert prepare("deploy h* v*")[1] == "hcp hub"
    assert_one_line(capsys.readouterr().err, "cdktf: vault ", REASON)
    with pytest.raises(SystemExit):
        prepare("deploy v*")
    assert "deploy" in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.usefixtures("small")
def test_blocked_workspaces_are_reported_if_everything_is_built(capsys: pytest.CaptureFixture[str]) -> None:
    assert prepare("synth")[1] == ""
    assert_one_line(capsys.readouterr().err, "cdktf: vault ", REASON)


def test_the_app_reports_the_reason_of_a_blocked_workspace(tmp_path: Path) -> None:
    shutil.copy(SAMPLE, tmp_path)
    env = {**os.environ, "HVN_TOPOLOGY": str(tmp_path / "topology.yaml"), "HVN_STACKS": "hub vault-auth-payments"}
    app = [PROJECT / ".venv" / "bin" / "python", PROJECT / "main.py"]
    done = subprocess.run(app, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert_one_line(done.stderr, "vault-auth-payments ", "keys")
    assert not (tmp_path / "cdktf.out").exists()


@pytest.mark.usefixtures("small")
def test_destroy_needs_the_names_or_the_option_for_dependent_workspaces() -> None:
    assert prepare("destroy hub network-* aks-*")[0][0].startswith("destroy hub network-payments")
    assert prepare(f"destroy hub --{cdktf.IGNORE_MISSING}")[0] == ["destroy hub --output cdktf.out.hub"]


@pytest.mark.usefixtures("small")
def test_destroy_counts_blocked_workspaces_because_they_may_exist(capsys: pytest.CaptureFixture[str]) -> None:
    assert_refused("destroy hcp", capsys, "vault", "hcp", REASON, f"--{cdktf.IGNORE_MISSING}")
    assert prepare(f"destroy hcp --{cdktf.IGNORE_MISSING}")[0] == ["destroy hcp --output cdktf.out.hcp"]


def test_a_single_workspace_needs_no_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cdktf, "known", lambda _: ("cdktf.out", WORKSPACES[:1]))
    monkeypatch.setattr(cdktf, "require_terraform", lambda _: None)
    assert prepare("deploy") == (["deploy hcp --output cdktf.out"], "")


def test_other_commands_are_passed_on_and_need_no_topology(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cdktf, "known", lambda _: pytest.fail("read the topology"))
    for line in ("--help", "", "--version", "deploy --help", "get --output x", "convert", "init --template python"):
        assert prepare(line)[0] == [line]


def test_each_selection_has_its_own_folder_beside_cdktf_out() -> None:
    selections = [["a"], ["b"], ["a", "b"], ["a", "c"], ["a", "b", "c"], ["a-and-1-more"]]
    folders = [cdktf.folder_for("cdktf.out", names, ["a", "b", "c", "d"]) for names in selections]
    assert len(set(folders)) == len(selections)
    assert not any("/" in folder for folder in folders)
    assert all(folder.startswith("cdktf.out.") for folder in folders), ".gitignore ignores cdktf.out*"
    two = [cdktf.folder_for("cdktf.out", names, ["c"])[-8:] for names in (["b", "a"], ["a", "b"])]
    assert two[0] == two[1]


def test_cdktf_cli_sends_no_telemetry_and_uses_the_node_of_the_project() -> None:
    env = cdktf_environment.child_environment({"PATH": "/usr/bin"}, CALLER)
    assert env["CHECKPOINT_DISABLE"] == env["DISABLE_VERSION_CHECK"] == "1"
    assert env["PATH"] == f"{cdktf_environment.NODE.parent}:{PROJECT}/.venv/bin:/usr/bin"
    assert subprocess.run(
        [cdktf_environment.NODE, "--version"], capture_output=True, text=True, check=True
    ).stdout.startswith("v22.")


@pytest.mark.usefixtures("small")
def test_commands_without_terraform_print_no_error_about_it(tmp_path: Path) -> None:
    without = {"PATH": str(tmp_path)}
    assert cdktf.prepare(["synth"], without, CALLER)[1]["TERRAFORM_BINARY_NAME"] == "true"
    (tmp_path / "terraform").touch(mode=0o755)
    assert "TERRAFORM_BINARY_NAME" not in cdktf.prepare(["synth"], without, CALLER)[1]


def test_a_log_gets_no_frames_of_a_spinner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: False)
    assert cdktf_environment.child_environment({}, CALLER)["CI"] == "true"
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert "CI" not in cdktf_environment.child_environment({}, CALLER)


def test_options_with_a_value_are_those_of_the_installed_cdktf_cli() -> None:
    with_value = set()
    for command in (*cdktf.NEED_NAMES, *cdktf.TAKE_NO_NAMES):
        page = subprocess.run(
            [cdktf_environment.NODE, CLI, command, "--help"],
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for name, rest in re.findall(r"^ +(?:-\w, )?--([\w-]+) (.*)", page, re.MULTILINE):
            if "[boolean]" not in rest:
                with_value.add(name)
    assert with_value == cdktf.WITH_VALUE
