"""The review reports the clusters of other spokes in a VNet."""

import re

import pytest

from tests.affected.conftest import Repository
from tests.conftest import SAMPLE
from tests.kinds.test_shared_vnet import SUBNET, shared
from tests.review.conftest import begin
from tests.review.findings import findings, impact, steps

TEXT = SAMPLE.read_text(encoding="utf-8")
OTHER = "99999999-9999-4999-8999-999999999999"


@pytest.fixture
def two(repository: Repository) -> Repository:
    """Return a repository with a base that has a second cluster in the VNet of orders."""
    begin(repository, (TEXT, shared()))
    return repository


def words(text: str) -> list[str]:
    return re.findall(r"\w+(?:[.-]\w+)*", text)


def test_a_moved_vnet_loses_all_clusters(two: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    two.edit(("    cidr: 10.65.0.0/16\n", f"    cidr: 10.65.0.0/16\n    subscription_id: {OTHER}\n"))
    (moved,) = findings(two, monkeypatch)["network-moved"]
    lost = {"network-orders", "aks-orders", "aks-orders-blue", "secrets-orders-blue", "vso-orders-blue"}
    assert lost <= set(words(impact(moved)))
    protected = {f"spokes.{one}.cluster.prevent_destroy" for one in ("orders", "orders-blue")}
    assert lost | protected <= set(words(steps(moved)))


def test_a_changed_subnet_loses_only_its_cluster(two: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    two.edit((SUBNET, SUBNET.replace("10.65.16.0", "10.65.32.0")))
    (moved,) = findings(two, monkeypatch)["network-moved"]
    lost = {one for one in words(impact(moved)) if one.startswith(("aks-", "vso-", "network-"))}
    assert lost == {"aks-orders-blue", "vso-orders-blue"}


def test_one_finding_has_the_order_of_the_vnet_and_its_clusters(
    two: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, _, rest = shared().partition("  orders:")
    two.file.write_text(before.rstrip() + rest.partition("\n\n")[2].join(("\n\n", "")).partition("  orders-blue:")[0])
    (removed,) = findings(two, monkeypatch)["workspace-removed"]
    ids = removed["facts"]["workspaces"]
    assert ids[-1] == "network-orders"
    assert {"aks-orders", "aks-orders-blue", "vault-auth-orders-blue"} <= set(ids)


def test_the_removal_of_the_second_cluster_keeps_the_vnet(two: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    two.file.write_text(shared().partition("  orders-blue:")[0], encoding="utf-8")
    (removed,) = findings(two, monkeypatch)["workspace-removed"]
    assert {id_.rpartition("orders")[2] for id_ in removed["facts"]["workspaces"]} == {"-blue"}


def test_both_clusters_lose_their_route_with_the_peering(two: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    two.edit(("    vault_route: direct\n" + SUBNET, f"    vault_route: direct\n    existing_peering: other\n{SUBNET}"))
    (cut,) = findings(two, monkeypatch)["peering-cut"]
    assert {"orders", "orders-blue"} <= set(words(impact(cut)))
