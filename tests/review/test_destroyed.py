"""The review reports every destroyed resource by the rule for its type, also if the topology did not change."""

from collections.abc import Sequence

import pytest

from hvn.rehearsal import tables
from hvn.rehearsal.schema import PROVIDERS
from hvn.review.readdressing import TYPES
from hvn.review.rules import egress_cut
from tests.affected.conftest import Repository
from tests.review.conftest import begin
from tests.review.edits import ORDERS
from tests.review.findings import findings, impact, steps
from tests.review.plans import plan, resource

REPLACE = ("delete", "create")
ALL = "analytics, orders, payments and the runners"
OTHER_HVN = ("cidr: 172.25.16.0/20", "cidr: 172.25.32.0/20")


@pytest.mark.parametrize("actions", [("delete",), REPLACE])
@pytest.mark.parametrize(
    ("workspace", "type_", "rule", "users"),
    [
        ("hcp", "hcp_hvn", "vault-lost", "secrets-orders"),
        ("hcp", "hcp_vault_cluster", "vault-lost", "secrets-orders"),
        ("vault", "vault_mount", "secrets-engine-changed", "kv engine"),
        ("aks_orders", "azurerm_kubernetes_cluster", "cluster-replaced", "secrets-orders"),
        ("aks_orders", "azurerm_kubernetes_cluster_node_pool", "cluster-replaced", "nodes of orders"),
        ("network_orders", "azurerm_resource_group", "network-moved", "aks-orders"),
        ("network_orders", "azurerm_virtual_network", "network-moved", "aks-orders"),
        ("network_orders", "azurerm_subnet", "network-moved", "aks-orders"),
        ("peering_hub", "hcp_azure_peering_connection", "peering-cut", "the runners"),
        ("peering_hub", "hcp_hvn_route", "peering-cut", "analytics"),
        ("peering_orders", "azurerm_role_assignment", "permissions-lost", "HCP"),
        ("peering_orders", "azurerm_role_definition", "permissions-lost", "HCP"),
        ("peering_orders", "azuread_service_principal", "permissions-lost", "HCP"),
        ("network_orders", "azurerm_virtual_network_peering", "peering-cut", "orders"),
        ("hub", "azurerm_firewall", "egress-cut", ALL),
        ("hub", "azurerm_firewall_policy", "egress-cut", ALL),
        ("hub", "azurerm_firewall_policy_rule_collection_group", "egress-cut", ALL),
        ("hub", "azurerm_public_ip", "egress-cut", ALL),
        ("network_orders", "azurerm_route_table", "egress-cut", "orders"),
        ("hub", "azurerm_virtual_network", "network-moved", "network-orders"),
        ("hub", "azurerm_route_table", "egress-cut", "the runners"),
        ("network_orders", "azurerm_subnet_route_table_association", "egress-cut", "orders"),
        ("hub", "azurerm_private_dns_zone", "dns-lost", ALL),
        ("network_orders", "azurerm_private_dns_zone_virtual_network_link", "dns-lost", "orders"),
        ("aks_orders", "azurerm_user_assigned_identity", "permissions-lost", "orders"),
        ("aks_orders", "azurerm_role_assignment", "permissions-lost", "orders"),
        ("vault_auth_orders", "vault_jwt_auth_backend", "logins-lost", "every login of orders"),
        ("vault_auth_orders", "vault_jwt_auth_backend_role", "logins-lost", "orders"),
        ("vault_auth_orders", "vault_policy", "logins-lost", "orders"),
        ("secrets_orders", "azurerm_user_assigned_identity", "permissions-lost", "an app of orders"),
        ("secrets_orders", "kubernetes_namespace_v1", "app-lost", "orders"),
        ("vso_orders", "helm_release", "app-lost", "orders"),
    ],
)
def test_a_loss_by_a_plan_is_an_error(
    repository: Repository,
    monkeypatch: pytest.MonkeyPatch,
    workspace: str,
    type_: str,
    rule: str,
    users: str,
    actions: tuple[str, ...],
) -> None:
    found = findings(repository, monkeypatch, **{workspace: plan(resource(f"{type_}.one", actions=actions))})
    (finding,) = found[rule]
    assert (finding["level"], finding["workspace"]) == ("error", workspace.replace("_", "-"))
    assert users in impact(finding)
    assert f"{type_}.one" in finding["message"]
    assert found.keys() == {rule, "unexplained-change"}


@pytest.mark.parametrize("actions", [("delete",), REPLACE])
@pytest.mark.parametrize(("workspace", "users"), [("aks_orders", "orders"), ("hub", ALL)])
def test_a_lost_diagnostic_setting_is_a_warning(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, workspace: str, users: str, actions: tuple[str, ...]
) -> None:
    setting = "azurerm_monitor_diagnostic_setting.one"
    found = findings(repository, monkeypatch, **{workspace: plan(resource(setting, actions=actions))})
    (finding,) = found["logs-lost"]
    assert (finding["level"], finding["workspace"]) == ("warning", workspace.replace("_", "-"))
    assert setting in finding["message"]
    assert users in impact(finding)
    assert found.keys() == {"logs-lost", "unexplained-change"}


def test_every_type_that_is_used_has_an_impact(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    types = sorted(type_ for each in PROVIDERS for type_ in tables.types(each) if not type_.startswith("data."))
    assert len(types) > 20
    gone = [resource(f"{type_}.one", actions=("delete",)) for type_ in types]
    found = findings(repository, monkeypatch, aks_orders=plan(*gone), peering_orders=plan(*gone))
    losses = [one for name, of_rule in found.items() if name != "unexplained-change" for one in of_rule]
    for workspace in ("aks-orders", "peering-orders"):
        messages = " ".join(one["message"] for one in losses if one["workspace"] == workspace)
        words = [word.strip(",.;") for word in messages.split()]
        assert [type_ for type_ in types if words.count(f"{type_}.one") != 1] == []
    assert all(one["impact"] for one in losses)


def test_a_resource_without_a_rule_is_a_warning(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    other = resource("azurerm_other.one", actions=REPLACE, replace_paths=[["a"]])
    (finding,) = findings(repository, monkeypatch, hub=plan(other))["resource-destroyed"]
    assert (finding["level"], finding["facts"]["actions"]) == ("warning", "replaces azurerm_other.one (forced by a)")


def test_an_edit_hides_nothing_that_the_plan_destroys(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit(
        ("kv_mount: kvv2", "kv_mount: kv"),
        ("    cidr: 10.0.0.64/27", "    cidr: 10.0.0.96/27"),
        ("    cidr: 10.65.0.0/16\n", "    cidr: 10.65.0.0/17\n"),
        ("      node_cidr: 10.64.0.0/20\n", "      node_cidr: 10.64.0.0/20\n      pod_cidr: 100.80.0.0/16\n"),
        ("    sku_tier: Standard", "    sku_tier: Premium"),
    )
    wanted = {
        "vault": ("vault_mount.kv", "secrets-engine-changed", "kvv2"),
        "peering_hub": ("hcp_azure_peering_connection.peering", "peering-cut", "10.0.0.64/27"),
        "network_orders": ("azurerm_resource_group.spoke", "network-moved", "10.65.0.0/16"),
        "aks_payments": ("azurerm_kubernetes_cluster.other", "cluster-replaced", "100.64.0.0/16"),
        "hub": ("azurerm_firewall.firewall", "egress-cut", "Standard"),
    }
    plans = {id_: plan(resource(address, actions=("delete",))) for id_, (address, _, _) in wanted.items()}
    found = findings(repository, monkeypatch, **plans)
    for id_, (address, rule, old) in wanted.items():
        (finding,) = [one for one in found[rule] if one["workspace"] == id_.replace("_", "-")]
        assert address in finding["message"]
        assert old in finding["message"], "one finding for the edit and the plan"
        assert finding["impact"]


VAULT = resource("hcp_vault_cluster.vault", actions=REPLACE)
REFUSED = "prevent_destroy"


@pytest.mark.parametrize(
    ("plans", "refused"),
    [
        ({}, True),
        ({"hcp": plan(VAULT, errored=True)}, True),
        ({"hcp": plan(VAULT)}, False),
        ({"hcp": plan()}, False),
    ],
)
def test_prevent_destroy_is_named_only_where_it_refuses(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, plans: dict[str, bytes], refused: bool
) -> None:
    repository.edit(OTHER_HVN)
    (lost,) = findings(repository, monkeypatch, **plans)["vault-lost"]
    assert (REFUSED in lost["message"]) == refused


def test_without_an_edit_nothing_refuses_the_plan(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    plans = {"hcp": plan(VAULT), "vault": plan(resource("vault_mount.kv", actions=("delete",)))}
    found = findings(repository, monkeypatch, **plans)
    assert not any(REFUSED in found[rule][0]["message"] for rule in ("vault-lost", "secrets-engine-changed"))


PEERINGS = "peering-hub, peering-orders, peering-payments"


@pytest.mark.parametrize(("type_", "peerings"), [("hcp_hvn", True), ("hcp_vault_cluster", False)])
def test_the_hvn_stays_without_its_vault_cluster(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, type_: str, peerings: bool
) -> None:
    (lost,) = findings(repository, monkeypatch, hcp=plan(resource(f"{type_}.one", actions=REPLACE)))["vault-lost"]
    assert (PEERINGS in impact(lost)) == peerings


def test_another_vault_cluster_leaves_the_peerings(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit(("cluster_id: vault-prod", "cluster_id: vault-two"))
    (lost,) = findings(repository, monkeypatch)["vault-lost"]
    assert PEERINGS not in impact(lost)


REMOVED = [
    resource("vault_jwt_auth_backend_role.role_webapp", actions=("delete",)),
    resource("vault_policy.reader_webapp", actions=("delete",)),
]
OTHERS = ("        webapp:\n", "        other:\n")


def test_a_role_that_the_edit_removes_is_a_warning(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit(OTHERS)
    found = findings(repository, monkeypatch, vault_auth_payments=plan(*REMOVED))
    (removed,) = found["login-removed"]
    assert "logins-lost" not in found
    assert removed["level"] == "warning"
    assert all(role["address"] in removed["message"] for role in REMOVED)


@pytest.mark.parametrize(
    "lost",
    [
        plan(*REMOVED, hvn_unexplained={each["address"]: [] for each in REMOVED}),
        plan(*REMOVED, hvn_unexplained=None),
        plan(resource("vault_jwt_auth_backend_role.role_webapp", actions=REPLACE)),
        plan(resource("vault_jwt_auth_backend_role.role_checkout", actions=("delete",))),
        plan(resource("vault_jwt_auth_backend.jwt", actions=("delete",))),
    ],
)
def test_every_other_destroyed_login_is_an_error(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, lost: bytes
) -> None:
    repository.edit(OTHERS)
    found = findings(repository, monkeypatch, vault_auth_payments=lost)
    assert (found["logins-lost"][0]["level"], "login-removed" in found) == ("error", False)


def test_an_existing_hvn_is_not_protected(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit(("  cidr: 172.25.16.0/20\n", "  cidr: 172.25.16.0/20\n  existing: true\n"))
    (lost,) = findings(repository, monkeypatch)["vault-lost"]
    assert REFUSED not in lost["message"]
    assert "terraform state rm hcp_hvn.hvn" in steps(lost)


def test_another_namespace_has_another_kv_engine(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit(("namespace: admin", "namespace: admin/other"))
    (engine,) = findings(repository, monkeypatch)["secrets-engine-changed"]
    assert engine["facts"]["new"] == "admin/other"
    assert REFUSED not in engine["message"]


@pytest.mark.parametrize("edits", [(), (("tier: standard_small", "tier: standard_medium"),)])
def test_a_forgotten_resource_is_an_error(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, edits: tuple[tuple[str, str], ...]
) -> None:
    repository.edit(*edits)
    forget = resource("hcp_vault_cluster.vault", actions=("forget",), before={"a": 1})
    (forgotten,) = findings(repository, monkeypatch, hcp=plan(forget))["resource-forgotten"]
    assert forgotten["level"] == "error"
    assert "hcp_vault_cluster.vault" in forgotten["facts"]["plan"]


@pytest.mark.parametrize(
    ("workspace", "address", "rule"),
    [
        ("hcp", "hcp_vault_cluster.vault", "vault-lost"),
        ("vault", "vault_mount.kv", "secrets-engine-changed"),
        ("aks_orders", "azurerm_kubernetes_cluster.cluster", "cluster-replaced"),
        ("hub", "azurerm_firewall.firewall", "resource-not-found"),
        ("vso_orders", "helm_release.vso", "resource-not-found"),
    ],
)
def test_a_resource_deleted_by_somebody_is_reported(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, workspace: str, address: str, rule: str
) -> None:
    gone = resource(address, actions=("delete",), before={"a": 1})
    (finding,) = findings(repository, monkeypatch, **{workspace: plan(resource_drift=[gone])})[rule]
    assert finding["facts"]["addresses"] == [address]
    again = plan(resource(address, actions=("create",)), resource_drift=[gone])
    assert rule in findings(repository, monkeypatch, **{workspace: again})


JOBS = "      jobs: 10.96.0.0/24\n"
GONE = [
    resource(f"{kind}_more", actions=("delete",))
    for kind in ("azurerm_subnet.subnet", "azurerm_subnet_route_table_association.routes")
]


@pytest.mark.parametrize(
    ("also", "emptied", "cut"),
    [
        ((), "more", False),
        (("azurerm_subnet.subnet_jobs",), "jobs, more", False),
        (("azurerm_virtual_network.vnet",), "jobs, more", False),
        (("azurerm_subnet_route_table_association.routes_jobs",), "more", True),
    ],
)
def test_a_removed_subnet_does_not_affect_the_others(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, also: Sequence[str], emptied: str, cut: bool
) -> None:
    begin(repository, (JOBS, f"{JOBS}      more: 10.96.1.0/24\n"))
    repository.edit(("      more: 10.96.1.0/24\n", ""))
    others = [resource(each, actions=("delete",)) for each in also]
    found = findings(repository, monkeypatch, network_analytics=plan(*GONE, *others))
    (moved,) = found["network-moved"]
    assert impact(moved).endswith(f" {emptied}")
    assert steps(moved).endswith(f" {emptied}")
    assert ("egress-cut" in found) == cut


UNUSED = ("  transit: 10.96.0.0/16\n", "  transit: 10.96.0.0/16\n  extra: 10.98.0.0/16\n")
UNUSED_TOO = ("transit_pools: [transit]", "transit_pools: [transit, extra]")
POOL = "hcp_hvn_route.route_transit-transit"


@pytest.mark.parametrize(
    ("edits", "gone", "lost", "alone"),
    [
        ([("transit: 10.96.0.0/16", "through: 10.96.0.0/16"), ("[transit", "[through")], [], "analytics", False),
        ([("transit: 10.96.0.0/16", "transit: 10.96.0.0/17")], [POOL], "analytics", False),
        ([("    cidr: 10.0.0.64/27", "    cidr: 10.0.0.96/27")], [], "runners", True),
        ([("    cidr: 10.0.0.64/27", "    cidr: 10.0.0.96/27")], [POOL], "runners and analytics", True),
        ([], ["hcp_hvn_route.route_runners"], "runners", True),
        ([], [POOL], "analytics", False),
        ([], [POOL, "hcp_azure_peering_connection.peering"], "runners and analytics", True),
        ([tuple(reversed(UNUSED_TOO))], ["hcp_hvn_route.route_transit-extra"], "nobody", False),
    ],
)
def test_a_removed_route_cuts_off_only_its_users(
    repository: Repository,
    monkeypatch: pytest.MonkeyPatch,
    edits: Sequence[tuple[str, str]],
    gone: Sequence[str],
    lost: str,
    alone: bool,
) -> None:
    begin(repository, UNUSED, UNUSED_TOO)
    repository.edit(*edits)
    changes = [resource(each, actions=REPLACE) for each in gone]
    (cut,) = findings(repository, monkeypatch, peering_hub=plan(*changes))["peering-cut"]
    assert ("the runners" in impact(cut), "analytics" in impact(cut)) == ("runners" in lost, "analytics" in lost)
    assert ("apply peering-hub alone" in steps(cut)) == alone


NO_CLUSTER = "  orders:\n    cidr: 10.65.0.0/16\n    vault_route: direct\n"


def test_a_cluster_that_is_removed_is_not_created_again(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.edit((ORDERS, NO_CLUSTER))
    (moved,) = findings(repository, monkeypatch)["network-moved"]
    assert moved["impact"][-1].endswith("topology: aks-orders, vault-auth-orders, vso-orders, secrets-orders")
    assert not any("created again" in line for line in moved["impact"])
    assert "bin/cdktf destroy aks-orders" in steps(moved)


def test_apps_that_are_removed_are_not_applied_to_the_next_cluster(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    apps = ORDERS[ORDERS.index("      apps:") :]
    repository.edit((apps, "\n"), ("node_cidr: 10.65.0.0/20", "node_cidr: 10.65.0.0/20\n      pod_cidr: 100.80.0.0/16"))
    (replaced,) = findings(repository, monkeypatch)["cluster-replaced"]
    assert "secrets-orders" not in impact(replaced)
    (step,) = replaced["manual_steps"]
    assert "spokes.orders.cluster.prevent_destroy: false" in step


def test_the_types_with_a_region_are_those_of_the_provider() -> None:
    assert all(
        tables.table("azurerm", type_).of("location").get("force_new")
        for type_ in {*egress_cut.OF_THE_HUB, *egress_cut.OF_A_SPOKE, *TYPES[:2]}
    )
    assert not tables.table("azurerm", "azurerm_subnet").of("location")
