"""The review reports replacements of clusters, and names their protection."""

import pytest

from tests.affected.conftest import Repository
from tests.review.conftest import begin
from tests.review.edits import ORDERS, SHIPPING
from tests.review.findings import findings
from tests.review.plans import plan, resource

ALWAYS = {"incomplete-review"}
REPLACE = ("delete", "create")
REFUSED = "prevent_destroy"


@pytest.mark.parametrize(("protected", "plans"), [(True, {}), (True, {"errored": True}), (False, {})])
def test_prevent_destroy_protects_a_cluster_from_an_edit(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, protected: bool, plans: dict[str, bool]
) -> None:
    field = "" if protected else "      prevent_destroy: false\n"
    pods = "      node_cidr: 10.65.0.0/20\n"
    repository.edit((pods, f"{pods}      pod_cidr: 100.80.0.0/16\n{field}"))
    cluster = resource("azurerm_kubernetes_cluster.cluster", actions=REPLACE)
    found = findings(repository, monkeypatch, **({"aks_orders": plan(cluster, **plans)} if plans else {}))
    (replaced,) = found["cluster-replaced"]
    assert (REFUSED in replaced["message"], any(REFUSED in step for step in replaced["manual_steps"])) == (
        protected,
        protected,
    )
    assert protected or "HVN511" in found["warning-added"][0]["message"]


POOL = "{vm_size: Standard_D4s_v5, min_count: 2, max_count: 5}\n"
BATCH = "      node_pools:\n        batch: {vm_size: Standard_D4s_v5, min_count: 0, max_count: 3}\n"


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (BATCH, BATCH.replace("D4s", "D8s"), ["batch", "Standard_D8s_v5"]),
        (BATCH, BATCH.replace("max_count: 3", "max_count: 3, max_pods: 50"), ["batch", "50"]),
        (BATCH, BATCH.replace("max_count: 3", "max_count: 3, spot: true"), ["batch", "is replaced"]),
        (BATCH, "", ["batch", "is removed"]),
        ("", BATCH, []),
        (BATCH, BATCH.replace("max_count: 3", "max_count: 4"), []),
    ],
)
def test_replaced_and_removed_node_pools_are_reported(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, before: str, after: str, words: list[str]
) -> None:
    begin(repository, *([(POOL, f"{POOL}{before}")] if before else []))
    repository.edit((f"{POOL}{before}", f"{POOL}{after}"))
    found = [finding["message"] for finding in findings(repository, monkeypatch).get("nodes-replaced", [])]
    assert len(found) == bool(words)
    assert all(word in found[0] for word in words)


@pytest.mark.parametrize("edit", ["", BATCH.replace("max_count: 3", "max_count: 3, spot: true")], ids=["no", "spot"])
def test_a_pool_that_an_edit_destroys_is_one_error_with_the_plan(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, edit: str
) -> None:
    begin(repository, (POOL, f"{POOL}{BATCH}"))
    repository.edit((f"{POOL}{BATCH}", f"{POOL}{edit}"))
    batch, other = (f"azurerm_kubernetes_cluster_node_pool.nodes_{name}" for name in ("batch", "other"))
    deleted = [resource(address, actions=["delete"], before={"a": 1}) for address in (batch, other)]
    found = findings(repository, monkeypatch, aks_orders=plan(*deleted))
    (removed,), (unexplained,) = found["nodes-replaced"], found["cluster-replaced"]
    assert removed["level"] == unexplained["level"] == "error"
    assert (batch in removed["message"], other in removed["message"]) == (True, False)
    assert (batch in unexplained["message"], other in unexplained["message"]) == (False, True)


@pytest.mark.parametrize(
    ("before", "after", "facts"),
    [
        ("", "taints: ['a=b:NoExecute']", ["batch", "a=b:NoExecute", "evict"]),
        ("", "taints: ['a=b:NoSchedule']", ["batch", "a=b:NoSchedule"]),
        ("taints: ['a=b:NoExecute']", "taints: ['a=b:NoSchedule']", ["batch", "a=b:NoSchedule"]),
        ("taints: ['a=b:NoExecute']", "", []),
        ("taints: ['a=b:NoExecute', 'c=d:NoExecute']", "taints: ['c=d:NoExecute', 'a=b:NoExecute']", []),
    ],
)
def test_new_taints_keep_pods_away(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, before: str, after: str, facts: list[str]
) -> None:
    pools = [BATCH.replace("max_count: 3", f"max_count: 3, {taints}".rstrip(", ")) for taints in (before, after)]
    begin(repository, (POOL, f"{POOL}{pools[0]}"))
    repository.edit((f"{POOL}{pools[0]}", f"{POOL}{pools[1]}"))
    reported = [finding["message"] for finding in findings(repository, monkeypatch).get("scaled-down", [])]
    assert len(reported) == bool(facts)
    assert all(fact in reported[0] for fact in facts)
    assert not reported or ("evict" in reported[0]) == ("evict" in facts)


@pytest.mark.parametrize(
    ("before", "after", "facts"),
    [
        ("", "upgrades: {node_os_channel: None}", [["NodeImage", "None"]]),
        ("", "upgrades: {channel: none, node_os_channel: Unmanaged}", [["none"], ["NodeImage", "Unmanaged"]]),
        ("", "upgrades: {node_os_channel: SecurityPatch}", []),
        ("upgrades: {channel: none, node_os_channel: None}", "", []),
        ("upgrades: {node_os_channel: Unmanaged}", "upgrades: {node_os_channel: None}", []),
        ("", "upgrades: {window: {day: Friday, start_time: '22:00', hours: 4, utc_offset: '+09:00'}}", []),
    ],
)
def test_ended_upgrades_are_reported(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, before: str, after: str, facts: list[list[str]]
) -> None:
    lines = [f"{POOL}      {text}\n" if text else POOL for text in (before, after)]
    begin(repository, *([(POOL, lines[0])] if before else []))
    repository.edit((lines[0], lines[1]))
    reported = [finding["message"] for finding in findings(repository, monkeypatch).get("upgrades-stopped", [])]
    assert len(reported) == len(facts)
    assert all(fact in text for text, texts in zip(reported, facts, strict=True) for fact in texts)


@pytest.mark.parametrize(("before", "after", "word"), [("", "true", "give rights"), ("true", "", "loses")])
def test_azure_rbac_is_reported_when_it_is_switched(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, before: str, after: str, word: str
) -> None:
    groups = f"{POOL}      admin_groups: [6b1f2d3c-0a9e-4c57-8f7d-3a2b1c0d9e81]\n"
    texts = [f"{groups}      azure_rbac: true\n" if value else groups for value in (before, after)]
    begin(repository, (POOL, texts[0]))
    repository.edit((texts[0], texts[1]))
    (changed,) = findings(repository, monkeypatch)["cluster-admins-changed"]
    assert word in changed["message"]


def test_azure_rbac_without_a_group_disables_local_accounts(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.edit((POOL, f"{POOL}      azure_rbac: true\n"))
    (changed,) = findings(repository, monkeypatch)["cluster-admins-changed"]
    assert "local accounts are disabled" in changed["message"]


NODES = "      node_cidr: 10.65.0.0/20\n"


def settings(text: str) -> str:
    """Return the `node_cidr` line of the cluster in `orders`, followed by `text` if it is not empty."""
    return f"{NODES}      {text}\n" if text else NODES


_GROUP = "/subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/rg-images/providers"
REGISTRY = f"{_GROUP}/Microsoft.ContainerRegistry/registries/platform0001"
RANGE = "api_server: {public: true, authorized_ip_ranges: [198.51.100.0/24]}"


@pytest.mark.parametrize(
    ("before", "after", "rules"),
    [
        ("", "network: {mode: node_subnet}", {"cluster-replaced", "nodes-replaced"}),
        ("", "network: {policy: calico}", {"cluster-replaced"}),
        ("network: {policy: none}", "network: {policy: calico}", set()),
        ("network: {policy: none}", "network: {policy: cilium}", {"cluster-replaced"}),
        ("network: {policy: calico}", "network: {policy: azure}", {"cluster-replaced"}),
        ("network: {policy: calico}", "network: {policy: none}", {"change-refused"}),
        ("", "outbound_type: none", {"cluster-egress-changed"}),
        ("", "outbound_type: loadBalancer", {"cluster-egress-changed", "warning-added"}),
        ("outbound_type: userDefinedRouting", "", set()),
        ("", f"registries: [{REGISTRY}]", {"registry-granted"}),
        (f"registries: [{REGISTRY}]", "registries: []", {"registry-granted"}),
        (f"registries: [{REGISTRY}]", f"registries: [{REGISTRY}, {REGISTRY}]", set()),
        ("addons: {azure_policy: true}", "addons: {azure_policy: false}", {"addon-removed", "firewall-closed"}),
        ("", "addons: {azure_policy: true}", {"firewall-opened"}),
        ("sku_tier: Premium", "sku_tier: Standard", {"scaled-down"}),
        ("sku_tier: Free", "sku_tier: Standard", set()),
        ("", RANGE, {"api-server-opened", "cluster-replaced", "firewall-opened"}),
        (RANGE, RANGE.replace("/24", "/24, 192.0.2.1/32"), {"api-server-opened"}),
        (RANGE, RANGE.replace("/24", "/25"), set()),
        (RANGE, RANGE.replace("198.51.100.0/24", "0.0.0.0/0"), {"api-server-opened", "warning-added"}),
        (RANGE, "api_server: {public: true}", {"api-server-opened", "warning-added"}),
        ("api_server: {public: true}", RANGE, set()),
    ],
)
def test_settings_of_the_network_and_the_api_server(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, before: str, after: str, rules: set[str]
) -> None:
    begin(repository, *([(settings(""), settings(before))] if before else []))
    repository.edit((settings(before), settings(after)))
    assert findings(repository, monkeypatch).keys() - ALWAYS == rules


@pytest.mark.parametrize("edited", [True, False])
def test_a_role_of_a_removed_registry_is_no_lost_permission(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, edited: bool
) -> None:
    lines = settings(f"registries: [{REGISTRY}]")
    begin(repository, (settings(""), lines))
    if edited:
        repository.edit((lines, settings("")))
    pulls = resource("azurerm_role_assignment.may_pull_platform0001", actions=["delete"])
    found = findings(repository, monkeypatch, aks_orders=plan(pulls))
    assert ("registry-granted" in found, "permissions-lost" in found) == (edited, not edited)


SUBNETS = "    cidr: 10.65.0.0/16\n"
BATCHES = f"{SUBNETS}    subnets: {{one: 10.65.32.0/24, two: 10.65.33.0/24}}\n"


def test_another_subnet_replaces_the_nodes_of_its_pool(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = (BATCH.replace("max_count: 3", f"max_count: 3, subnet: {name}") for name in ("one", "two"))
    begin(repository, (SUBNETS, BATCHES), (POOL, f"{POOL}{one}"))
    repository.edit((one, two))
    (replaced,) = findings(repository, monkeypatch)["nodes-replaced"]
    assert "batch" in replaced["message"]
    assert all(name in replaced["message"] for name in ("one", "two"))


ACCOUNT = "          service_account: checkout\n"
IDENTITY = f"{ACCOUNT}          workload_identity: id-checkout\n"


def test_another_pod_subnet_replaces_the_nodes_of_its_pool(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    delegated = "delegation: Microsoft.ContainerService/managedClusters}"
    pods = f"one: {{cidr: 10.65.32.0/21, {delegated}, two: {{cidr: 10.65.40.0/21, {delegated}"
    one = f"{POOL[:-2]}, pod_subnet: one}}\n      network: {{mode: pod_subnet}}\n"
    begin(repository, (SUBNETS, f"{SUBNETS}    subnets: {{{pods}}}\n"), (POOL, one))
    repository.edit(("pod_subnet: one", "pod_subnet: two"))
    (replaced,) = findings(repository, monkeypatch)["nodes-replaced"]
    assert all(name in replaced["message"] for name in ("pod_subnet", "one", "two"))


def test_a_cluster_with_a_public_api_server_does_not_use_the_private_zone(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(repository, (settings(""), settings(RANGE)))
    repository.edit(("hub:\n", "hub:\n  names: {resource_group: rg-other}\n"))
    replaced = {finding["workspace"] for finding in findings(repository, monkeypatch)["cluster-replaced"]}
    assert replaced == {"aks-payments"}


def test_a_new_cluster_with_a_public_api_server_is_reported(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    login = "      vault_login"
    repository.edit((ORDERS, ORDERS + SHIPPING.replace(login, f"      {RANGE}\n{login}")))
    found = findings(repository, monkeypatch)["api-server-opened"]
    assert [finding["workspace"] for finding in found] == ["aks-shipping"]


def test_a_registry_and_an_identity_of_a_new_cluster_are_reported(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    login = "      vault_login"
    shipping = SHIPPING.replace(login, f"      registries: [{REGISTRY}]\n{login}").replace(ACCOUNT, IDENTITY)
    repository.edit((ORDERS, ORDERS + shipping))
    found = findings(repository, monkeypatch)
    assert [finding["workspace"] for finding in found["registry-granted"]] == ["aks-shipping"]
    assert [finding["workspace"] for finding in found["app-identity-changed"]] == ["secrets-shipping"]


def test_an_identity_is_reported_when_its_workspace_is_no_longer_blocked(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    pubkeys = SHIPPING.replace("issuer", "pubkeys").replace(ACCOUNT, IDENTITY)
    begin(repository, (ORDERS, ORDERS + pubkeys))
    repository.edit((pubkeys, pubkeys.replace("pubkeys", "issuer")))
    assert len(findings(repository, monkeypatch)["app-identity-changed"]) == 1


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (ACCOUNT, IDENTITY, [["checkout/checkout", "id-checkout"]]),
        (IDENTITY, ACCOUNT, [["id-checkout", "removed"]]),
        (IDENTITY, IDENTITY.replace("id-", "id-2-"), [["id-2-checkout"], ["id-checkout", "removed"]]),
        (IDENTITY, IDENTITY.replace("account: checkout", "account: shop"), [["checkout/shop", "id-checkout"]]),
    ],
)
def test_the_identity_of_an_app_is_reported(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, before: str, after: str, words: list[list[str]]
) -> None:
    begin(repository, *([(ACCOUNT, before)] if before != ACCOUNT else []))
    repository.edit((before, after))
    reported = [finding["message"] for finding in findings(repository, monkeypatch)["app-identity-changed"]]
    assert len(reported) == len(words)
    assert all(word in text for text, texts in zip(reported, words, strict=True) for word in texts)
