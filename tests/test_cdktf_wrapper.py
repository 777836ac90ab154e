"""bin/cdktf: what it makes of a command line, and what then happens, with cdktf-cli itself and a stub for Terraform."""

import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from hvn import cdktf
from hvn.kinds.workspace import Workspace, WorkspaceId
from tests.conftest import PROJECT, copy_project

STUB = PROJECT / "tests" / "stub_terraform.py"

WORKSPACES = (
    Workspace(id=WorkspaceId("hcp")),
    Workspace(id=WorkspaceId("hub")),
    Workspace(id=WorkspaceId("vault"), after=(WorkspaceId("hcp"),), blocked="no keys yet: run hvn keys pull"),
    Workspace(id=WorkspaceId("network", "payments"), after=(WorkspaceId("hub"),)),
    Workspace(id=WorkspaceId("aks", "payments"), after=(WorkspaceId("network", "payments"),)),
    Workspace(id=WorkspaceId("network", "orders"), after=(WorkspaceId("hub"),)),
    Workspace(id=WorkspaceId("aks", "orders"), after=(WorkspaceId("network", "orders"),)),
)
BUILDABLE = [each.id for each in WORKSPACES if not each.blocked]

CALLER = Path("/somewhere/else")


@pytest.fixture(autouse=True)
def no_variables_of_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith(("HVN_", "CDKTF_")):
            monkeypatch.delenv(name)


# The command line. Faked: the workspaces of the topology.


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cdktf, "known", lambda _: ("cdktf.out", WORKSPACES))
    monkeypatch.setattr(cdktf, "require_terraform", lambda _: None)


def prepare(line: str, environment: Mapping[str, str] | None = None) -> tuple[list[str], str]:
    """What cdktf-cli is called with for a command line (one call a line), and HVN_STACKS."""
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
def test_a_selection_has_its_names_its_variable_and_its_folder(line: str, call: str, stacks: str | None) -> None:
    calls, said = prepare(line)
    assert calls == [call]
    assert said == stacks or stacks is None


@pytest.mark.usefixtures("small")
def test_diff_of_several_is_one_synth_and_a_plan_each() -> None:
    out = "--output cdktf.out.aks-payments-and-1-more-1c206e4b"
    plans = [f"diff aks-{spoke} --skip-synth --no-color {out}" for spoke in ("payments", "orders")]
    assert prepare("diff aks-* --no-color")[0] == [f"synth --no-color {out}", *plans]
    assert [call.split()[:2] for call in prepare("diff aks-* --skip-synth")[0]] == [plan.split()[:2] for plan in plans]


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("options", "kept"),
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
        ("--unheard-of hub", "--unheard-of"),
        ("--unheard-of=hcp hub", "--unheard-of=hcp"),
        ("--no-color -- hub", "--no-color"),
        ("hub --var", "--var"),
        ("hub --app --no-color", "--app --no-color"),
        ("--ignore-missing-stack-dependencies hub", ""),
    ],
)
def test_options_stay_as_they_are_and_no_value_is_taken_for_a_name(options: str, kept: str) -> None:
    assert prepare(f"deploy {options}")[0] == [" ".join(f"deploy hub {kept} --output cdktf.out.hub".split())]


@pytest.mark.usefixtures("small")
def test_options_may_come_before_the_command() -> None:
    assert prepare("--log-level debug deploy hub")[0] == ["deploy hub --log-level debug --output cdktf.out.hub"]


@pytest.mark.usefixtures("small")
def test_files_are_named_from_the_callers_folder() -> None:
    calls, _ = prepare("deploy hub --outputs-file out.json --var-file=a.tfvars --var-file /b.tfvars --varFile ../c")
    files = f"--var-file={CALLER}/a.tfvars --var-file=/b.tfvars --var-file={CALLER}/../c"
    assert calls == [f"deploy hub --outputs-file={CALLER}/out.json {files} --output cdktf.out.hub"]
    env = cdktf.prepare(["synth"], {"HVN_TOPOLOGY": "mine.yaml"}, CALLER)[1]
    assert env["HVN_TOPOLOGY"] == f"{CALLER}/mine.yaml"


@pytest.mark.usefixtures("small")
def test_the_callers_own_output_folder_wins() -> None:
    assert prepare(f"deploy hub --output {PROJECT}/mine")[0] == ["deploy hub --output mine"]
    assert prepare(f"deploy -o={PROJECT}/x/../mine hub")[0] == ["deploy hub --output mine"]
    assert prepare("deploy hub", {"CDKTF_OUTPUT": f"{PROJECT}/mine"})[0] == ["deploy hub --output mine"]


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("folder", ["deeper", f"{PROJECT}/deeper/still", f"{PROJECT}/../other/mine", f"{PROJECT}"])
def test_an_output_folder_from_which_the_state_would_be_another_is_refused(
    folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    refused(f"deploy hub --output {folder}", capsys, "second state", str(PROJECT))


@pytest.mark.usefixtures("small")
def test_the_variable_stands_for_names_that_are_not_on_the_line() -> None:
    assert prepare("deploy", {"HVN_STACKS": "aks-orders, hub"})[1] == "hub aks-orders"
    assert prepare("deploy hcp", {"HVN_STACKS": "hub"})[1] == "hcp"
    assert prepare("synth", {"HVN_STACKS": "hub"})[0] == ["synth --output cdktf.out.hub"]
    assert prepare("deploy *", {"HVN_STACKS": "hub"})[1] == ""


def refused(line: str, capsys: pytest.CaptureFixture[str], *words: str) -> None:
    with pytest.raises(SystemExit) as stopped:
        prepare(line)
    said = capsys.readouterr().err
    assert stopped.value.code == 2
    assert all(word in said for word in words), said
    assert said.count("\n") == 1


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("line", "words"),
    [
        *((command, [*BUILDABLE, "'*'"]) for command in ("deploy", "diff", "plan", "destroy", "output", "watch")),
        ("deploy network-payment", ["did you mean `network-payments`", *BUILDABLE]),
        ("deploy hub nothing-*", ["nothing-*"]),
        ("deploy vault", ["vault is blocked: no keys yet"]),
        ("synth hub vault", ["vault is blocked: no keys yet"]),
        (
            "destroy hub",
            ["destroy network-payments, network-orders first", " hub; ", "--ignore-missing-stack-dependencies"],
        ),
        ("destroy hub network-*", ["destroy aks-payments first", " network-payments; "]),
    ],
)
def test_what_cannot_be_done_is_one_line(line: str, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    refused(line, capsys, *words)


@pytest.mark.usefixtures("small")
def test_a_blocked_workspace_that_matches_a_pattern_is_left_out_with_a_note(capsys: pytest.CaptureFixture[str]) -> None:
    assert prepare("deploy h* v*")[1] == "hcp hub"
    assert capsys.readouterr().err == "cdktf: vault is blocked: no keys yet: run hvn keys pull\n"
    with pytest.raises(SystemExit):
        prepare("deploy v*")
    assert "no workspace to deploy" in capsys.readouterr().err


@pytest.mark.usefixtures("small")
def test_a_full_synth_names_the_blocked_workspaces(capsys: pytest.CaptureFixture[str]) -> None:
    assert prepare("synth")[1] == ""
    assert capsys.readouterr().err == "cdktf: vault is blocked: no keys yet: run hvn keys pull\n"


def test_the_app_alone_prints_why_a_workspace_is_blocked(tmp_path: Path) -> None:
    shutil.copy(PROJECT / "config" / "topology.yaml", tmp_path)
    env = {**os.environ, "HVN_TOPOLOGY": str(tmp_path / "topology.yaml"), "HVN_STACKS": "hub vault-auth-payments"}
    app = [PROJECT / ".venv" / "bin" / "python", PROJECT / "main.py"]
    done = subprocess.run(app, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    one_line(done.stderr, "vault-auth-payments is held back", "keys")
    assert not (tmp_path / "cdktf.out").exists()


@pytest.mark.usefixtures("small")
def test_destroy_includes_the_dependents_or_the_option_that_ignores_them() -> None:
    assert prepare("destroy hub network-* aks-*")[0][0].startswith("destroy hub network-payments")
    assert prepare("destroy hub --ignore-missing-stack-dependencies")[0] == ["destroy hub --output cdktf.out.hub"]


@pytest.mark.usefixtures("small")
def test_destroy_refuses_to_leave_a_blocked_workspace_behind(capsys: pytest.CaptureFixture[str]) -> None:
    refused(
        "destroy hcp",
        capsys,
        "vault depends on hcp, is blocked",
        "no keys yet: run hvn keys pull",
        f"--{cdktf.IGNORE_MISSING}",
    )
    assert prepare(f"destroy hcp --{cdktf.IGNORE_MISSING}")[0] == ["destroy hcp --output cdktf.out.hcp"]


def test_a_single_workspace_needs_no_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cdktf, "known", lambda _: ("cdktf.out", WORKSPACES[:1]))
    monkeypatch.setattr(cdktf, "require_terraform", lambda _: None)
    assert prepare("deploy") == (["deploy hcp --output cdktf.out"], "")


def test_other_commands_are_handed_on_and_need_no_topology(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cdktf, "known", lambda _: pytest.fail("read the topology"))
    for line in ("--help", "", "--version", "deploy --help", "get --output x", "convert", "init --template python"):
        assert prepare(line)[0] == [line]


def test_folders_of_selections_are_their_own_and_beside_cdktf_out() -> None:
    selections = [["a"], ["b"], ["a", "b"], ["a", "c"], ["a", "b", "c"], ["a-and-1-more"]]
    folders = [cdktf.folder_for("cdktf.out", each, ["a", "b", "c", "d"]) for each in selections]
    assert len(set(folders)) == len(selections)
    assert not any("/" in each for each in folders)
    assert all(each.startswith("cdktf.out.") for each in folders), ".gitignore leaves cdktf.out* out"
    two = [cdktf.folder_for("cdktf.out", names, ["c"])[-8:] for names in (["b", "a"], ["a", "b"])]
    assert two[0] == two[1]


def test_nothing_calls_out_and_the_projects_node_comes_first() -> None:
    env = cdktf.child_environment({"PATH": "/usr/bin"}, CALLER)
    assert env["CHECKPOINT_DISABLE"] == env["DISABLE_VERSION_CHECK"] == "1"
    assert env["PATH"] == f"{cdktf.NODE.parent}:{PROJECT}/.venv/bin:/usr/bin"
    assert subprocess.run([cdktf.NODE, "--version"], capture_output=True, text=True, check=True).stdout.startswith(
        "v22."
    )


def test_the_options_with_a_value_are_those_of_the_installed_cdktf_cli() -> None:
    with_value = set()
    for command in (*cdktf.NEED_NAMES, *cdktf.TAKE_NO_NAMES):
        shown = subprocess.run(
            [cdktf.NODE, cdktf.CLI, command, "--help"], cwd=PROJECT, capture_output=True, text=True, check=True
        ).stdout
        for name, rest in re.findall(r"^ +(?:-\w, )?--([\w-]+) (.*)", shown, re.MULTILINE):
            if "[boolean]" not in rest:
                with_value.add(name)
    assert with_value == cdktf.WITH_VALUE


# The whole way: a copy of the project, cdktf-cli, main.py, and a stub for Terraform.


class Project:
    """A copy of the project in a folder with a difficult name, and a caller who is somewhere else."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "the team's prójekt"
        self.caller = folder / "somewhere else"
        self.log = folder / "terraform.log"
        self.caller.mkdir()
        copy_project(self.root, "bin", "hvn", "stacks", "config", "main.py", "cdktf.json")
        for name in (".venv", "node_modules"):
            (self.root / name).symlink_to(PROJECT / name)

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """bin/cdktf, from the caller's folder."""
        env = {key: value for key, value in os.environ.items() if key != "NODE_OPTIONS"}
        env |= {"TERRAFORM_BINARY_NAME": str(STUB), "STUB_LOG": str(self.log), "LC_ALL": "C.UTF-8"}
        return subprocess.Popen(
            [self.root / "bin" / "cdktf", *arguments],
            cwd=self.caller,
            env=env | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *arguments: str, code: int = 0, **environment: str) -> str:
        """What bin/cdktf prints, on both streams."""
        process = self.start(*arguments, **environment)
        try:
            said = process.communicate(timeout=120)[0]
        finally:
            process.kill()
        assert process.returncode == code, said
        return said

    def calls(self) -> list[dict[str, Any]]:
        """What the stub noted."""
        return [json.loads(line) for line in self.log.read_text().splitlines()] if self.log.exists() else []

    def done(self, action: str) -> list[str]:
        """Stacks on which Terraform was called to `apply` and the like, in that order."""
        return [call["stack"] for call in self.calls() if call.get("arguments", [""])[0] == action]

    def wait_for(self, key: str, process: subprocess.Popen[str]) -> None:
        """Until the stub has noted `key`, or the process has ended without."""
        for _ in range(600):
            ended = process.poll() is not None
            if any(key in call for call in self.calls()):
                return
            if ended:
                break
            time.sleep(0.1)
        pytest.fail(f"the stub has not noted {key}: {self.calls()}")

    def files(self, folder: str) -> dict[str, tuple[int, bytes]]:
        """Every file under a folder of the project, with its time and content."""
        found = (each for each in (self.root / folder).rglob("*") if each.is_file())
        return {str(each.relative_to(self.root)): (each.stat().st_mtime_ns, each.read_bytes()) for each in found}

    def states(self) -> list[str]:
        """Every state file, wherever it is."""
        found = (each for each in self.root.parent.rglob("*.tfstate*") if "node_modules" not in each.parts)
        return sorted(str(each.relative_to(self.root)) for each in found)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def all_ids() -> Sequence[str]:
    return [each.id for each in cdktf.known({})[1] if not each.blocked]


@pytest.mark.slow
def test_one_state_a_stack_whether_it_is_deployed_alone_or_with_all(project: Project) -> None:
    project.run("deploy", "network-payments", "--auto-approve")
    assert project.states() == ["state/platform/network-payments.tfstate"]
    assert not (project.root / "cdktf.out").exists()
    said = project.run("deploy", "*", "--auto-approve")
    assert said.count("Apply complete!") == len(all_ids())
    assert project.states() == sorted(f"state/platform/{each}.tfstate" for each in all_ids())

    alone = project.files("cdktf.out.network-payments/stacks")
    for file, (_, content) in alone.items():
        if file.endswith("cdk.tf.json"):
            assert content == (project.root / file.replace("cdktf.out.network-payments", "cdktf.out")).read_bytes()

    before = project.files("cdktf.out")
    assert any("/.terraform/" in file for file in before)
    project.run("deploy", "aks-*", "--auto-approve")
    project.run("synth", "hub")
    assert project.files("cdktf.out") == before, "a selection has touched cdktf.out"
    assert project.states() == sorted(f"state/platform/{each}.tfstate" for each in all_ids())


@pytest.mark.slow
def test_two_topologies_share_neither_state_nor_what_terraform_remembers_of_it(project: Project) -> None:
    text = (project.root / "config" / "topology.yaml").read_text()
    (project.root / "config" / "staging.yaml").write_text(text.replace("name: platform", "name: staging"))
    project.run("deploy", "hub", "--auto-approve")
    before = project.files("cdktf.out.hub"), project.files("state")
    project.run("deploy", "hub", "--auto-approve", HVN_TOPOLOGY=str(project.root / "config" / "staging.yaml"))
    assert project.states() == ["state/platform/hub.tfstate", "state/staging/hub.tfstate"]
    (project.root / "state/staging/hub.tfstate").unlink()
    assert (project.files("cdktf.out.hub"), project.files("state")) == before


@pytest.mark.slow
def test_two_selections_at_once(project: Project) -> None:
    both = [project.start("deploy", name, "--auto-approve") for name in ("network-payments", "network-orders")]
    for each in both:
        said = each.communicate(timeout=300)[0]
        assert each.returncode == 0, said
    assert project.states() == ["state/platform/network-orders.tfstate", "state/platform/network-payments.tfstate"]


@pytest.mark.slow
def test_diff_of_several_goes_on_after_a_failure_and_keeps_the_worst_code(project: Project) -> None:
    project.run("diff", "aks-*", code=1, STUB_FAIL="aks-orders")
    assert project.done("plan") == ["aks-orders", "aks-payments"]
    folder = cdktf.folder_for("cdktf.out", project.done("plan"), [])
    assert {call["folder"] for call in project.calls() if call["arguments"] == ["init"]} == {folder}


@pytest.mark.slow
def test_an_app_that_fails_is_not_planned(project: Project) -> None:
    said = project.run("diff", "aks-*", "--app", "echo broken >&2; exit 3", code=1)
    assert "broken" in said
    assert project.done("plan") == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("names", "number"),
    [(["hub"], signal.SIGINT), (["hub", "hcp"], signal.SIGINT), (["hub", "hcp"], signal.SIGTERM)],
    ids=["one", "several", "several, SIGTERM"],
)
def test_a_signal_reaches_terraform_and_nothing_is_planned_after_it(
    project: Project, names: list[str], number: int
) -> None:
    process = project.start("diff", *names, STUB_WAIT="1")
    project.wait_for("waiting", process)
    process.send_signal(number)
    said = process.communicate(timeout=60)[0]
    assert process.returncode not in (0, None), said
    assert "Traceback" not in said
    project.wait_for("signal", process)
    assert len(project.done("plan")) == 1


@pytest.mark.slow
def test_output_and_destroy_of_several(project: Project) -> None:
    names = ["network-orders", "aks-orders"]
    project.run("deploy", *names, "--auto-approve")
    project.run("output", *names, "--outputs-file", "out.json")
    assert "aks-orders" in json.loads((project.caller / "out.json").read_text())
    project.run("destroy", *names, "--auto-approve", "--ignore-missing-stack-dependencies")
    assert project.done("apply") == names
    # cdktf-cli fetches the outputs side by side.
    assert sorted(project.done("output")[-2:]) == sorted(names)
    assert project.done("destroy") == names[::-1]


@pytest.mark.slow
def test_runs_through_a_link_with_a_topology_of_the_caller(project: Project) -> None:
    link = project.caller / "link"
    link.symlink_to(os.path.relpath(project.root / "bin" / "cdktf", project.caller))
    topology = (project.root / "config" / "topology.yaml").read_text().replace("payments", "checkout")
    (project.caller / "mine.yaml").write_text(topology)
    (project.caller / "hvn").mkdir()
    (project.caller / "hvn" / "__init__.py").write_text("raise SystemExit('the wrong hvn')")
    env = os.environ | {"HVN_TOPOLOGY": "mine.yaml", "TERRAFORM_BINARY_NAME": str(STUB)}
    subprocess.run(["./link", "synth", "network-checkout"], cwd=project.caller, env=env, check=True)
    assert (project.root / "cdktf.out@platform.network-checkout/stacks/network-checkout/cdk.tf.json").exists()


def test_a_topology_that_is_wrong_or_missing(project: Project) -> None:
    (project.caller / "wrong.yaml").write_text("version: 1\nname: platform\n")
    said = project.run("deploy", "hub", code=1, HVN_TOPOLOGY="wrong.yaml")
    assert "wrong.yaml" in said
    assert "HVN" in said
    assert "Traceback" not in said
    said = project.run("deploy", "hub", code=2, HVN_TOPOLOGY="nowhere.yaml")
    assert said.count("\n") == 1
    assert "nowhere.yaml" in said


def one_line(said: str, *words: str) -> None:
    assert said.count("\n") == 1, said
    assert all(word in said for word in words), said


def test_where_no_cache_can_be_made_it_says_which_variable_to_set(project: Project, tmp_path: Path) -> None:
    """As in a container whose user has no home. (/dev/null is no folder for root either.)"""
    nowhere = {"HOME": "/dev/null/home"}
    said = project.run("synth", "hub", code=2, **nowhere)
    one_line(said, "/dev/null/home", "set HOME or TF_PLUGIN_CACHE_DIR")
    nowhere["TF_PLUGIN_CACHE_DIR"] = str(tmp_path / "plugins")
    said = project.run("synth", "hub", code=2, **nowhere)
    one_line(said, "/dev/null/home", "set HOME or JSII_RUNTIME_PACKAGE_CACHE_ROOT")


@pytest.mark.slow
def test_the_variables_that_it_names_are_enough(project: Project, tmp_path: Path) -> None:
    caches = {"TF_PLUGIN_CACHE_DIR": "plugins", "JSII_RUNTIME_PACKAGE_CACHE_ROOT": "packages"}
    moved = {variable: str(tmp_path / name) for variable, name in caches.items()}
    project.run("synth", "network-analytics", code=0, HOME="/dev/null/home", **moved)
    assert all((tmp_path / name).is_dir() for name in caches.values())


@pytest.mark.parametrize("command", ["deploy", "diff", "destroy", "output", "watch"])
def test_without_terraform_it_says_what_to_install(project: Project, command: str) -> None:
    said = project.run(command, "network-analytics", code=2, TERRAFORM_BINARY_NAME="no-terraform-here")
    one_line(said, "no-terraform-here", "1.6", "hvn rehearse")


def test_an_output_folder_that_cannot_be_written_is_one_line(project: Project) -> None:
    (project.root / "cdktf.out.hub").write_text("a file in the way")
    said = project.run("synth", "hub", code=2)
    one_line(said, "cdktf.out.hub", "cannot be written")


@pytest.mark.parametrize("missing", [".venv", "node_modules"])
def test_without_set_up_it_says_what_to_do(project: Project, missing: str) -> None:
    (project.root / missing).unlink()
    said = project.run("synth", code=2)
    assert "run make setup" in said
    assert said.count("\n") == 1


def test_from_a_folder_that_is_gone(project: Project) -> None:
    gone = project.caller / "gone"
    gone.mkdir()
    script = f'cd "{gone}" && rmdir "{gone}" && exec "{project.root}/bin/cdktf" synth'
    done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "no longer exists" in done.stderr
    assert "Traceback" not in done.stderr
