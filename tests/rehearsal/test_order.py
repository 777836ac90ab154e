"""The rehearsal detects undeclared dependencies within a workspace and between two workspaces, even if the resources
happened to have the right order.
"""

import json
import pathlib
from dataclasses import replace

import pytest

from hvn.check.load import require
from hvn.kinds.workspace import Workspace
from hvn.rehearsal import run
from tests.conftest import SAMPLE, Synthesized
from tests.rehearsal.conftest import NO_TERRAFORM, Stage, messages

pytestmark = pytest.mark.skipif(bool(NO_TERRAFORM), reason=NO_TERRAFORM)

NETWORK = ("hub", "network-payments")
OPERATOR = ("hcp", *NETWORK, "peering-payments", "aks-payments", "vso-payments")


def without(stage: Stage, workspace: str, kind: str, name: str, dependency: str) -> None:
    dependencies: list[str] = stage.change(workspace)["resource"][kind][name]["depends_on"]
    assert any(address.startswith(dependency) for address in dependencies)
    dependencies[:] = [address for address in dependencies if not address.startswith(dependency)]


def test_cluster_that_does_not_wait_for_its_roles(stage: Stage) -> None:
    without(stage, "aks-payments", "azurerm_kubernetes_cluster", "cluster", "azurerm_role_assignment")
    errors = messages(stage.build(*NETWORK, "aks-payments").failures)
    assert (
        "it needs azurerm_role_assignment" in errors
        or "CustomPrivateDNSZoneMissingPermissionError" in errors
        or ("LinkedAuthorizationFailed" in errors)
    )


def test_replaced_resource_needs_no_dependency(stage: Stage) -> None:
    stage.prepare("hub")
    stage.change("hub")["resource"]["azurerm_network_security_group"]["nsg_runners"]["name"] = "another"
    assert not messages(stage.build("hub").failures)


def test_service_account_that_does_not_wait_for_its_namespace(stage: Stage) -> None:
    stack = stage.change("secrets-payments")
    for kind in ("kubernetes_manifest", "kubernetes_service_account_v1"):
        for body in stack["resource"].get(kind, {}).values():
            body["depends_on"] = [name for name in body.get("depends_on", ()) if "namespace" not in name]
    errors = messages(stage.build(*OPERATOR, "secrets-payments").failures)
    assert "namespace" in errors
    assert "does not depend on this resource" in errors or "not found" in errors


def test_role_that_names_its_mount_as_text(stage: Stage) -> None:
    role = stage.change("vault-auth-payments")["resource"]["vault_jwt_auth_backend_role"]["role_webapp"]
    role["backend"] = "jwt-payments"
    errors = messages(stage.build("vault", "vault-auth-payments").failures)
    assert "it needs vault_jwt_auth_backend jwt-payments, but does not depend on this resource" in errors or (
        "no handler for route" in errors
    )


@pytest.mark.parametrize(
    ("workspace", "forgotten"),
    [("peering-payments", "hcp"), ("vso-payments", "hcp"), ("vault-auth-orders", "aks-orders")],
)
def test_workspace_without_a_needed_dependency(
    workspace: str, forgotten: str, sample: Synthesized, tmp_path: pathlib.Path
) -> None:
    by_id: dict[str, Workspace] = {one.id: one for one in require(SAMPLE).workspaces()}
    needed = [workspace]
    for id_ in needed:
        needed += [dependency for dependency in by_id[id_].after if dependency not in needed]
    # Remove the dependency from all workspaces, so that no indirect dependency remains.
    wanted = [
        replace(one, after=tuple(id_ for id_ in one.after if id_ != forgotten))
        for one in by_id.values()
        if one.id in needed
    ]
    for one in wanted:
        folder = tmp_path / "stacks" / one.id
        folder.mkdir(parents=True)
        (folder / "cdk.tf.json").write_text(json.dumps(sample[one.id]), encoding="utf-8")
    done = run.rehearse(tmp_path, wanted)
    assert done.failed
    text = "\n".join(messages(result.failures) for result in done.results)
    assert (
        f"does not depend on {forgotten}" in text
        or "does not depend on this resource" in text
        or ("was not found" in text)
    )


@pytest.mark.parametrize("chained", [True, False])
def test_workspaces_that_write_one_firewall_policy_follow_one_another(
    chained: bool, sample: Synthesized, tmp_path: pathlib.Path
) -> None:
    wanted = [one for one in require(SAMPLE).workspaces() if one.id in ("hub", "network-orders", "network-payments")]
    if not chained:
        wanted = [replace(one, writes=()) for one in wanted]
    for one in wanted:
        folder = tmp_path / "stacks" / one.id
        folder.mkdir(parents=True)
        (folder / "cdk.tf.json").write_text(json.dumps(sample[one.id]), encoding="utf-8")
    done = run.rehearse(tmp_path, wanted)
    text = "\n".join(messages(result.failures) for result in done.results)
    assert ("at the same time" in text) is not chained
    assert done.failed is not chained
