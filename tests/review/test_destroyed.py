"""What plans destroy is told, whatever the file says: by a rule of its own, with what goes with it."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from hvn.rehearsal import tables
from hvn.rehearsal.schema import PROVIDERS
from hvn.review.readdressing import TYPES
from hvn.review.rules import egress_cut
from tests.affected.conftest import Repository
from tests.review.conftest import begin
from tests.review.edits import ORDERS
from tests.review.plans import plan, resource
from tests.review.test_rules import said

Notices = Mapping[str, Sequence[Mapping[str, Any]]]
REPLACE = ("delete", "create")
ALL = "`analytics`, `orders`, `payments` and the runners"
OTHER_HVN = ("cidr: 172.25.16.0/20", "cidr: 172.25.32.0/20")


def goes(notices: Notices, rule: str) -> str:
    (found,) = notices[rule]
    return " | ".join(found["goes_with"])


@pytest.mark.parametrize("actions", [("delete",), REPLACE])
@pytest.mark.parametrize(
    ("workspace", "kind", "rule", "words"),
    [
        ("hcp", "hcp_hvn", "vault-lost", "every secret in Vault is lost"),
        ("hcp", "hcp_vault_cluster", "vault-lost", "every secret in Vault is lost"),
        ("vault", "vault_mount", "secrets-engine", "every secret in it is lost"),
        ("aks_orders", "azurerm_kubernetes_cluster", "cluster-replaced", "**every login of `orders` ends**"),
        ("aks_orders", "azurerm_kubernetes_cluster_node_pool", "cluster-replaced", "nodes of `orders`"),
        ("network_orders", "azurerm_resource_group", "network-moved", "`aks-orders`"),
        ("network_orders", "azurerm_virtual_network", "network-moved", "`aks-orders`"),
        ("network_orders", "azurerm_subnet", "network-moved", "`aks-orders`"),
        ("hub", "azurerm_subnet", "network-moved", "the firewall and the runners"),
        ("peering_hub", "hcp_azure_peering_connection", "peering-cut", "the runners, which apply"),
        ("peering_hub", "hcp_hvn_route", "peering-cut", "via the hub: `analytics`"),
        ("peering_orders", "azurerm_role_assignment", "rights-lost", "HCP can neither make nor change that half"),
        ("peering_orders", "azurerm_role_definition", "rights-lost", "HCP can neither make nor change that half"),
        ("peering_orders", "azuread_service_principal", "rights-lost", "HCP can neither make nor change that half"),
        ("network_orders", "azurerm_virtual_network_peering", "peering-cut", "`orders`"),
        ("hub", "azurerm_firewall", "egress-cut", ALL),
        ("hub", "azurerm_firewall_policy", "egress-cut", ALL),
        ("hub", "azurerm_firewall_policy_rule_collection_group", "egress-cut", ALL),
        ("hub", "azurerm_public_ip", "egress-cut", "the address by which others know " + ALL),
        ("hub", "azurerm_subnet_route_table_association", "egress-cut", "every way out of the runners"),
        ("network_orders", "azurerm_route_table", "egress-cut", "every way out of `orders`"),
        ("hub", "azurerm_private_dns_zone", "names-lost", ALL),
        ("network_orders", "azurerm_private_dns_zone_virtual_network_link", "names-lost", "for `orders`"),
        ("aks_orders", "azurerm_user_assigned_identity", "rights-lost", "the cluster of `orders`"),
        ("aks_orders", "azurerm_role_assignment", "rights-lost", "the cluster of `orders`"),
        ("vault_auth_orders", "vault_jwt_auth_backend", "logins-lost", "**every login** at this mount, of `orders`"),
        ("vault_auth_orders", "vault_jwt_auth_backend_role", "logins-lost", "the login by this role, of `orders`"),
        ("vault_auth_orders", "vault_policy", "logins-lost", "what a role of `orders` may read or write"),
        ("secrets_orders", "kubernetes_namespace_v1", "app-lost", "everything in this namespace of `orders`"),
        ("vso_orders", "helm_release", "app-lost", "no app's secret is synced or renewed"),
    ],
)
def test_what_people_lose_by_a_plan_is_an_error(
    repository: Repository,
    monkeypatch: pytest.MonkeyPatch,
    workspace: str,
    kind: str,
    rule: str,
    words: str,
    actions: tuple[str, ...],
) -> None:
    found = said(repository, monkeypatch, **{workspace: plan(resource(f"{kind}.one", actions=actions))})
    assert words in goes(found, rule)
    assert found[rule][0]["level"] == "error"
    assert f"`{kind}.one`" in found[rule][0]["text"]
    assert found.keys() == {rule, "unexplained-change"}


def test_of_every_type_that_is_used_what_goes_with_it_is_told(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    types = sorted(kind for each in PROVIDERS for kind in tables.types(each) if not kind.startswith("data."))
    assert len(types) > 20
    gone = [resource(f"{kind}.one", actions=("delete",)) for kind in types]
    found = said(repository, monkeypatch, aks_orders=plan(*gone), peering_orders=plan(*gone))
    told = [each for name, notices in found.items() if name != "unexplained-change" for each in notices]
    for workspace in ("aks-orders", "peering-orders"):
        texts = " ".join(each["text"] for each in told if each["workspace"] == workspace)
        assert [kind for kind in types if texts.count(f"`{kind}.one`") != 1] == []
    assert all(each["goes_with"] for each in told)


def test_what_nobody_knows_is_told_and_only_a_warning(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    found = said(
        repository, monkeypatch, hub=plan(resource("azurerm_other.one", actions=REPLACE, replace_paths=[["a"]]))
    )
    (told,) = found["resource-destroyed"]
    assert (told["level"], told["text"]) == ("warning", "the plan has replace of `azurerm_other.one` (by `a`)")


def test_what_an_edit_says_hides_nothing_that_the_plan_destroys(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.edit(
        ("kv_mount: kvv2", "kv_mount: kv"),
        ("    cidr: 10.0.0.64/27", "    cidr: 10.0.0.96/27"),
        ("    cidr: 10.65.0.0/16\n", "    cidr: 10.65.0.0/17\n"),
        ("      node_cidr: 10.64.0.0/20\n", "      node_cidr: 10.64.0.0/20\n      pod_cidr: 100.80.0.0/16\n"),
        ("    sku_tier: Standard", "    sku_tier: Premium"),
    )
    wanted = {
        "vault": ("vault_mount.kv", "secrets-engine"),
        "peering_hub": ("hcp_azure_peering_connection.peering", "peering-cut"),
        "network_orders": ("azurerm_resource_group.spoke", "network-moved"),
        "aks_payments": ("azurerm_kubernetes_cluster.other", "cluster-replaced"),
        "hub": ("azurerm_firewall.firewall", "egress-cut"),
    }
    plans = {id_: plan(resource(address, actions=("delete",))) for id_, (address, _) in wanted.items()}
    found = said(repository, monkeypatch, **plans)
    for id_, (address, rule) in wanted.items():
        (told,) = [each for each in found[rule] if each["workspace"] == id_.replace("_", "-")]
        assert f"delete of `{address}`" in told["text"]
        assert not told["text"].startswith("the plan has"), "the edit is told with it, in one"
        assert told["goes_with"]
    (kv,) = found["secrets-engine"]
    assert "Vault moves" not in kv["text"]
    assert "every secret in it is lost" in goes(found, "secrets-engine")


VAULT = resource("hcp_vault_cluster.vault", actions=REPLACE)


@pytest.mark.parametrize(
    ("plans", "words"),
    [
        ({}, "**Terraform refuses this**"),
        ({"hcp": plan(VAULT, errored=True)}, "**Terraform refuses this**"),
        ({"hcp": plan(VAULT)}, "nothing refuses it"),
        ({"hcp": plan()}, "The plan that was made does not destroy it"),
    ],
)
def test_only_what_terraform_refused_is_called_so(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, plans: dict[str, bytes], words: str
) -> None:
    repository.edit(OTHER_HVN)
    (lost,) = said(repository, monkeypatch, **plans)["vault-lost"]
    assert words in lost["text"]
    assert ("refuses this" in lost["text"]) == ("refuses this" in words)


def test_without_an_edit_too(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    found = said(repository, monkeypatch, hcp=plan(VAULT), vault=plan(resource("vault_mount.kv", actions=("delete",))))
    assert all("nothing refuses it" in found[rule][0]["text"] for rule in ("vault-lost", "secrets-engine"))


PEERINGS = "every peering with the HVN and all of its routes: `peering-hub`, `peering-orders`, `peering-payments`"


@pytest.mark.parametrize(("kind", "peerings"), [("hcp_hvn", True), ("hcp_vault_cluster", False)])
def test_without_its_vault_cluster_the_hvn_stays(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, kind: str, peerings: bool
) -> None:
    found = said(repository, monkeypatch, hcp=plan(resource(f"{kind}.one", actions=REPLACE)))
    assert (PEERINGS in goes(found, "vault-lost")) == peerings


def test_another_vault_cluster_leaves_the_peerings(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit(("cluster_id: vault-prod", "cluster_id: vault-two"))
    assert PEERINGS not in goes(said(repository, monkeypatch), "vault-lost")


REMOVED = [
    resource("vault_jwt_auth_backend_role.role_webapp", actions=("delete",)),
    resource("vault_policy.reader_webapp", actions=("delete",)),
]
OTHERS = ("        webapp:\n", "        other:\n")


def test_a_role_that_the_edit_takes_away_is_a_warning(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit(OTHERS)
    found = said(repository, monkeypatch, vault_auth_payments=plan(*REMOVED))
    (told,) = found["login-removed"]
    assert "logins-lost" not in found
    assert told["level"] == "warning"
    assert all(f"`{each['address']}`" in told["text"] for each in REMOVED)


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
def test_every_other_login_that_goes_is_an_error(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, lost: bytes
) -> None:
    repository.edit(OTHERS)
    found = said(repository, monkeypatch, vault_auth_payments=lost)
    assert (found["logins-lost"][0]["level"], "login-removed" in found) == ("error", False)


def test_what_is_left_out_of_the_file_is_not_protected(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit(("  cidr: 172.25.16.0/20\n", "  cidr: 172.25.16.0/20\n  existing: true\n"))
    (lost,) = said(repository, monkeypatch)["vault-lost"]
    assert "the HVN is no longer created here" in lost["text"]
    assert "nothing refuses it" in lost["text"]
    assert lost["by_hand"].startswith("before this is merged take it out of the state, and do not destroy it")


def test_another_namespace_has_another_engine(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit(("namespace: admin", "namespace: admin/other"))
    (told,) = said(repository, monkeypatch)["secrets-engine"]
    assert "another, empty kv engine in `admin/other`" in told["text"]
    assert "refuses" not in told["text"]


@pytest.mark.parametrize("edits", [(), (("tier: standard_small", "tier: standard_medium"),)])
def test_what_terraform_forgets_is_told(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, edits: tuple[tuple[str, str], ...]
) -> None:
    repository.edit(*edits)
    forget = resource("hcp_vault_cluster.vault", actions=("forget",), before={"a": 1})
    (told,) = said(repository, monkeypatch, hcp=plan(forget))["forgotten"]
    assert (told["level"], "forget of `hcp_vault_cluster.vault`" in told["text"]) == ("error", True)


@pytest.mark.parametrize(
    ("workspace", "address", "rule"),
    [
        ("hcp", "hcp_vault_cluster.vault", "vault-lost"),
        ("vault", "vault_mount.kv", "secrets-engine"),
        ("aks_orders", "azurerm_kubernetes_cluster.cluster", "cluster-replaced"),
        ("hub", "azurerm_firewall.firewall", "resource-destroyed"),
    ],
)
def test_what_somebody_else_deleted_is_told(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, workspace: str, address: str, rule: str
) -> None:
    gone = resource(address, actions=("delete",), before={"a": 1})
    (told,) = said(repository, monkeypatch, **{workspace: plan(resource_drift=[gone])})[rule]
    assert f"`{address}`" in told["text"]
    assert "deleted outside of Terraform" in told["text"]
    again = plan(resource(address, actions=("create",)), resource_drift=[gone])
    assert (rule in said(repository, monkeypatch, **{workspace: again})) == (rule != "resource-destroyed")


JOBS = "      jobs: 10.96.0.0/24\n"
GONE = [
    resource(f"{kind}_more", actions=("delete",))
    for kind in ("azurerm_subnet.subnet", "azurerm_subnet_route_table_association.routes")
]


@pytest.mark.parametrize(
    ("also", "emptied", "cut"),
    [
        ((), "`more`", False),
        (("azurerm_subnet.subnet_jobs",), "`jobs`, `more`", False),
        (("azurerm_virtual_network.vnet",), "`jobs`, `more`", False),
        (("azurerm_subnet_route_table_association.routes_jobs",), "`more`", True),
    ],
)
def test_a_subnet_that_goes_leaves_the_others_alone(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, also: Sequence[str], emptied: str, cut: bool
) -> None:
    begin(repository, (JOBS, f"{JOBS}      more: 10.96.1.0/24\n"))
    repository.edit(("      more: 10.96.1.0/24\n", ""))
    others = [resource(each, actions=("delete",)) for each in also]
    found = said(repository, monkeypatch, network_analytics=plan(*GONE, *others))
    assert goes(found, "network-moved") == f"what stands in {emptied}"
    assert f"take everything out of {emptied} of `analytics`" in found["network-moved"][0]["by_hand"]
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
def test_only_who_needs_a_route_is_cut_off_without_it(
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
    (told,) = said(repository, monkeypatch, peering_hub=plan(*changes))["peering-cut"]
    text = " ".join(told["goes_with"])
    assert ("the runners, which" in text, "via the hub: `analytics`" in text) == (
        "runners" in lost,
        "analytics" in lost,
    )
    assert told["by_hand"].startswith("apply `peering-hub` alone") == alone
    assert told["text"].endswith("Nobody's way to Vault leads through that") == (lost == "nobody")


REGION = ("region: japaneast", "region: canadacentral")
OTHER = "99999999-9999-4999-8999-999999999999"
SUBSCRIPTION = ("    cidr: 10.65.0.0/16\n", f"    cidr: 10.65.0.0/16\n    subscription_id: {OTHER}\n")


def test_another_region_makes_all_anew_that_has_one(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit(REGION, ("{keys: pubkeys}", "{keys: issuer}"))
    found = said(repository, monkeypatch)
    places = {
        rule: {each["workspace"] for each in found[rule]} for rule in ("network-moved", "egress-cut", "names-lost")
    }
    azure = {"hub", "network-analytics", "network-orders", "network-payments"}
    assert places == {"network-moved": azure, "egress-cut": azure, "names-lost": azure}
    texts = {(name, each["workspace"]): each["text"] for name, notices in found.items() for each in notices}
    moves = "the VNet moves: `japaneast` → `canadacentral`. Azure deletes no VNet in which anything stands"
    assert all(texts["network-moved", each].startswith(moves) for each in azure)
    assert "replaced (route_table), for it cannot change: location" in texts["egress-cut", "network-orders"]
    assert texts["names-lost", "hub"].startswith("the zone is replaced, for its name cannot change: `privatelink.japan")
    of_hub = [each for rule in ("egress-cut", "names-lost") for each in found[rule] if each["workspace"] == "hub"]
    assert all(ALL in " ".join(each["goes_with"]) for each in of_hub)


def test_where_a_vnet_moves_in_both_ways_both_are_told(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit(
        (SUBSCRIPTION[0], SUBSCRIPTION[1].replace("10.65.0.0/16", "10.66.0.0/16")),
        ("node_cidr: 10.65.0.0/20", "node_cidr: 10.66.0.0/20"),
    )
    (told,) = said(repository, monkeypatch)["network-moved"]
    assert "the VNet moves from `10.65.0.0/16` in" in told["text"]
    assert f"→ `{OTHER}`" in told["text"]


EXISTING = f"""    existing:
      vnet_id: /subscriptions/{OTHER}/resourceGroups/rg-net/providers/Microsoft.Network/virtualNetworks/vnet-net
      cidrs: [10.96.0.0/20]
"""


def test_a_vnet_that_is_not_made_here_moves_to_no_other_region(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(repository, ("    cidr: 10.96.0.0/20\n", EXISTING))
    repository.edit(REGION, ("{keys: pubkeys}", "{keys: issuer}"))
    found = said(repository, monkeypatch)
    moved, cut = ({each["workspace"] for each in found[rule]} for rule in ("network-moved", "egress-cut"))
    assert ("network-analytics" in moved, "network-analytics" in cut) == (False, True)


@pytest.mark.parametrize("rule", ["cluster-replaced", "network-moved"])
def test_what_the_plan_leaves_where_it_is_is_not_said_to_go(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, rule: str
) -> None:
    """Of another subscription Terraform plans an update at most: it finds by its id what it made in the old one."""
    repository.edit(SUBSCRIPTION)
    update = resource("azurerm_virtual_network.vnet", before={"a": 1}, after={"a": 2})
    (told,) = said(repository, monkeypatch, aks_orders=plan(), network_orders=plan(update))[rule]
    assert "The plan that was made does not destroy it: ask why before it is applied" in told["text"]
    assert "refuses" not in told["text"]
    assert told["by_hand"]
    made = [resource("azurerm_kubernetes_cluster.cluster", actions=("create",), after={"a": 1})]
    lost = [resource("azurerm_virtual_network.vnet", actions=REPLACE)]
    for plans in (
        {"aks_orders": plan(*made), "network_orders": plan(*lost)},
        {"aks_orders": b"", "network_orders": b""},
    ):
        (told,) = said(repository, monkeypatch, **plans)[rule]
        assert "The plan that was made" not in told["text"]


def updates(address: str, **arguments: tuple[Any, Any]) -> dict[str, Any]:
    """An update of these arguments, each from one value to another."""
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
def test_a_range_that_a_plan_moves_without_an_edit(
    repository: Repository,
    monkeypatch: pytest.MonkeyPatch,
    change: dict[str, Any],
    moves: bool,
    edits: Sequence[tuple[str, str]],
) -> None:
    repository.edit(*edits)
    found = said(repository, monkeypatch, network_orders=plan(change))
    assert ("network-moved" in found) == moves
    if moves:
        (told,) = found["network-moved"]
        assert told["level"] == "error"
        assert f"of `{change['address']}`" in told["text"]
        assert told["goes_with"][0].startswith("all that stands in it: `peering-orders`, `aks-orders`")
        assert told["by_hand"].startswith("find out why the plan of `network-orders` moves a range")


def test_a_range_that_the_edit_moves_is_told_once(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit(("node_cidr: 10.65.0.0/20", "node_cidr: 10.65.16.0/20"))
    by_edit = updates(NODES, address_prefixes=(["10.65.0.0/20"], ["10.65.16.0/20"]))
    other = updates("azurerm_subnet.subnet_other", address_prefixes=(["10.65.64.0/24"], ["10.65.65.0/24"]))
    assert len(said(repository, monkeypatch, network_orders=plan(by_edit))["network-moved"]) == 1
    made = plan(by_edit, other, hvn_unexplained={other["address"]: ["address_prefixes[0]"]})
    _, told = said(repository, monkeypatch, network_orders=made)["network-moved"]
    assert (other["address"] in told["text"], by_edit["address"] in told["text"]) == (True, False)


SIZE = ("vm_size: Standard_D4s_v5, min_count: 2, max_count: 5", "vm_size: Standard_D8s_v5, min_count: 2, max_count: 5")


def test_nodes_that_a_plan_replaces_without_an_edit(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    pools = [{"vm_size": "Standard_D4s_v5"}], [{"vm_size": "Standard_D8s_v5"}]
    bigger = updates("azurerm_kubernetes_cluster.cluster", default_node_pool=pools)
    counts = updates("azurerm_kubernetes_cluster.cluster", default_node_pool=([{"min_count": 1}], [{"min_count": 2}]))
    (told,) = said(repository, monkeypatch, aks_orders=plan(bigger))["nodes-replaced"]
    assert "cluster.cluster`: `default_node_pool[0].vm_size` `Standard_D4s_v5` → `Standard_D8s_v5`" in told["text"]
    assert "nodes-replaced" not in said(repository, monkeypatch, aks_orders=plan(counts))
    repository.edit(SIZE)
    (told,) = said(repository, monkeypatch, aks_orders=plan(bigger))["nodes-replaced"]
    assert told["text"].endswith(": vm_size `Standard_D4s_v5` → `Standard_D8s_v5`")


def test_zones_of_nodes_in_words(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit(("min_count: 2, max_count: 5", "min_count: 2, max_count: 5, zones: ['1', '2']"))
    (told,) = said(repository, monkeypatch)["nodes-replaced"]
    assert told["text"].endswith(": zones none → `1`, `2`")


NO_CLUSTER = "  orders:\n    cidr: 10.65.0.0/16\n    vault_route: direct\n"


def test_what_is_taken_out_is_not_built_anew(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit((ORDERS, NO_CLUSTER))
    found = said(repository, monkeypatch)
    assert goes(found, "network-moved").endswith(
        "taken out of the topology: `aks-orders`, `vault-auth-orders`, `vso-orders`, `secrets-orders`"
    )
    assert "anew" not in goes(found, "network-moved")
    assert "bin/cdktf destroy aks-orders" in found["network-moved"][0]["by_hand"]


def test_what_is_taken_out_is_not_applied_to_the_next_cluster(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    apps = ORDERS[ORDERS.index("      apps:") :]
    repository.edit((apps, "\n"), ("node_cidr: 10.65.0.0/20", "node_cidr: 10.65.0.0/20\n      pod_cidr: 100.80.0.0/16"))
    found = said(repository, monkeypatch)
    assert "again" not in goes(found, "cluster-replaced")
    assert found["cluster-replaced"][0]["by_hand"] == ""


def test_what_has_a_region_of_its_own_is_what_the_provider_says() -> None:
    assert all(
        tables.table("azurerm", kind).of("location").get("force_new")
        for kind in {*egress_cut.OF_THE_HUB, *egress_cut.OF_A_SPOKE, *TYPES[:2]}
    )
    assert not tables.table("azurerm", "azurerm_subnet").of("location")
