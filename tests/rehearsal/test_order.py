"""What comes first by luck alone is found, whether the luck held or not: within a workspace, and between two."""

import json
import pathlib
from dataclasses import replace
from typing import Any

import pytest

from hvn.check.load import require
from hvn.kinds.workspace import by_id
from hvn.rehearsal import run
from tests.conftest import SAMPLE, Synthesized
from tests.rehearsal.conftest import NO_TERRAFORM, Stage, said

pytestmark = pytest.mark.skipif(bool(NO_TERRAFORM), reason=NO_TERRAFORM)

NETWORK = ("hub", "network-payments")
OPERATOR = ("hcp", *NETWORK, "peering-payments", "aks-payments", "vso-payments")


def without(stage: Stage, workspace: str, kind: str, name: str, dependency: str) -> None:
    given: list[str] = stage.change(workspace)["resource"][kind][name]["depends_on"]
    assert any(each.startswith(dependency) for each in given)
    given[:] = [each for each in given if not each.startswith(dependency)]


def test_a_cluster_that_waits_for_no_right(stage: Stage) -> None:
    without(stage, "aks-payments", "azurerm_kubernetes_cluster", "cluster", "azurerm_role_assignment")
    found = said(stage.build(*NETWORK, "aks-payments").problems)
    assert (
        "it needs azurerm_role_assignment" in found
        or "CustomPrivateDNSZoneMissingPermissionError" in found
        or ("LinkedAuthorizationFailed" in found)
    )


def test_what_was_replaced_is_asked_no_more(stage: Stage) -> None:
    stage.build("hub")
    stage.change("hub")["resource"]["azurerm_network_security_group"]["runners_closed"]["name"] = "another"
    assert not said(stage.build("hub").problems)


def test_a_service_account_that_waits_for_no_namespace(stage: Stage) -> None:
    stack = stage.change("secrets-payments")
    for kind in ("kubernetes_manifest", "kubernetes_service_account_v1"):
        for each in stack["resource"].get(kind, {}).values():
            each["depends_on"] = [name for name in each.get("depends_on", ()) if "namespace" not in name]
    found = said(stage.build(*OPERATOR, "secrets-payments").problems)
    assert "namespace" in found
    assert "nothing says that this comes first" in found or "not found" in found


def test_a_role_that_names_its_mount_as_plain_text(stage: Stage) -> None:
    role = stage.change("vault-auth-payments")["resource"]["vault_jwt_auth_backend_role"]["role_webapp"]
    role["backend"] = "jwt-payments"
    found = said(stage.build("vault", "vault-auth-payments").problems)
    assert "it needs vault_jwt_auth_backend jwt-payments, and nothing says that this comes first" in found or (
        "no handler for route" in found
    )


@pytest.mark.parametrize(
    ("workspace", "forgotten"),
    [("peering-payments", "hcp"), ("vso-payments", "hcp"), ("vault-auth-orders", "aks-orders")],
)
def test_a_workspace_that_the_model_lets_come_too_early(
    workspace: str, forgotten: str, sample: Synthesized, tmp_path: pathlib.Path
) -> None:
    def forgets(each: Any) -> Any:
        return replace(each, after=tuple(id_ for id_ in each.after if id_ != forgotten))

    found = by_id(require(SAMPLE).workspaces())
    needed = [workspace]
    for id_ in needed:
        needed += [each for each in found[id_].after if each not in needed]
    # Only the direct way is cut; what leads there by another one is cut as well.
    wanted = [forgets(each) if forgotten in each.after else each for each in found.values() if each.id in needed]
    for each in wanted:
        folder = tmp_path / "stacks" / each.id
        folder.mkdir(parents=True)
        (folder / "cdk.tf.json").write_text(json.dumps(sample[each.id]), encoding="utf-8")
    done = run.rehearse(tmp_path, wanted)
    assert done.failed
    text = "\n".join(said(each.problems) for each in done.results)
    assert (
        f"nothing says that {forgotten} comes first" in text
        or "nothing says that this comes first" in text
        or ("was not found" in text)
    )
