"""The review reports the access that a plan opens, whether the cause is changed code, an earlier change that nobody
applied, or the edit.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.affected.conftest import Repository
from tests.review.conftest import Planner, begin
from tests.review.edits import SYNCED
from tests.review.findings import findings

Stacks = dict[str, dict[str, Any]]
GROUP = "azurerm_firewall_policy_rule_collection_group"
FQDNS = "    cidr: 10.0.0.0/26\n"


def resource(stacks: Stacks, workspace: str, type_: str) -> dict[str, Any]:
    """Return the first resource of a type."""
    block: dict[str, Any] = next(iter(stacks[workspace]["resource"][type_].values()))
    return block


def every_path(stacks: Stacks) -> None:
    policy = resource(stacks, "vault-auth-payments", "vault_policy")
    policy["policy"] = json.dumps({"path": {"kvv2/data/*": {"capabilities": ["read"]}}})


def every_subject(stacks: Stacks) -> None:
    role = resource(stacks, "vault-auth-payments", "vault_jwt_auth_backend_role")
    role["bound_subject"] = None


def any_to_any(stacks: Stacks) -> None:
    for rule in resource(stacks, "hub", GROUP)["network_rule_collection"][0]["rule"]:
        rule |= {"source_addresses": ["*"], "destination_addresses": ["*"], "destination_ports": ["*"]}
        rule.pop("destination_fqdns", None)


def inbound(stacks: Stacks) -> None:
    resource(stacks, "hub", "azurerm_network_security_group")["security_rule"][0]["access"] = "Allow"


def unprotected(stacks: Stacks) -> None:
    del resource(stacks, "hcp", "hcp_vault_cluster")["lifecycle"]


def owner(stacks: Stacks) -> None:
    resource(stacks, "aks-payments", "azurerm_role_assignment")["role_definition_name"] = "Owner"


CODE: dict[str, tuple[Callable[[Stacks], None], str, str]] = {
    "a policy for every secret": (every_path, "vault-auth-payments", "kvv2/data/*"),
    "a role without a subject": (every_subject, "vault-auth-payments", "every subject"),
    "a firewall without limits": (any_to_any, "hub", "*"),
    "inbound traffic to the runners": (inbound, "hub", "deny-inbound"),
    "a Vault without protection": (unprotected, "hcp", "hcp_vault_cluster.vault"),
    "a wider role": (owner, "aks-payments", "Owner"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", CODE)
def test_changed_code_that_opens_is_an_error(
    name: str, planner: Planner, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, workspace, value = CODE[name]
    (repository.folder / "main.py").write_text("changed = True\n", encoding="utf-8")
    repository.edit((SYNCED, SYNCED + "            - {path: webapp/extra, destination: webapp-extra}\n"))
    planner.plans(repository, repository.folder.parent / "plans", code, only=[workspace])
    (found,) = findings(repository, monkeypatch)["code-opens"]
    assert (found["level"], found["workspace"]) == ("error", workspace)
    assert value in json.dumps(found["facts"])
    assert "main.py" in json.dumps(found["facts"])


@pytest.mark.slow
def test_openings_by_code_without_an_edit_are_reported_once(
    planner: Planner, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    (repository.folder / "main.py").write_text("changed = True\n", encoding="utf-8")
    planner.plans(repository, repository.folder.parent / "plans", every_path, only=["vault-auth-payments"])
    found = findings(repository, monkeypatch)
    (opened,) = found["code-opens"]
    assert (opened["level"], opened["workspace"]) == ("error", "vault-auth-payments")
    assert "kvv2/data/*" in json.dumps(opened["facts"])
    assert "unreviewed-opening" not in found


@pytest.mark.slow
def test_code_that_opens_nothing_is_no_error(
    planner: Planner, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    (repository.folder / "main.py").write_text("changed = True\n", encoding="utf-8")
    planner.plans(repository, repository.folder.parent / "plans", lambda _: None, only=["hub", "vault-auth-payments"])
    assert not {"code-opens", "unreviewed-opening"} & findings(repository, monkeypatch).keys()


@pytest.mark.slow
def test_an_unapplied_earlier_change_is_reported(
    planner: Planner, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(repository, (FQDNS, f"{FQDNS}    allow_fqdns: [evil.example.net]\n"))
    repository.edit(("[evil.example.net]", "[evil.example.net, good.example.net]"))
    planner.plans(repository, repository.folder.parent / "plans")
    found = findings(repository, monkeypatch)
    (pending,) = found["unreviewed-opening"]
    assert pending["level"] == "warning"
    assert "evil.example.net" in json.dumps(pending["facts"])
    assert "good.example.net" not in json.dumps(pending["facts"])
    assert "good.example.net" in json.dumps([one["facts"] for one in found["firewall-opened"]])


@pytest.mark.slow
def test_the_edit_itself_is_not_reported_twice(
    planner: Planner, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.edit((FQDNS, f"{FQDNS}    allow_fqdns: [good.example.net]\n"))
    planner.plans(repository, repository.folder.parent / "plans")
    found = findings(repository, monkeypatch)
    assert "firewall-opened" in found
    assert "unreviewed-opening" not in found


def test_a_plan_without_a_comparison(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """The output of `terraform show -json` has no comparison with the edit, so the review cannot name the cause of an
    opening.
    """
    repository.edit((FQDNS, f"{FQDNS}    allow_fqdns: [good.example.net]\n"))
    folder = repository.folder.parent / "plans"
    folder.mkdir()
    rule = {"name": "pools-allowed", "source_addresses": ["*"], "destination_fqdns": ["*"], "protocols": []}
    group = {"application_rule_collection": [{"action": "Allow", "name": "application", "rule": [rule]}]}
    change = {"actions": ["create"], "before": None, "after": group, "after_unknown": {}}
    one = {"address": f"{GROUP}.firewall_rules", "mode": "managed", "type": GROUP, "change": change}
    plan = {"format_version": "1.2", "resource_changes": [one]}
    (folder / "hub.json").write_text(json.dumps(plan), encoding="utf-8")
    (found,) = findings(repository, monkeypatch)["unreviewed-opening"]
    assert (found["level"], found["workspace"]) == ("warning", "hub")
