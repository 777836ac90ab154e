"""The review reports networks and nodes that an edit or a plan moves or replaces."""

from collections.abc import Sequence
from typing import Any

import pytest

from tests.affected.conftest import Repository
from tests.review.conftest import begin
from tests.review.findings import findings, impact, steps
from tests.review.plans import plan, resource
from tests.review.test_destroyed import ALL, REFUSED, REPLACE

REGION = ("region: japaneast", "region: canadacentral")
OTHER = "99999999-9999-4999-8999-999999999999"
SUBSCRIPTION = ("    cidr: 10.65.0.0/16\n", f"    cidr: 10.65.0.0/16\n    subscription_id: {OTHER}\n")


def test_another_region_replaces_the_resources_with_a_region(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.edit(REGION, ("{keys: pubkeys}", "{keys: issuer}"))
    found = findings(repository, monkeypatch)
    rules = ("network-moved", "egress-cut", "dns-lost")
    places = {rule: {one["workspace"] for one in found[rule]} for rule in rules}
    azure = {"hub", "network-analytics", "network-orders", "network-payments"}
    # Only HVN904 reports a VNet that moves, because the move destroys all resources in the VNet.
    assert places == {"network-moved": azure, "egress-cut": {"hub"}, "dns-lost": {"hub"}}
    by_place = {(rule, one["workspace"]): one for rule in rules for one in found[rule]}
    assert all("japaneast → canadacentral" in by_place["network-moved", id_]["message"] for id_ in azure)
    assert "privatelink.japaneast" in by_place["dns-lost", "hub"]["message"]
    assert all(ALL in impact(by_place[rule, "hub"]) for rule in ("egress-cut", "dns-lost"))


def test_a_vnet_that_moves_in_two_ways_states_both(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit(
        (SUBSCRIPTION[0], SUBSCRIPTION[1].replace("10.65.0.0/16", "10.66.0.0/16")),
        ("node_cidr: 10.65.0.0/20", "node_cidr: 10.66.0.0/20"),
    )
    (moved,) = findings(repository, monkeypatch)["network-moved"]
    assert "10.65.0.0/16 to 10.66.0.0/16" in moved["facts"]["reasons"]
    assert f"→ {OTHER}" in moved["facts"]["reasons"]


EXISTING = f"""    existing:
      vnet_id: /subscriptions/{OTHER}/resourceGroups/rg-net/providers/Microsoft.Network/virtualNetworks/vnet-net
      cidrs: [10.96.0.0/20]
"""


def test_an_existing_vnet_moves_to_no_other_region(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(repository, ("    cidr: 10.96.0.0/20\n", EXISTING))
    repository.edit(REGION, ("{keys: pubkeys}", "{keys: issuer}"))
    found = findings(repository, monkeypatch)
    moved, cut = ({each["workspace"] for each in found[rule]} for rule in ("network-moved", "egress-cut"))
    assert ("network-analytics" in moved, "network-analytics" in cut) == (False, True)


@pytest.mark.parametrize("rule", ["cluster-replaced", "network-moved"])
def test_a_resource_that_the_plan_leaves_is_not_reported_as_destroyed(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, rule: str
) -> None:
    """If the subscription changes, Terraform plans at most an update, because azurerm finds the old resource by the id
    in the state.
    """
    repository.edit(SUBSCRIPTION)
    update = resource("azurerm_virtual_network.vnet", before={"a": 1}, after={"a": 2})
    (finding,) = findings(repository, monkeypatch, aks_orders=plan(), network_orders=plan(update))[rule]
    assert NOT_DESTROYED in finding["message"]
    assert REFUSED not in finding["message"]
    assert finding["manual_steps"]
    made = [resource("azurerm_kubernetes_cluster.cluster", actions=("create",), after={"a": 1})]
    lost = [resource("azurerm_virtual_network.vnet", actions=REPLACE)]
    for plans in (
        {"aks_orders": plan(*made), "network_orders": plan(*lost)},
        {"aks_orders": b"", "network_orders": b""},
    ):
        (finding,) = findings(repository, monkeypatch, **plans)[rule]
        assert NOT_DESTROYED not in finding["message"]


NOT_DESTROYED = "does not destroy the resource"


def test_resources_in_a_state_that_moved_still_exist(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """With an empty state the plan creates everything, but the old resources still exist."""
    edits = (SUBSCRIPTION, ("      node_cidr: 10.65.0.0/20", "      node_cidr: 10.65.16.0/20"))
    created = {
        "network_orders": plan(resource("azurerm_virtual_network.vnet", actions=("create",), after={"a": 1})),
        "aks_orders": plan(resource("azurerm_kubernetes_cluster.cluster", actions=("create",), after={"a": 1})),
    }
    repository.edit(*edits)
    (moved,) = findings(repository, monkeypatch, **created)["network-moved"]
    assert "plan of network-orders creates a VNet" in moved["facts"].get("evidence", "")
    assert moved["impact"] == []
    repository.edit(("\nname: platform", "\nname: other"))
    found = findings(repository, monkeypatch, **created)
    (moved,) = [one for one in found["network-moved"] if one["workspace"] == "network-orders"]
    assert "evidence" not in moved["facts"]
    assert "old resources still exist" in moved["message"]


def updates(address: str, **arguments: tuple[Any, Any]) -> dict[str, Any]:
    """Return an update of these arguments, each with the value before and after."""
    before, after = ({name: sides[at] for name, sides in arguments.items()} for at in (0, 1))
    return resource(address, before=before, after=after)


VNET, NODES = "azurerm_virtual_network.vnet", "azurerm_subnet.subnet_nodes"
TAG = ("tags: {owner: platform-team}", "tags: {owner: other-team}")


@pytest.mark.parametrize(
    ("change", "moves"),
    [
        (updates(VNET, address_space=(["10.65.0.0/16"], ["10.66.0.0/16"])), True),
        (updates(VNET, address_space=(["10.65.0.0/16"], ["10.65.0.0/17"])), True),
        (updates(VNET, address_space=(["10.65.0.0/16", "10.70.0.0/16"], ["10.65.0.0/16"])), True),
        (updates(NODES, address_prefixes=(["10.65.0.0/20"], ["10.65.16.0/20"])), True),
        (updates(NODES, address_prefixes=(["10.65.0.0/20"], ["999.65.16.0/99"])), True),
        (updates(VNET, address_space=(["10.65.0.0/17"], ["10.65.0.0/16"])), False),
        (updates(VNET, address_space=(["10.65.0.0/16"], ["10.65.0.0/16", "10.70.0.0/16"])), False),
        (updates(VNET, tags=({"owner": "10.1.0.0/16"}, {"owner": "10.2.0.0/16"})), False),
    ],
)
@pytest.mark.parametrize("edits", [(), (TAG,)])
def test_a_range_that_a_plan_changes_without_an_edit(
    repository: Repository,
    monkeypatch: pytest.MonkeyPatch,
    change: dict[str, Any],
    moves: bool,
    edits: Sequence[tuple[str, str]],
) -> None:
    repository.edit(*edits)
    found = findings(repository, monkeypatch, network_orders=plan(change))
    assert ("network-moved" in found) == moves
    if moves:
        (finding,) = found["network-moved"]
        assert finding["level"] == "error"
        assert change["address"] in " ".join(finding["facts"]["ranges"])
        assert "peering-orders, aks-orders" in impact(finding)
        assert "network-orders" in steps(finding)


def test_a_range_that_the_edit_moves_is_reported_once(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit(("node_cidr: 10.65.0.0/20", "node_cidr: 10.65.16.0/20"))
    by_edit = updates(NODES, address_prefixes=(["10.65.0.0/20"], ["10.65.16.0/20"]))
    other = updates("azurerm_subnet.subnet_other", address_prefixes=(["10.65.64.0/24"], ["10.65.65.0/24"]))
    assert len(findings(repository, monkeypatch, network_orders=plan(by_edit))["network-moved"]) == 1
    made = plan(by_edit, other, hvn_unexplained={other["address"]: ["address_prefixes[0]"]})
    _, more = findings(repository, monkeypatch, network_orders=made)["network-moved"]
    assert (other["address"] in more["message"], by_edit["address"] in more["message"]) == (True, False)


SIZE = ("vm_size: Standard_D4s_v5, min_count: 2, max_count: 5", "vm_size: Standard_D8s_v5, min_count: 2, max_count: 5")


def test_nodes_that_a_plan_replaces_without_an_edit(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    pools = [{"vm_size": "Standard_D4s_v5"}], [{"vm_size": "Standard_D8s_v5"}]
    bigger = updates("azurerm_kubernetes_cluster.cluster", default_node_pool=pools)
    counts = updates("azurerm_kubernetes_cluster.cluster", default_node_pool=([{"min_count": 1}], [{"min_count": 2}]))
    (replaced,) = findings(repository, monkeypatch, aks_orders=plan(bigger))["nodes-replaced"]
    assert replaced["facts"] == {
        "address": "azurerm_kubernetes_cluster.cluster",
        "changes": ["default_node_pool[0].vm_size Standard_D4s_v5 → Standard_D8s_v5"],
    }
    assert "nodes-replaced" not in findings(repository, monkeypatch, aks_orders=plan(counts))
    repository.edit(SIZE)
    (replaced,) = findings(repository, monkeypatch, aks_orders=plan(bigger))["nodes-replaced"]
    assert replaced["facts"] == {
        "pool": "system",
        "argument": "vm_size",
        "difference": "Standard_D4s_v5 → Standard_D8s_v5",
    }


def test_zones_of_nodes(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit(("min_count: 2, max_count: 5", "min_count: 2, max_count: 5, zones: ['1', '2']"))
    (replaced,) = findings(repository, monkeypatch)["nodes-replaced"]
    assert replaced["facts"] == {"pool": "system", "argument": "zones", "difference": "none → 1, 2"}
