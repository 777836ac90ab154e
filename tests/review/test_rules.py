"""What the rules can tell from the topology alone, where no plan is there; and that every rule is spoken of."""

import json
from dataclasses import replace
from typing import Any

import pytest
from click.testing import CliRunner

from hvn.affected import history
from hvn.check.load import load
from hvn.cli import cli
from hvn.kinds.vault_auth.inputs import VaultAuthInputs
from hvn.review import rules
from hvn.review.access import Trust
from hvn.review.build import build
from hvn.review.rules import keys_changed
from tests.affected.conftest import Repository
from tests.conftest import PROJECT
from tests.review.conftest import begin
from tests.review.edits import CI, ORDERS, SHIPPING, SYNCED
from tests.review.plans import plan, resource
from tests.topology.test_jwks import key_set, rsa_key

REVIEW = ["review", "../plans", "--base", "main", "--topology", "config/topology.yaml"]
MORE = "            - {{path: {}, destination: {}}}\n"
NO_CLUSTER = "  orders:\n    cidr: 10.65.0.0/16\n    vault_route: direct\n"
NO_WAY = NO_CLUSTER.replace("direct", "none")
BY_FIREWALL = NO_CLUSTER.replace("direct", "via-hub").replace("10.65.0.0/16", "10.96.32.0/19")


def said(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, *arguments: str, **plans: bytes
) -> dict[str, list[dict[str, Any]]]:
    """The notices of a review with these plans by workspace, by rule."""
    monkeypatch.chdir(repository.folder)
    folder = repository.folder.parent / "plans"
    folder.mkdir(exist_ok=True)
    for name, content in plans.items():
        (folder / f"{name.replace('_', '-')}.json").write_bytes(content)
    command = ["review", str(folder), "--base", "main", "--topology", "config/topology.yaml", "--format", "json"]
    command += arguments
    run = CliRunner().invoke(cli, command, catch_exceptions=False)
    found: dict[str, list[dict[str, Any]]] = {}
    for each in json.loads(run.stdout)["notices"]:
        found.setdefault(each["name"], []).append(each)
    return found


def test_a_way_that_opens(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(repository, (ORDERS, NO_WAY))
    repository.edit((NO_WAY, NO_CLUSTER))
    texts = [each["text"] for each in said(repository, monkeypatch)["reach-gained"]]
    assert "`orders` can now talk to `vault`, TCP 8200" in texts


AZURE = "/subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/rg-hub/providers/Microsoft.Network"
EXISTING_HUB = f"""  existing:
    vnet_id: {AZURE}/virtualNetworks/vnet-hub
    cidrs: [10.0.0.0/22]
    firewall_private_ip: 10.0.0.4
    private_dns_zone_id: {AZURE}/privateDnsZones/privatelink.japaneast.azmk8s.io
    runners_cidr: 10.0.0.64/27
"""


def test_a_way_that_nobody_knows_of_is_not_said_to_be_open(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A firewall that this topology does not make has rules that nobody here knows."""
    text = repository.file.read_text(encoding="utf-8")
    hub = text[text.index("hub:\n") + len("hub:\n") : text.index("  vault_peering:")]
    repository.edit((hub, EXISTING_HUB))
    (told,) = said(repository, monkeypatch)["reach-gained"]
    assert told["text"].startswith("no longer known to be blocked: `analytics` to `orders`, TCP 443; ")


def test_a_way_that_closes_is_no_gain(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(repository, (ORDERS, NO_CLUSTER))
    repository.edit((NO_CLUSTER, NO_WAY))
    found = said(repository, monkeypatch)
    assert "reach-gained" not in found
    assert found["workspace-removed"][0]["goes_with"] == ["the way to Vault of `orders`"]


def test_a_way_that_no_longer_passes_the_firewall(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(repository, (ORDERS, BY_FIREWALL))
    repository.edit((BY_FIREWALL, NO_CLUSTER))
    texts = [each["text"] for each in said(repository, monkeypatch)["firewall-skipped"]]
    assert texts == ["`orders` to `vault`, TCP 8200: no longer passes the firewall"]


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("cidr: 172.25.16.0/20", "cidr: 172.25.32.0/20", "vault-lost"),
        ("id: hvn-japaneast", "id: hvn-other", "vault-lost"),
        ("cluster_id: vault-prod", "cluster_id: vault-two", "vault-lost"),
        ("namespace: admin", "namespace: admin/other", "secrets-engine"),
        ("      node_cidr: 10.64.0.0/20\n", "      node_cidr: 10.64.0.0/20\n      service_cidr: 100.70.0.0/20\n",
         "cluster-replaced"),
        ("\nname: platform", "\nname: other", "state-moved"),
        ("cidr: 10.64.0.0/16", "cidr: 10.64.0.0/17", "network-moved"),
        ("    sku_tier: Standard", "    private_ip: 10.0.0.5", "firewall-moved"),
        ("    cidr: 10.0.0.0/26\n", "    cidr: 10.0.0.0/26\n    allow_fqdns: [evil.example]\n", "firewall-opened"),
        ("vm_size: Standard_D4s_v5, min_count: 2, max_count: 3", "vm_size: Standard_D8s_v5, min_count: 2, max_count: 3",
         "nodes-replaced"),
        ("min_count: 2, max_count: 3", "min_count: 2, max_count: 3, zones: ['1']", "nodes-replaced"),
    ],
)  # fmt: skip
def test_what_the_file_alone_tells(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, old: str, new: str, rule: str
) -> None:
    repository.edit((old, new))
    assert rule in said(repository, monkeypatch)


def test_a_replaced_hvn_takes_everything_with_it(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit(("cidr: 172.25.16.0/20", "cidr: 172.25.32.0/20"))
    (lost,) = said(repository, monkeypatch)["vault-lost"]
    assert "**Terraform refuses this**" in lost["text"]
    goes = " ".join(lost["goes_with"])
    assert "every secret in Vault is lost" in goes
    assert all(f"`{each}`" in goes for each in ("peering-hub", "peering-orders", "peering-payments"))


def test_a_project_id_that_is_written_down_loses_nothing(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = "  project_id: 33333333-3333-4333-8333-333333333333\n"
    begin(repository, (line, ""))
    repository.edit(("  cidr: 172.25.16.0/20\n", "  cidr: 172.25.16.0/20\n" + line))
    assert not {"vault-lost", "peering-cut"} & said(repository, monkeypatch).keys()


MOVED = "10.96.32.0/19"


def test_a_subnet_that_changes_under_what_stands_in_it(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit(
        ("node_cidr: 10.65.0.0/20", "node_cidr: 10.65.16.0/20"),
        ("jobs: 10.96.0.0/24", "jobs: 10.96.1.0/24"),
        ("    cidr: 10.0.0.64/27", "    cidr: 10.0.0.96/27"),
    )
    found = {each["workspace"]: each for each in said(repository, monkeypatch)["network-moved"]}
    orders, analytics, hub = (found[each] for each in ("network-orders", "network-analytics", "hub"))
    assert orders["text"].startswith("subnet `nodes` moves from `10.65.0.0/20` to `10.65.16.0/20`. Azure refuses")
    assert orders["goes_with"][1].endswith(": `aks-orders`, `vault-auth-orders`, `vso-orders`, `secrets-orders`")
    assert "what stands in `jobs`" in analytics["goes_with"]
    assert analytics["by_hand"].startswith("take everything out of `jobs` of `analytics`")
    assert hub["goes_with"] == ["the runners, which stand in `runners`"]
    assert hub["by_hand"].startswith("take every runner out of `runners`, then apply `hub` from outside")


def test_a_range_that_grows_around_its_subnets_moves_nothing(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.edit(("cidr: 10.64.0.0/16", "cidr: 10.64.0.0/17"))
    (told,) = said(repository, monkeypatch)["network-moved"]
    assert (told["goes_with"], told["by_hand"]) == ([], "")


def test_the_firewall_goes_before_its_subnet_moves(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit(("    cidr: 10.0.0.0/26\n", "    cidr: 10.0.1.0/26\n"))
    (told,) = said(repository, monkeypatch)["network-moved"]
    assert told["goes_with"][0].startswith("the firewall and the runners")
    assert told["by_hand"].startswith("take the edit back; or")


def test_a_vnet_that_grows_is_no_move(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit(("    cidr: 10.96.0.0/20", "    cidr: 10.96.0.0/19"))
    assert "network-moved" not in said(repository, monkeypatch)


def test_of_another_subscription_what_differs_is_told(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    other = "99999999-9999-4999-8999-999999999999"
    repository.edit(("    cidr: 10.65.0.0/16\n", f"    cidr: 10.65.0.0/16\n    subscription_id: {other}\n"))
    found = said(repository, monkeypatch)
    for rule, words in (
        ("network-moved", "the VNet moves: `group.subscription_id` `"),
        ("cluster-replaced", "group `"),
    ):
        (text,) = [each["text"] for each in found[rule] if each["workspace"].endswith("-orders")]
        assert words in text
        assert f"→ `{other}`" in text


def test_a_move_is_told_to_its_end(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """Destroyed in the order of dependencies, its VNet too; reviewed again; applied again, keys and all."""
    replaces = (("cidr: 10.64.0.0/16", f"cidr: {MOVED}"), ("node_cidr: 10.64.0.0/20", "node_cidr: 10.96.32.0/20"))
    repository.edit(*replaces, ("vault_route: direct", "vault_route: via-hub"))
    (told,) = said(repository, monkeypatch)["network-moved"]
    steps = (
        "bin/cdktf destroy network-payments peering-payments aks-payments vault-auth-payments vso-payments secrets-pay",
        "then plan and review this once more",
        "after the merge apply wave by wave",
        "when `aks-payments` is there, `bin/hvn keys pull payments",
        "which applies `vault-auth-payments`",
    )
    places = [told["by_hand"].index(each) for each in steps]
    assert places == sorted(places)
    made = resource("azurerm_virtual_network.vnet", actions=("create",), after={"a": 1})
    found = said(repository, monkeypatch, network_payments=plan(made))
    (told,) = found["network-moved"]
    assert told["text"].endswith("The old one is gone, for the plan creates it")
    assert told["by_hand"].startswith("after the merge apply wave by wave; when `aks-payments` is there")
    assert "bin/cdktf destroy" not in found["workspace-removed"][0]["by_hand"]


def test_nodes_that_were_destroyed_before_they_move(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit(("node_cidr: 10.65.0.0/20", "node_cidr: 10.65.16.0/20"))
    made = resource("azurerm_kubernetes_cluster.cluster", actions=("create",), after={"a": 1})
    (told,) = said(repository, monkeypatch, aks_orders=plan(made))["network-moved"]
    assert (told["goes_with"], told["by_hand"]) == ([], "after the merge apply wave by wave")
    (told,) = said(repository, monkeypatch, "--wave", "2")["network-moved"]
    assert told["text"].endswith("The old one is gone, for the plan creates it")
    (repository.folder.parent / "plans" / "aks-orders.json").unlink()
    (told,) = said(repository, monkeypatch, "--wave", "2")["network-moved"]
    assert told["text"].endswith("for it was to be made in a wave before this one")
    assert "destroy" not in told["by_hand"]
    (told,) = said(repository, monkeypatch, "--wave", "1")["network-moved"]
    assert "destroy" in told["by_hand"]


def test_what_moves_with_its_network_and_is_in_no_wave_has_a_command(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = "    cidr: 10.65.0.0/16\n    vault_route: direct\n", "    cidr: 10.65.0.0/17\n    vault_route: direct\n"
    begin(repository, (old, f"{old}    subnets:\n      jobs: 10.65.128.0/24\n"))
    repository.edit((old, new), ("jobs: 10.65.128.0/24", "jobs: 10.65.64.0/24"))
    (told,) = said(repository, monkeypatch)["network-moved"]
    assert "`bin/cdktf deploy aks-orders vault-auth-orders vso-orders secrets-orders`" in told["by_hand"]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"1.36"', '"1.35"', "AKS takes no lower version of Kubernetes: `1.36` → `1.35`"),
        ('"1.36"', '"1.35.9"', "AKS takes no lower version of Kubernetes: `1.36` → `1.35.9`"),
        ("tier: standard_small", "tier: dev", "HCP scales no Vault cluster down to `dev`: this one is"),
    ],
)
def test_what_a_cloud_refuses_though_the_plan_does_not(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, old: str, new: str, says: str
) -> None:
    repository.edit((old, new))
    found = said(repository, monkeypatch)
    (told,) = found["change-refused"]
    assert told["text"].startswith(says)
    assert "nodes-replaced" not in found


@pytest.mark.parametrize(
    ("before", "after", "refused", "skips"),
    [("1.35", "1.35.1", False, False), ("1.36.2", "1.36.1", True, False), ("1.36.2", "1.36", False, False),
     ("1.34", "1.36", False, True), ("1.9", "1.10", False, False), ("1.36.10", "1.36.9", True, False)],
)  # fmt: skip
def test_versions_are_compared_as_numbers(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, before: str, after: str, refused: bool, skips: bool
) -> None:
    begin(repository, ('"1.36"', f'"{before}"'))
    repository.edit((f'"{before}"', f'"{after}"'))
    found = said(repository, monkeypatch)
    assert ("change-refused" in found) == refused
    upgraded = [each["text"] for each in found.get("nodes-replaced", ())]
    assert ["refuses to skip" in each for each in upgraded] == ([] if refused else [skips])


def test_who_is_administrator_of_a_cluster(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    line = "      vault_login: {keys: pubkeys}\n"
    one, two = (f"6b1f2d3c-0a9e-4c57-8f7d-3a2b1c0d9e8{end}" for end in "12")
    groups = f"      admin_groups: [{one}]\n{line}"
    repository.edit((line, groups))
    (told,) = said(repository, monkeypatch)["cluster-admins"]
    assert f"administrators now, too: everybody in `{one}`; local accounts are turned off" in told["text"]
    assert "rotate the certificates" in told["by_hand"]
    begin(repository, (one, f"{one}, {two}"))
    assert "cluster-admins" not in said(repository, monkeypatch)
    repository.edit((groups.replace(one, f"{one}, {two}"), line))
    (told,) = said(repository, monkeypatch)["cluster-admins"]
    assert told["text"].startswith("local accounts are turned on")


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("1.36", "1.36.1", "it is not known which patch `1.36` stands for. An upgrade, node by node"),
        ("1.36.3", "1.36", "it is not known which patch `1.36` stands for. AKS starts no upgrade"),
        ("1.35.3", "1.36", "node by node, and there is no way back"),
    ],
)
def test_a_version_without_a_patch_is_no_certain_upgrade(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, before: str, after: str, words: str
) -> None:
    if before != "1.36":
        begin(repository, ('"1.36"', f'"{before}"'))
    repository.edit((f'"{before}"', f'"{after}"'))
    (told, *_) = said(repository, monkeypatch)["nodes-replaced"]
    assert words in told["text"]


SPY = """        spy:
          namespace: spy
          service_account: spy
          secrets:
            - {path: orders/checkout, destination: x}
"""


def test_roles_that_are_new(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit(("  kv_mount: kvv2\n", f"  kv_mount: kvv2\n{CI}"), ("        webapp:\n", f"{SPY}        webapp:\n"))
    texts = {each["text"] for each in said(repository, monkeypatch)["login-widened"]}
    assert "role `spy` at `jwt-payments` is new, and opens what others have: `kvv2/data/orders/checkout` " in " ".join(
        texts
    )
    apply = next(each for each in texts if each.startswith("role `apply` at `ci-github` is new"))
    assert "may write" in apply
    assert "`sys/policies/acl/platform_*`" in apply
    begin(repository)
    repository.git("switch", "-q", "main")
    repository.commit()
    repository.git("switch", "-q", "-C", "change")
    assert "login-widened" not in said(repository, monkeypatch)


def test_against_a_base_with_errors_no_role_is_called_new(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(repository, ("  cidr: 10.0.0.0/22", "  cidr: 10.0.0.0/99"))
    repository.edit(("  cidr: 10.0.0.0/99", "  cidr: 10.0.0.0/22"))
    assert "login-widened" not in said(repository, monkeypatch)


@pytest.mark.parametrize(
    ("old", "new", "wider"),
    [
        ("namespace: app", "namespace: other", ["takes other tokens (by subject)"]),
        ("service_account: default\n", "service_account: default\n          ttl: 2h\n",
         ["has a longer ttl: 3600 s → 7200 s"]),
        ("service_account: default\n", "service_account: default\n          max_ttl: 48h\n",
         ["has a longer max_ttl: 86400 s → 172800 s"]),
        ("service_account: default\n", "service_account: default\n          audience: other\n",
         ["takes other tokens (by audience)"]),
        ("webapp/config", "orders/checkout",
         ["may now, too: `kvv2/data/orders/checkout` (read)", "opens what others have"]),
        ("service_account: default\n", "service_account: default\n          ttl: 5m\n          max_ttl: 6h\n", []),
        ("kv_mount: kvv2", "kv_mount: kv", []),
    ],
)  # fmt: skip
def test_in_what_a_role_is_wider(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, old: str, new: str, wider: list[str]
) -> None:
    repository.edit((old, new))
    texts = [each["text"] for each in said(repository, monkeypatch).get("login-widened", ())]
    assert len(texts) == bool(wider)
    assert all(each in texts[0] for each in wider)


def test_a_new_role_that_opens_what_nobody_else_has_is_no_warning(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.edit((ORDERS, ORDERS + SHIPPING.replace("shipping/checkout", "shipping/own")))
    assert "login-widened" not in said(repository, monkeypatch)


def test_a_secret_that_is_gained_is_named_however_many_there_are(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(
        repository, (SYNCED, SYNCED + "".join(MORE.format(f"webapp/s{number}", f"s{number}") for number in range(20)))
    )
    repository.edit((SYNCED, SYNCED + MORE.format("zz-billing/root-password", "zz")))
    (told,) = said(repository, monkeypatch)["login-widened"]
    assert told["text"] == "role `webapp` at `jwt-payments` may now, too: `kvv2/data/zz-billing/root-password` (read)"
    (text,) = (
        CliRunner().invoke(cli, [*REVIEW, "--fail-on", "never"], catch_exceptions=False).stdout.split("### Who may")[1:]
    )
    access = text.partition("###")[0]
    assert "  - may now, too: `kvv2/data/zz-billing/root-password` (read)\n" in access
    assert "webapp/s1" not in access


def test_what_a_firewall_no_longer_lets_through_is_told(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    firewall = "    cidr: 10.0.0.0/26\n"
    begin(repository, (firewall, firewall + "    allow_fqdns: [one.example, two.example]\n"))
    repository.edit(("[one.example, two.example]", "[one.example]"))
    found = said(repository, monkeypatch)
    (told,) = found["firewall-closed"]
    assert (told["workspace"], told["text"]) == ("hub", "rule `pools-allowed` no longer takes `two.example` as name")
    assert "firewall-opened" not in found


def test_a_smaller_range_opens_nothing(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit(("  spokes: 10.64.0.0/12", "  spokes: 10.64.0.0/13"))
    found = said(repository, monkeypatch)
    assert "firewall-opened" not in found
    assert all("no longer take `10.64.0.0/12` as source" in each["text"] for each in found["firewall-closed"])


def test_a_difference_at_the_end_of_a_long_audience_is_shown(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = "          service_account: default\n"
    long = f"https://{'a' * 110}"
    begin(repository, (account, f"{account}          audience: {long}x\n"))
    repository.edit((f"{long}x", f"{long}y"))
    monkeypatch.chdir(repository.folder)
    text = CliRunner().invoke(cli, [*REVIEW, "--fail-on", "never"], catch_exceptions=False).stdout
    access = text.partition("### Who may log in")[2].partition("###")[0]
    assert f"`{long}x`" in access
    assert f"`{long}y`" in access


def test_keys_of_another_cluster_are_told_as_such(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    jwks = repository.file.parent / "jwks"
    both = {name: key_set(rsa_key()[0]) for name in ("payments", "orders")}
    for name, keys in both.items():
        (jwks / f"{name}.json").write_bytes(keys)
    begin(repository, ("vault_login: {keys: issuer}", "vault_login: {keys: pubkeys}"))
    for name, other in (("payments", "orders"), ("orders", "payments")):
        (jwks / f"{name}.json").write_bytes(both[other])
    told = {each["workspace"]: each["text"] for each in said(repository, monkeypatch)["keys-changed"]}
    assert "**These are keys of another cluster**" in told["vault-auth-orders"]
    assert told["vault-auth-orders"].endswith("of `jwt-payments`")
    assert told["vault-auth-payments"].endswith("of `jwt-orders`")


def test_a_change_of_what_writes_the_review_is_told(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = repository.folder / "hvn" / "review" / "rules" / "vault_lost.py"
    rule.parent.mkdir(parents=True)
    rule.write_text("as it was")
    begin(repository, ("max_count: 3", "max_count: 4"))
    assert "review-changed" not in said(repository, monkeypatch)
    rule.write_text("muted")
    (told,) = said(repository, monkeypatch)["review-changed"]
    assert "`hvn/review/rules/vault_lost.py`" in told["text"]


def test_one_range_in_many_rules_is_told_once(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit(("    cidr: 10.0.0.64/27", "    cidr: 10.0.0.96/27"))
    (told,) = said(repository, monkeypatch)["firewall-opened"]
    assert told["text"].startswith("rules `")
    assert told["text"].endswith(" also take `10.0.0.96/27` as source")


def test_with_the_last_app_its_namespace_goes(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit((ORDERS[ORDERS.index("      apps:") :], "\n"))
    (told,) = said(repository, monkeypatch)["workspace-removed"]
    assert told["goes_with"][0].startswith("**everything in the namespaces** `checkout`")
    assert told["goes_with"][1].startswith("the operator")


def test_the_hubs_peering_is_everybodys(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    text = repository.file.read_text(encoding="utf-8")
    start = text.index("  vault_peering:")
    repository.edit((text[start : text.index("\nspokes:")], ""), ("vault_route: via-hub", "vault_route: none"))
    (told,) = said(repository, monkeypatch)["workspace-removed"]
    (goes,) = told["goes_with"]
    assert goes.startswith("the way to Vault of the runners, which apply")
    assert goes.endswith("via the hub: `analytics`")


def test_zones_of_the_firewall_replace_it(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit(("    sku_tier: Standard", "    sku_tier: Standard\n    zones: ['1', '2']"))
    (told,) = said(repository, monkeypatch)["egress-cut"]
    assert told["text"].startswith("replaced (firewall, public_ip), for it cannot change: zones `none` → `1, 2`")
    assert "`orders`" in told["goes_with"][0]
    assert told["by_hand"].startswith("apply `hub` from outside of the network")


def test_who_applies_over_what_it_takes_away(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    routes = resource("azurerm_route_table.route_table", actions=("delete",))
    peering = resource("hcp_azure_peering_connection.peering", actions=("delete", "create"))
    made = {"hub": plan(routes), "peering_hub": plan(peering)}
    found = said(repository, monkeypatch, **made, network_orders=plan(routes), peering_orders=plan(peering))
    steps = {each["workspace"]: each["by_hand"] for name in ("egress-cut", "peering-cut") for each in found[name]}
    assert steps["hub"].startswith("apply `hub` from outside of the network")
    assert steps["peering-hub"].startswith("apply `peering-hub` alone, and wait until the peering is ACTIVE")
    assert steps["network-orders"] == steps["peering-orders"] == ""


def test_a_firewall_that_stands_takes_no_other_address(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit(("    sku_tier: Standard", "    private_ip: 10.0.0.5"))
    (told,) = said(repository, monkeypatch)["firewall-moved"]
    assert told["by_hand"].startswith("take the edit back")
    assert "`az network firewall delete -g rg-platform-hub -n " in told["by_hand"]


def test_a_plan_of_a_workspace_that_nobody_knows(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    (told,) = said(repository, monkeypatch, network_nowhere=plan())["not-known"]
    assert (told["level"], told["text"]) == ("error", "`network-nowhere` is no workspace of the topology")


def test_the_plans_of_a_wave_are_wanted(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit((ORDERS, ORDERS + SHIPPING))
    first, second = (said(repository, monkeypatch, "--wave", each)["not-known"] for each in ("1", "2"))
    ids = [[each["workspace"] for each in wave] for wave in (first, second)]
    assert ids == [
        ["network-shipping", "peering-shipping", "aks-shipping"],
        ["vault-auth-shipping", "vso-shipping"],
    ]


def test_what_is_blocked_is_not_gone(repository: Repository) -> None:
    (repository.file.parent / "jwks" / "payments.json").unlink()
    loaded = load(repository.file)
    assert loaded.checked
    situation = build(history.base("main", repository.file), loaded, loaded.checked, {}, 1)
    assert situation.after["vault-auth-payments"].blocked
    assert list(situation.pairs(VaultAuthInputs)) == []


def test_what_is_blocked_still_logs_in(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    (repository.file.parent / "jwks" / "payments.json").unlink()
    monkeypatch.chdir(repository.folder)
    (repository.folder.parent / "plans").mkdir()
    text = CliRunner().invoke(cli, REVIEW, catch_exceptions=False).stdout
    assert "`vault-auth-payments` was built in the base and is held back now" in text
    assert "can no longer log in" not in text


@pytest.mark.parametrize(
    ("keys", "after", "words"),
    [
        (
            "old",
            "",
            "**the issuer is no longer compared** (was `https://one`): a token is taken whatever issuer it names",
        ),
        (
            "new",
            "",
            "trusts `new` instead; no longer trusts `old`: tokens signed by it are refused; **the issuer is no",
        ),
        ("old new", "https://one", "trusts `new` as well. Compare the new ones with the cluster's"),
        ("", "", "trusts whatever keys the issuer publishes, no longer those of the repository (`old`); issuer"),
        ("old", "https://two", "issuer `https://one` → `https://two`"),
    ],
)
def test_what_a_mount_trusts_in_words(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, keys: str, after: str, words: str
) -> None:
    loaded = load(repository.file)
    assert loaded.checked
    base = build(history.base("main", repository.file), loaded, loaded.checked, {}, 1)
    trust, before = base.access_after.trust, Trust(keys=("old",), issuer="https://one")
    now = Trust(keys=tuple(keys.split()), issuer=after)
    sides = (replace(base.access_after, trust={**trust, "jwt-payments": each}) for each in (before, now))
    situation = replace(base, access_before=next(sides), access_after=next(sides))
    (told,) = keys_changed.check(situation)
    assert told.text.startswith(f"`jwt-payments` {words}")
    assert ("Compare the new ones" in told.text) == ("new" in keys)


def test_a_key_file_that_is_renamed_with_its_spoke(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit(("  payments:", "  billing:"))
    jwks = repository.file.parent / "jwks"
    jwks.joinpath("payments.json").rename(jwks / "billing.json")
    (told,) = said(repository, monkeypatch)["keys-changed"]
    assert told["workspace"] == "vault-auth-billing"
    assert told["text"].startswith("`jwt-billing` is new, and trusts `")
    assert "keys that `jwt-payments` has in the base" in told["text"]
    assert "`bin/hvn keys pull billing --issuer URL`, and a commit" in told["by_hand"]
    (jwks / "billing.json").write_bytes(key_set(rsa_key()[0]))
    assert "keys-changed" not in said(repository, monkeypatch)


def test_ids_and_names_are_used_once() -> None:
    found = [each.RULE for each in rules.modules()]
    assert len({each.id for each in found}) == len({each.name for each in found}) == len(found)
    assert all(each.id.startswith("HVN9") for each in found)


def test_every_rule_is_spoken_of_by_an_edit_or_a_test() -> None:
    folder = PROJECT / "tests" / "review"
    told = "".join(each.read_text(encoding="utf-8") for each in folder.rglob("*.md"))
    tests = "".join(each.read_text(encoding="utf-8") for each in folder.glob("test_*.py"))
    lines = [line for line in tests.splitlines() if "not in" not in line]
    names = [each.RULE.name for each in rules.modules()]
    assert [
        name for name in names if f"**{name}**" not in told and not any(f'"{name}"' in line for line in lines)
    ] == []


def test_what_forces_a_replacement_is_what_the_provider_says() -> None:
    from hvn.kinds import aks
    from hvn.kinds.peering import impact
    from hvn.rehearsal.tables import table
    from hvn.review.rules import egress_cut

    arguments = {
        "cluster": "name",
        "group": "resource_group_name",
        "node_group": "node_resource_group",
        "dns_zone": "private_dns_zone_id",
        **{name: f"network_profile.{name}" for name in ("pod_cidr", "service_cidr", "dns_service_ip")},
    }
    cluster = table("azurerm", "azurerm_kubernetes_cluster")
    assert all(cluster.of(arguments.get(name, name)).get("force_new") for name in aks.FORCES)
    arguments = {"hvn": "hvn_link", "vnet": "peer_vnet_name", "location": "peer_vnet_region"}
    for argument, kinds in egress_cut.FORCES.items():
        name = {"public_ip": "name", "policy": "name"}.get(argument, argument)
        names = {"sku_tier": "sku"}.get(name, name)
        assert all(table("azurerm", kind).of(names).get("force_new") for kind in kinds)
    peering = table("hcp", "hcp_azure_peering_connection")
    assert all(peering.of(arguments.get(name, name)).get("force_new") for name in impact.FORCES)
