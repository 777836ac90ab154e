"""Without a plan, the review reports changes of connections, networks and the firewall."""

import pytest

from tests.affected.conftest import Repository
from tests.review.conftest import begin
from tests.review.edits import ORDERS
from tests.review.findings import findings, impact, steps
from tests.review.plans import plan, resource
from tests.review.test_rules import BY_FIREWALL, NO_CLUSTER, NO_WAY


def test_a_connection_that_opens(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(repository, (ORDERS, NO_WAY))
    repository.edit((NO_WAY, NO_CLUSTER))
    gained = [one["facts"] for one in findings(repository, monkeypatch)["reach-gained"]]
    assert {"source": "orders", "destination": "vault", "protocol": "TCP", "port": 8200} in gained


AZURE = "/subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/rg-hub/providers/Microsoft.Network"
EXISTING_HUB = f"""  existing:
    vnet_id: {AZURE}/virtualNetworks/vnet-hub
    cidrs: [10.0.0.0/22]
    firewall_private_ip: 10.0.0.4
    private_dns_zone_id: {AZURE}/privateDnsZones/privatelink.japaneast.azmk8s.io
    runners_cidr: 10.0.0.64/27
"""


def test_a_connection_through_an_existing_firewall_is_unknown(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The project does not know the rules of an existing firewall."""
    text = repository.file.read_text(encoding="utf-8")
    hub = text[text.index("hub:\n") + len("hub:\n") : text.index("  vault_peering:")]
    repository.edit((hub, EXISTING_HUB))
    found = findings(repository, monkeypatch)["reach-gained"]
    assert {"source": "analytics", "destination": "orders", "protocol": "TCP", "port": 443} in [
        one["facts"] for one in found
    ]
    assert all("unknown" in one["message"] for one in found)


def test_a_connection_that_closes_is_no_gain(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(repository, (ORDERS, NO_CLUSTER))
    repository.edit((NO_CLUSTER, NO_WAY))
    found = findings(repository, monkeypatch)
    assert "reach-gained" not in found
    assert found["workspace-removed"][0]["impact"] == ["the route to Vault of orders"]


def test_a_connection_that_bypasses_the_firewall(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(repository, (ORDERS, BY_FIREWALL))
    repository.edit((BY_FIREWALL, NO_CLUSTER))
    (bypassed,) = findings(repository, monkeypatch)["firewall-bypassed"]
    assert bypassed["facts"] == {"way": "orders to vault, TCP 8200"}


MOVED = "10.96.32.0/19"


def test_a_subnet_that_changes_is_emptied_first(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit(
        ("node_cidr: 10.65.0.0/20", "node_cidr: 10.65.16.0/20"),
        ("jobs: 10.96.0.0/24", "jobs: 10.96.1.0/24"),
        ("    cidr: 10.0.0.64/27", "    cidr: 10.0.0.96/27"),
    )
    found = {one["workspace"]: one for one in findings(repository, monkeypatch)["network-moved"]}
    orders, analytics, hub = (found[id_] for id_ in ("network-orders", "network-analytics", "hub"))
    assert orders["facts"] == {"reasons": "subnet nodes changes from 10.65.0.0/20 to 10.65.16.0/20"}
    assert orders["impact"][1].endswith(": aks-orders, vault-auth-orders, vso-orders, secrets-orders")
    assert [impact(analytics).endswith(" jobs"), steps(analytics).endswith(" jobs")] == [True, True]
    assert "runners" in impact(hub)
    assert "apply hub from outside the network" in steps(hub)


def test_a_range_that_shrinks_around_its_subnets_moves_nothing(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.edit(("cidr: 10.64.0.0/16", "cidr: 10.64.0.0/17"))
    (moved,) = findings(repository, monkeypatch)["network-moved"]
    assert (moved["impact"], moved["manual_steps"]) == ([], [])


def test_the_firewall_is_destroyed_before_its_subnet_moves(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.edit(("    cidr: 10.0.0.0/26\n", "    cidr: 10.0.1.0/26\n"))
    (moved,) = findings(repository, monkeypatch)["network-moved"]
    assert "the firewall and the runners" in impact(moved)
    assert "undo the edit" in steps(moved)


def test_a_vnet_that_grows_is_no_move(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit(("    cidr: 10.96.0.0/20", "    cidr: 10.96.0.0/19"))
    assert "network-moved" not in findings(repository, monkeypatch)


def test_another_subscription_is_named(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    other = "99999999-9999-4999-8999-999999999999"
    repository.edit(("    cidr: 10.65.0.0/16\n", f"    cidr: 10.65.0.0/16\n    subscription_id: {other}\n"))
    found = findings(repository, monkeypatch)
    for rule in ("network-moved", "cluster-replaced"):
        (finding,) = [one for one in found[rule] if one["workspace"].endswith("-orders")]
        assert "subscription_id" in finding["facts"]["reasons"]
        assert f"→ {other}" in finding["facts"]["reasons"]


CREATED = resource("azurerm_virtual_network.vnet", actions=("create",), after={"a": 1})


def test_the_steps_of_a_move_are_complete(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """The steps destroy the workspaces in the order of dependencies, review again, apply again, and commit new keys."""
    replaces = (("cidr: 10.64.0.0/16", f"cidr: {MOVED}"), ("node_cidr: 10.64.0.0/20", "node_cidr: 10.96.32.0/20"))
    repository.edit(*replaces, ("vault_route: direct", "vault_route: via-hub"))
    (moved,) = findings(repository, monkeypatch)["network-moved"]
    wanted = (
        "bin/cdktf destroy network-payments peering-payments aks-payments vault-auth-payments vso-payments secrets-pay",
        "plan and review again",
        "after the merge, apply the waves of payments",
        "when aks-payments exists, run bin/hvn keys pull payments",
        "apply vault-auth-payments",
    )
    places = [steps(moved).index(step) for step in wanted]
    assert places == sorted(places)
    found = findings(repository, monkeypatch, network_payments=plan(CREATED))
    (moved,) = found["network-moved"]
    assert "plan of network-payments creates a VNet" in moved["facts"]["evidence"]
    assert moved["manual_steps"][0].startswith("after the merge")
    assert "when aks-payments exists" in moved["manual_steps"][1]
    assert "bin/cdktf destroy" not in steps(found["workspace-removed"][0])


def test_nodes_that_were_destroyed_before_they_move(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit(("node_cidr: 10.65.0.0/20", "node_cidr: 10.65.16.0/20"))
    made = resource("azurerm_kubernetes_cluster.cluster", actions=("create",), after={"a": 1})
    (moved,) = findings(repository, monkeypatch, aks_orders=plan(made))["network-moved"]
    assert (moved["impact"], len(moved["manual_steps"])) == ([], 1)
    (moved,) = findings(repository, monkeypatch, "--wave", "2")["network-moved"]
    assert "plan of aks-orders creates a cluster" in moved["facts"]["evidence"]
    (repository.folder.parent / "plans" / "aks-orders.json").unlink()
    (moved,) = findings(repository, monkeypatch, "--wave", "2")["network-moved"]
    assert "earlier wave creates the new cluster" in moved["facts"]["evidence"]
    assert "destroy" not in steps(moved)
    (moved,) = findings(repository, monkeypatch, "--wave", "1")["network-moved"]
    assert "destroy" in steps(moved)


def test_a_workspace_in_the_network_and_in_no_wave_has_a_command(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = "    cidr: 10.65.0.0/16\n    vault_route: direct\n", "    cidr: 10.65.0.0/17\n    vault_route: direct\n"
    begin(repository, (old, f"{old}    subnets:\n      jobs: 10.65.128.0/24\n"))
    repository.edit((old, new), ("jobs: 10.65.128.0/24", "jobs: 10.65.64.0/24"))
    (moved,) = findings(repository, monkeypatch)["network-moved"]
    assert "bin/cdktf deploy aks-orders vault-auth-orders vso-orders secrets-orders" in steps(moved)


def test_traffic_that_the_firewall_no_longer_allows(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    firewall = "    cidr: 10.0.0.0/26\n"
    begin(repository, (firewall, firewall + "    allow_fqdns: [one.example, two.example]\n"))
    repository.edit(("[one.example, two.example]", "[one.example]"))
    found = findings(repository, monkeypatch)
    (closed,) = found["firewall-closed"]
    assert (closed["workspace"], closed["facts"]["rules"]) == ("hub", ["pools-allowed"])
    assert closed["facts"]["values"].endswith(" two.example")
    assert "firewall-opened" not in found


def test_a_smaller_range_opens_nothing(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit(("  transit: 10.96.0.0/16", "  transit: 10.96.0.0/17"))
    found = findings(repository, monkeypatch)
    assert "firewall-opened" not in found
    assert {one["facts"]["values"] for one in found["firewall-closed"]} == {"source 10.96.0.0/16"}


def test_one_range_in_many_rules_is_one_finding(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit(("    cidr: 10.0.0.64/27", "    cidr: 10.0.0.96/27"))
    (opened,) = findings(repository, monkeypatch)["firewall-opened"]
    assert len(opened["facts"]["rules"]) > 1
    assert opened["facts"]["values"] == "source 10.0.0.96/27"


def test_the_hubs_peering_serves_runners_and_spokes(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    text = repository.file.read_text(encoding="utf-8")
    start = text.index("  vault_peering:")
    repository.edit((text[start : text.index("\nspokes:")], ""), ("vault_route: via-hub", "vault_route: none"))
    (removed,) = findings(repository, monkeypatch)["workspace-removed"]
    assert ("the runners" in impact(removed), "analytics" in impact(removed)) == (True, True)


def test_zones_of_the_firewall_replace_it(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit(("    sku_tier: Standard", "    sku_tier: Standard\n    zones: ['1', '2']"))
    (cut,) = findings(repository, monkeypatch)["egress-cut"]
    assert all(value in cut["message"] for value in ("azurerm_firewall", "azurerm_public_ip", "zones none → 1, 2"))
    assert "orders" in cut["impact"][0]
    assert "apply hub from outside the network" in steps(cut)


def test_a_management_subnet_replaces_the_firewall(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """The new firewall keeps the public address that the old firewall used for other traffic."""
    repository.edit(("    sku_tier: Standard", "    sku_tier: Standard\n    management_cidr: 10.0.0.128/26"))
    (cut,) = findings(repository, monkeypatch)["egress-cut"]
    assert "azurerm_firewall" in cut["message"]
    assert "azurerm_public_ip" not in cut["message"]


def test_a_basic_firewall_loses_features_and_the_dns_proxy(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = "    sku_tier: Standard\n"
    begin(repository, (line, f"{line}    management_cidr: 10.0.0.128/26\n"))
    repository.edit((line, "    sku_tier: Basic\n"))
    found = findings(repository, monkeypatch)
    (finding,) = found["scaled-down"]
    assert finding["facts"] == {"argument": "sku_tier", "pool": "", "before": "Standard", "after": "Basic"}
    (cut,) = found["egress-cut"]
    assert "azurerm_firewall_policy" in cut["message"]
    assert {
        (one["facts"]["destination"], one["facts"]["port"], one["facts"]["protocol"]) for one in found["reach-lost"]
    } == {("hub", 53, "UDP")}


def test_a_further_range_of_a_direct_spoke_needs_a_sync(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.edit(("    cidr: 10.64.0.0/16\n", "    cidr: 10.64.0.0/16\n    more_cidrs: [10.66.0.0/24]\n"))
    (grown,) = findings(repository, monkeypatch)["peering-sync"]
    assert "10.66.0.0/24" in grown["message"]


def test_steps_for_changes_that_cut_off_the_runners(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    routes = resource("azurerm_route_table.route_table", actions=("delete",))
    peering = resource("hcp_azure_peering_connection.peering", actions=("delete", "create"))
    made = {"hub": plan(routes), "peering_hub": plan(peering)}
    found = findings(repository, monkeypatch, **made, network_orders=plan(routes), peering_orders=plan(peering))
    todo = {one["workspace"]: steps(one) for name in ("egress-cut", "peering-cut") for one in found[name]}
    assert "apply hub from outside the network" in todo["hub"]
    assert "apply peering-hub alone" in todo["peering-hub"]
    assert todo["network-orders"] == todo["peering-orders"] == ""


def test_a_firewall_keeps_its_address(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit(("    sku_tier: Standard", "    private_ip: 10.0.0.5"))
    (changed,) = findings(repository, monkeypatch)["firewall-ip-changed"]
    assert changed["facts"] == {"old": "10.0.0.4", "new": "10.0.0.5"}
    assert "az network firewall delete -g rg-platform-hub -n " in steps(changed)


def test_a_new_peering_without_forwarded_traffic_is_not_narrowed(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = "      jobs: 10.96.0.0/24\n"
    peerings = jobs + "    peerings: {shop: {spoke: payments, allow_forwarded_traffic: true}}\n"
    repository.edit((jobs, peerings.replace("true", "false")))
    assert "peering-narrowed" not in findings(repository, monkeypatch)
    repository.edit((peerings.replace("true", "false"), jobs))
    begin(repository, (jobs, peerings))
    repository.edit((peerings, peerings.replace("true", "false")))
    (narrowed,) = findings(repository, monkeypatch)["peering-narrowed"]
    assert (narrowed["level"], narrowed["workspace"]) == ("warning", "network-analytics")
