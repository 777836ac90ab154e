"""The review covers a new workspace kind, because the review reads all facts about kinds from the registry."""

import pytest

from hvn.kinds import registry
from hvn.kinds.kind import Kind
from tests.affected.conftest import Repository
from tests.kinds import audit
from tests.review.edits import ORDERS
from tests.review.findings import findings, impact, steps
from tests.review.plans import plan, resource


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> Kind:
    monkeypatch.setattr(registry, "KINDS", (*registry.KINDS, audit.KIND))
    return audit.KIND


def test_its_removal_has_an_impact_and_a_place_in_the_order(
    registered: Kind, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.edit((ORDERS, ""))
    (removed,) = findings(repository, monkeypatch)["workspace-removed"]
    assert removed["facts"]["workspaces"][0] == "audit-orders"
    assert "the audit data of orders" in removed["impact"]
    assert "secrets-orders audit-orders" in steps(removed)


def test_a_destroyed_cluster_affects_it(
    registered: Kind, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.edit(("node_cidr: 10.65.0.0/20", "node_cidr: 10.65.16.0/20"))
    (moved,) = findings(repository, monkeypatch)["network-moved"]
    assert "audit-orders" in moved["impact"][1]
    repository.git("checkout", "-q", ".")
    repository.edit(("node_cidr: 10.65.0.0/20", "node_cidr: 10.65.0.0/20\n      pod_cidr: 100.80.0.0/16"))
    (replaced,) = findings(repository, monkeypatch)["cluster-replaced"]
    assert "audit-orders" in impact(replaced)


def test_only_its_own_resource_types_are_accepted_in_its_plans(
    registered: Kind, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(type_: str) -> bool:
        made = plan(resource(f"{type_}.audit", actions=("no-op",), after={}))
        found = findings(repository, monkeypatch, audit_orders=made).get("incomplete-review", ())
        return any(finding["workspace"] == "audit-orders" for finding in found)

    assert (refused("azurerm_resource_group"), refused("azurerm_subnet")) == (False, True)
