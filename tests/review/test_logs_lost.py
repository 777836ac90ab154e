"""The review reports an edit or a plan that removes a destination of logs."""

import pytest

from hvn.review.rules.logs_lost import DESTINATIONS
from tests.affected.conftest import Repository
from tests.review.conftest import begin
from tests.review.edits import IN_LOGS, LOGS, ORDERS
from tests.review.findings import findings
from tests.review.plans import plan, resource

NO_CLUSTER = "  orders:\n    cidr: 10.65.0.0/16\n    vault_route: direct\n"

STORAGE = f"  storage_account_id: {IN_LOGS}/Microsoft.Storage/storageAccounts/logs0001\n"
LOGGED = ["aks-orders", "aks-payments", "hub", "network-analytics", "network-orders", "network-payments"]


@pytest.mark.parametrize(
    ("before", "after", "lost"),
    [
        (LOGS, "", "workspace_id"),
        (LOGS + STORAGE, LOGS, "storage_account_id"),
        (LOGS, LOGS.replace("log-platform", "log-other"), "workspace_id"),
        (LOGS, f"logs:\n{STORAGE}", "workspace_id"),
        (LOGS, LOGS + STORAGE, ""),
        (LOGS, LOGS.replace("log-platform", "LOG-Platform"), ""),
        ("", LOGS, ""),
    ],
)
def test_a_destination_of_logs_that_is_removed(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, before: str, after: str, lost: str
) -> None:
    old, new = (f"\n# logs\n{logs}\nspokes:\n" for logs in (before, after))
    begin(repository, ("\nspokes:\n", old))
    repository.edit((old, new))
    found = findings(repository, monkeypatch).get("logs-lost", [])
    assert sorted(finding["workspace"] for finding in found) == (LOGGED if lost else [])
    assert all([name for name in DESTINATIONS if name in finding["message"]] == [lost] for finding in found)


def test_a_removed_destination_and_a_destroyed_setting_are_one_finding(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    logs = f"\n{LOGS}\nspokes:\n"
    begin(repository, ("\nspokes:\n", logs))
    repository.edit((logs, "\nspokes:\n"))
    setting = "azurerm_monitor_diagnostic_setting.logs_cluster"
    found = findings(repository, monkeypatch, aks_orders=plan(resource(setting, actions=("delete",))))
    (lost,) = (finding for finding in found["logs-lost"] if finding["workspace"] == "aks-orders")
    assert setting in lost["message"]
    assert "log-platform" in lost["message"]
    assert "resource-destroyed" not in found


def test_a_removed_cluster_loses_no_destination(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(repository, ("\nspokes:\n", f"\n{LOGS}\nspokes:\n"))
    repository.edit((ORDERS, NO_CLUSTER))
    assert "logs-lost" not in findings(repository, monkeypatch)
