"""Findings that need the topology only, without a plan; and every rule has an edit or a test."""

import importlib
from dataclasses import replace

import pytest
from click.testing import CliRunner

from hvn.affected import history
from hvn.check.load import load
from hvn.cli import cli
from hvn.diagnostics.message import Message, as_text
from hvn.kinds.vault_auth.inputs import VaultAuthInputs
from hvn.review import rules
from hvn.review.access import Trust
from hvn.review.build import build
from hvn.review.rules import keys_changed
from tests.affected.conftest import Repository
from tests.conftest import PROJECT
from tests.review.conftest import begin
from tests.review.edits import CI, ORDERS, SHIPPING, SYNCED
from tests.review.findings import findings, impact, steps
from tests.review.plans import plan, resource
from tests.topology.test_jwks import key_set, rsa_key

REVIEW = ["review", "../plans", "--base", "main", "--topology", "config/topology.yaml"]
MORE = "            - {{path: {}, destination: {}}}\n"
NO_CLUSTER = "  orders:\n    cidr: 10.65.0.0/16\n    vault_route: direct\n"
NO_WAY = NO_CLUSTER.replace("direct", "none")
BY_FIREWALL = NO_CLUSTER.replace("direct", "via-hub").replace("10.65.0.0/16", "10.96.32.0/19")


def test_a_connection_that_opens(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(repository, (ORDERS, NO_WAY))
    repository.edit((NO_WAY, NO_CLUSTER))
    gained = [one["facts"] for one in findings(repository, monkeypatch)["reach-gained"]]
    assert {"source": "orders", "destination": "vault", "port": 8200} in gained


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
    """The rules of an existing firewall are unknown."""
    text = repository.file.read_text(encoding="utf-8")
    hub = text[text.index("hub:\n") + len("hub:\n") : text.index("  vault_peering:")]
    repository.edit((hub, EXISTING_HUB))
    found = findings(repository, monkeypatch)["reach-gained"]
    assert {"source": "analytics", "destination": "orders", "port": 443} in [one["facts"] for one in found]
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


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("cidr: 172.25.16.0/20", "cidr: 172.25.32.0/20", "vault-lost"),
        ("id: hvn-japaneast", "id: hvn-other", "vault-lost"),
        ("cluster_id: vault-prod", "cluster_id: vault-two", "vault-lost"),
        ("namespace: admin", "namespace: admin/other", "secrets-engine-changed"),
        ("      node_cidr: 10.64.0.0/20\n", "      node_cidr: 10.64.0.0/20\n      service_cidr: 100.70.0.0/20\n",
         "cluster-replaced"),
        ("\nname: platform", "\nname: other", "state-moved"),
        ("cidr: 10.64.0.0/16", "cidr: 10.64.0.0/17", "network-moved"),
        ("    sku_tier: Standard", "    private_ip: 10.0.0.5", "firewall-ip-changed"),
        ("    cidr: 10.0.0.0/26\n", "    cidr: 10.0.0.0/26\n    allow_fqdns: [evil.example]\n", "firewall-opened"),
        ("vm_size: Standard_D4s_v5, min_count: 2, max_count: 3", "vm_size: Standard_D8s_v5, min_count: 2, max_count: 3",
         "nodes-replaced"),
        ("min_count: 2, max_count: 3", "min_count: 2, max_count: 3, zones: ['1']", "nodes-replaced"),
    ],
)  # fmt: skip
def test_an_edit_is_reported_without_a_plan(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, old: str, new: str, rule: str
) -> None:
    repository.edit((old, new))
    assert rule in findings(repository, monkeypatch)


def test_a_replaced_hvn_affects_peerings_and_secrets(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit(("cidr: 172.25.16.0/20", "cidr: 172.25.32.0/20"))
    (lost,) = findings(repository, monkeypatch)["vault-lost"]
    assert "prevent_destroy" in lost["message"]
    assert all(f"peering-{name}" in impact(lost) for name in ("hub", "orders", "payments"))
    assert all(f"secrets-{name}" in impact(lost) for name in ("orders", "payments"))


def test_a_project_id_that_is_written_down_loses_nothing(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = "  project_id: 33333333-3333-4333-8333-333333333333\n"
    begin(repository, (line, ""))
    repository.edit(("  cidr: 172.25.16.0/20\n", "  cidr: 172.25.16.0/20\n" + line))
    assert not {"vault-lost", "peering-cut"} & findings(repository, monkeypatch).keys()


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
    assert "apply hub from outside of the network" in steps(hub)


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
    """Destroyed in the order of dependencies, with its VNet; reviewed again; applied again, with new keys."""
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
    assert moved["facts"]["evidence"] == "the plan creates it"
    assert moved["manual_steps"][0].startswith("after the merge")
    assert "when aks-payments exists" in moved["manual_steps"][1]
    assert "bin/cdktf destroy" not in steps(found["workspace-removed"][0])


def test_nodes_that_were_destroyed_before_they_move(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit(("node_cidr: 10.65.0.0/20", "node_cidr: 10.65.16.0/20"))
    made = resource("azurerm_kubernetes_cluster.cluster", actions=("create",), after={"a": 1})
    (moved,) = findings(repository, monkeypatch, aks_orders=plan(made))["network-moved"]
    assert (moved["impact"], len(moved["manual_steps"])) == ([], 1)
    (moved,) = findings(repository, monkeypatch, "--wave", "2")["network-moved"]
    assert moved["facts"]["evidence"] == "the plan creates it"
    (repository.folder.parent / "plans" / "aks-orders.json").unlink()
    (moved,) = findings(repository, monkeypatch, "--wave", "2")["network-moved"]
    assert moved["facts"]["evidence"] == "an earlier wave creates it"
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


@pytest.mark.parametrize(
    ("old", "new", "values"),
    [
        ('"1.36"', '"1.35"', ("1.36", "1.35")),
        ('"1.36"', '"1.35.9"', ("1.36", "1.35.9")),
        ("tier: standard_small", "tier: dev", ("standard_small", "dev")),
    ],
)
def test_a_change_that_a_cloud_refuses_and_the_plan_does_not(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, old: str, new: str, values: tuple[str, str]
) -> None:
    repository.edit((old, new))
    found = findings(repository, monkeypatch)
    (refused,) = found["change-refused"]
    assert tuple(refused["facts"].values()) == values
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
    found = findings(repository, monkeypatch)
    assert ("change-refused" in found) == refused
    upgraded = [one["message"] for one in found.get("nodes-replaced", ())]
    assert ["skip a minor version" in message for message in upgraded] == ([] if refused else [skips])


def test_administrators_of_a_cluster(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    line = "      vault_login: {keys: pubkeys}\n"
    one, two = (f"6b1f2d3c-0a9e-4c57-8f7d-3a2b1c0d9e8{end}" for end in "12")
    groups = f"      admin_groups: [{one}]\n{line}"
    repository.edit((line, groups))
    (changed,) = findings(repository, monkeypatch)["cluster-admins-changed"]
    assert (one in changed["message"], "disabled" in changed["message"]) == (True, True)
    assert "rotate the certificates" in steps(changed)
    begin(repository, (one, f"{one}, {two}"))
    assert "cluster-admins-changed" not in findings(repository, monkeypatch)
    repository.edit((groups.replace(one, f"{one}, {two}"), line))
    (changed,) = findings(repository, monkeypatch)["cluster-admins-changed"]
    assert "local accounts are enabled" in changed["message"]


@pytest.mark.parametrize(
    ("before", "after", "upgrade"),
    [
        ("1.36", "1.36.1", "the patch of 1.36 is unknown"),
        ("1.36.3", "1.36", "AKS starts no upgrade"),
        ("1.35.3", "1.36", "an upgrade node by node, which cannot be reverted"),
    ],
)
def test_a_version_without_a_patch_is_no_certain_upgrade(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, before: str, after: str, upgrade: str
) -> None:
    if before != "1.36":
        begin(repository, ('"1.36"', f'"{before}"'))
    repository.edit((f'"{before}"', f'"{after}"'))
    (replaced, *_) = findings(repository, monkeypatch)["nodes-replaced"]
    assert upgrade in replaced["facts"]["upgrade"]
    assert (replaced["facts"]["old"], replaced["facts"]["new"]) == (before, after)


SPY = """        spy:
          namespace: spy
          service_account: spy
          secrets:
            - {path: orders/checkout, destination: x}
"""


def test_new_roles(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit(("  kv_mount: kvv2\n", f"  kv_mount: kvv2\n{CI}"), ("        webapp:\n", f"{SPY}        webapp:\n"))
    widened = {
        (one["facts"]["role"], one["facts"]["mount"]): one for one in findings(repository, monkeypatch)["login-widened"]
    }
    assert "kvv2/data/orders/checkout (as checkout at jwt-orders)" in widened["spy", "jwt-payments"]["message"]
    assert "sys/policies/acl/platform_*" in widened["apply", "ci-github"]["message"]
    begin(repository)
    repository.git("switch", "-q", "main")
    repository.commit()
    repository.git("switch", "-q", "-C", "change")
    assert "login-widened" not in findings(repository, monkeypatch)


def test_against_a_base_with_errors_no_role_is_called_new(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(repository, ("  cidr: 10.0.0.0/22", "  cidr: 10.0.0.0/99"))
    repository.edit(("  cidr: 10.0.0.0/99", "  cidr: 10.0.0.0/22"))
    assert "login-widened" not in findings(repository, monkeypatch)


@pytest.mark.parametrize(
    ("old", "new", "wider"),
    [
        ("namespace: app", "namespace: other", ["by subject"]),
        ("service_account: default\n", "service_account: default\n          ttl: 2h\n", ["ttl: 3600 s → 7200 s"]),
        ("service_account: default\n", "service_account: default\n          max_ttl: 48h\n",
         ["max_ttl: 86400 s → 172800 s"]),
        ("service_account: default\n", "service_account: default\n          audience: other\n", ["by audience"]),
        ("webapp/config", "orders/checkout",
         ["access to kvv2/data/orders/checkout (read)", "(as checkout at jwt-orders)"]),
        ("service_account: default\n", "service_account: default\n          ttl: 5m\n          max_ttl: 6h\n", []),
        ("kv_mount: kvv2", "kv_mount: kv", []),
    ],
)  # fmt: skip
def test_a_wider_role(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, old: str, new: str, wider: list[str]
) -> None:
    repository.edit((old, new))
    messages = [one["message"] for one in findings(repository, monkeypatch).get("login-widened", ())]
    assert len(messages) == bool(wider)
    assert all(value in messages[0] for value in wider)


def test_a_new_role_with_paths_of_its_own_is_no_warning(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.edit((ORDERS, ORDERS + SHIPPING.replace("shipping/checkout", "shipping/own")))
    assert "login-widened" not in findings(repository, monkeypatch)


def test_a_gained_path_is_named_among_many(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(
        repository, (SYNCED, SYNCED + "".join(MORE.format(f"webapp/s{number}", f"s{number}") for number in range(20)))
    )
    repository.edit((SYNCED, SYNCED + MORE.format("zz-billing/root-password", "zz")))
    (widened,) = findings(repository, monkeypatch)["login-widened"]
    assert widened["facts"]["changes"] == "gets access to kvv2/data/zz-billing/root-password (read)"
    text = CliRunner().invoke(cli, [*REVIEW, "--fail-on", "never"], catch_exceptions=False).stdout
    logins = text.partition("### Vault logins")[2].partition("###")[0]
    assert "`kvv2/data/zz-billing/root-password` (read)\n" in logins
    assert "webapp/s1" not in logins


def test_paths_of_many_roles_are_all_named(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    count = 40
    begin(repository, (SYNCED, SYNCED + "".join(MORE.format(f"webapp/s{n:02}", f"s{n}") for n in range(count))))
    spy = SPY.replace("orders/checkout", "webapp/s00")
    more = "".join(MORE.format(f"webapp/s{n:02}", f"t{n}") for n in range(1, count))
    repository.edit(("        webapp:\n", f"{spy}{more}        webapp:\n"))
    (widened,) = findings(repository, monkeypatch)["login-widened"]
    assert all(f"kvv2/data/webapp/s{n:02} (as webapp" in widened["message"] for n in range(count))
    text = CliRunner().invoke(cli, [*REVIEW, "--fail-on", "never"], catch_exceptions=False).stdout
    assert all(f"`kvv2/data/webapp/s{n:02}` (as `webapp`" in text for n in range(count))


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
    repository.edit(("  spokes: 10.64.0.0/12", "  spokes: 10.64.0.0/13"))
    found = findings(repository, monkeypatch)
    assert "firewall-opened" not in found
    assert {one["facts"]["values"] for one in found["firewall-closed"]} == {"source 10.64.0.0/12"}


def test_a_difference_at_the_end_of_a_long_audience_is_shown(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = "          service_account: default\n"
    long = f"https://{'a' * 110}"
    begin(repository, (account, f"{account}          audience: {long}x\n"))
    repository.edit((f"{long}x", f"{long}y"))
    monkeypatch.chdir(repository.folder)
    text = CliRunner().invoke(cli, [*REVIEW, "--fail-on", "never"], catch_exceptions=False).stdout
    logins = text.partition("### Vault logins")[2].partition("###")[0]
    assert f"`{long}x`" in logins
    assert f"`{long}y`" in logins


def test_keys_of_another_cluster(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    jwks = repository.file.parent / "jwks"
    both = {name: key_set(rsa_key()[0]) for name in ("payments", "orders")}
    for name, keys in both.items():
        (jwks / f"{name}.json").write_bytes(keys)
    begin(repository, ("vault_login: {keys: issuer}", "vault_login: {keys: pubkeys}"))
    for name, other in (("payments", "orders"), ("orders", "payments")):
        (jwks / f"{name}.json").write_bytes(both[other])
    changed = {one["workspace"]: one["facts"] for one in findings(repository, monkeypatch)["keys-changed"]}
    assert changed["vault-auth-orders"]["changes"].endswith(" of jwt-payments")
    assert changed["vault-auth-payments"]["changes"].endswith(" of jwt-orders")


def test_a_change_of_the_code_of_the_review(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = repository.folder / "hvn" / "review" / "rules" / "vault_lost.py"
    rule.parent.mkdir(parents=True)
    rule.write_text("as it was")
    begin(repository, ("max_count: 3", "max_count: 4"))
    assert "review-changed" not in findings(repository, monkeypatch)
    rule.write_text("muted")
    (changed,) = findings(repository, monkeypatch)["review-changed"]
    assert changed["facts"]["files"] == ["hvn/review/rules/vault_lost.py"]


@pytest.mark.parametrize(
    "file",
    [
        *("sitecustomize.py", "Makefile", "tools/setup.py", ".npmrc", "pyproject.toml", ".ci/run", "CODEOWNERS"),
        *("docs/CODEOWNERS", ".github/actions/plan/action.yml", ".github/workflows/review.yml", "bin/hvn"),
    ],
)
def test_a_file_that_can_change_the_review(repository: Repository, monkeypatch: pytest.MonkeyPatch, file: str) -> None:
    path = repository.folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("changed", encoding="utf-8")
    (changed,) = findings(repository, monkeypatch)["review-changed"]
    assert changed["facts"]["files"] == [file]


@pytest.mark.parametrize("file", ["docs/how-to/rehearse.md", "tests/test_x.py", "README.md", "config/jwks/x.json"])
def test_a_file_that_cannot_change_the_review(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    path = repository.folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{}", encoding="utf-8")
    assert "review-changed" not in findings(repository, monkeypatch)


def test_one_range_in_many_rules_is_one_finding(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit(("    cidr: 10.0.0.64/27", "    cidr: 10.0.0.96/27"))
    (opened,) = findings(repository, monkeypatch)["firewall-opened"]
    assert len(opened["facts"]["rules"]) > 1
    assert opened["facts"]["values"] == "source 10.0.0.96/27"


def test_the_last_app_is_removed_with_its_namespace(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit((ORDERS[ORDERS.index("      apps:") :], "\n"))
    (removed,) = findings(repository, monkeypatch)["workspace-removed"]
    assert "namespaces checkout" in removed["impact"][0]
    assert removed["impact"][1].startswith("the operator")


def test_the_hubs_peering_serves_runners_and_spokes(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    text = repository.file.read_text(encoding="utf-8")
    start = text.index("  vault_peering:")
    repository.edit((text[start : text.index("\nspokes:")], ""), ("vault_route: via-hub", "vault_route: none"))
    (removed,) = findings(repository, monkeypatch)["workspace-removed"]
    assert ("the runners" in impact(removed), impact(removed).endswith("analytics")) == (True, True)


def test_zones_of_the_firewall_replace_it(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit(("    sku_tier: Standard", "    sku_tier: Standard\n    zones: ['1', '2']"))
    (cut,) = findings(repository, monkeypatch)["egress-cut"]
    assert all(value in cut["message"] for value in ("azurerm_firewall", "azurerm_public_ip", "zones none → 1, 2"))
    assert "orders" in cut["impact"][0]
    assert "apply hub from outside of the network" in steps(cut)


def test_steps_for_changes_that_cut_off_the_runners(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    routes = resource("azurerm_route_table.route_table", actions=("delete",))
    peering = resource("hcp_azure_peering_connection.peering", actions=("delete", "create"))
    made = {"hub": plan(routes), "peering_hub": plan(peering)}
    found = findings(repository, monkeypatch, **made, network_orders=plan(routes), peering_orders=plan(peering))
    todo = {one["workspace"]: steps(one) for name in ("egress-cut", "peering-cut") for one in found[name]}
    assert "apply hub from outside of the network" in todo["hub"]
    assert "apply peering-hub alone" in todo["peering-hub"]
    assert todo["network-orders"] == todo["peering-orders"] == ""


def test_a_firewall_keeps_its_address(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit(("    sku_tier: Standard", "    private_ip: 10.0.0.5"))
    (changed,) = findings(repository, monkeypatch)["firewall-ip-changed"]
    assert changed["facts"] == {"old": "10.0.0.4", "new": "10.0.0.5"}
    assert "az network firewall delete -g rg-platform-hub -n " in steps(changed)


def test_a_plan_of_an_unknown_workspace(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    (unknown,) = findings(repository, monkeypatch, network_nowhere=plan())["incomplete-review"]
    assert (unknown["level"], unknown["workspace"]) == ("error", "network-nowhere")


def test_the_plans_of_a_wave_are_wanted(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit((ORDERS, ORDERS + SHIPPING))
    first, second = (findings(repository, monkeypatch, "--wave", wave)["incomplete-review"] for wave in ("1", "2"))
    ids = [[one["workspace"] for one in wave] for wave in (first, second)]
    assert ids == [
        ["network-shipping", "peering-shipping", "aks-shipping"],
        ["vault-auth-shipping", "vso-shipping"],
    ]


def test_a_blocked_workspace_is_not_removed(repository: Repository) -> None:
    (repository.file.parent / "jwks" / "payments.json").unlink()
    loaded = load(repository.file)
    assert loaded.checked
    context = build(history.base("main", repository.file), loaded, loaded.checked, {}, 1)
    assert context.after["vault-auth-payments"].blocked
    assert list(context.changed(VaultAuthInputs)) == []


def test_logins_of_a_blocked_workspace_stay(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    (repository.file.parent / "jwks" / "payments.json").unlink()
    monkeypatch.chdir(repository.folder)
    (repository.folder.parent / "plans").mkdir()
    text = CliRunner().invoke(cli, REVIEW, catch_exceptions=False).stdout
    assert "**incomplete-review** `vault-auth-payments`, `secrets-payments`:" in text
    assert "can no longer log in" not in text


@pytest.mark.parametrize(
    ("keys", "issuer", "values"),
    [
        ("old", "", ["no longer compares the issuer (was https://one)"]),
        (
            "new",
            "",
            ["trusts the new keys new", "no longer trusts old", "no longer compares the issuer", "compare the"],
        ),
        ("old new", "https://one", ["trusts the new keys new", "compare the"]),
        ("", "", ["no longer those of the repository: old", "changes the issuer: https://one → the cluster's own"]),
        ("old", "https://two", ["changes the issuer: https://one → https://two"]),
    ],
)
def test_the_trust_of_a_mount(repository: Repository, keys: str, issuer: str, values: list[str]) -> None:
    loaded = load(repository.file)
    assert loaded.checked
    base = build(history.base("main", repository.file), loaded, loaded.checked, {}, 1)
    trust, before = base.access_after.trust, Trust(keys=("old",), issuer="https://one")
    now = Trust(keys=tuple(keys.split()), issuer=issuer)
    sides = (replace(base.access_after, trust={**trust, "jwt-payments": side}) for side in (before, now))
    (changed,) = keys_changed.check(replace(base, access_before=next(sides), access_after=next(sides)))
    assert isinstance(changed.message, Message)
    changes = as_text(dict(changed.message.facts)["changes"]).split("; ")
    assert len(changes) == len(values)
    assert all(value in change for value, change in zip(values, changes, strict=True))


def test_a_key_file_that_is_renamed_with_its_spoke(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit(("  payments:", "  billing:"))
    jwks = repository.file.parent / "jwks"
    jwks.joinpath("payments.json").rename(jwks / "billing.json")
    (changed,) = findings(repository, monkeypatch)["keys-changed"]
    assert changed["workspace"] == "vault-auth-billing"
    assert (changed["facts"]["new"], changed["facts"]["mount"]) == ("jwt-billing", "jwt-payments")
    assert "bin/hvn keys pull billing --issuer URL" in steps(changed)
    (jwks / "billing.json").write_bytes(key_set(rsa_key()[0]))
    assert "keys-changed" not in findings(repository, monkeypatch)


def test_ids_and_names_are_used_once() -> None:
    found = [module.RULE for module in rules.modules()]
    assert len({rule.id for rule in found}) == len({rule.name for rule in found}) == len(found)
    assert all(rule.id.startswith("HVN9") for rule in found)


def test_every_rule_is_documented() -> None:
    for module in rules.modules():
        rule = module.RULE
        assert all((rule.reports, rule.why, rule.fix, rule.example, rule.see)), rule.id
        assert importlib.import_module(f"hvn.review.rules.{rule.name.replace('-', '_')}") is module


def test_every_rule_has_an_edit_or_a_test() -> None:
    folder = PROJECT / "tests" / "review"
    comments = "".join(each.read_text(encoding="utf-8") for each in folder.rglob("*.md"))
    tests = "".join(each.read_text(encoding="utf-8") for each in folder.glob("test_*.py"))
    lines = [line for line in tests.splitlines() if "not in" not in line]
    names = [each.RULE.name for each in rules.modules()]
    assert [
        name for name in names if f"**{name}**" not in comments and not any(f'"{name}"' in line for line in lines)
    ] == []


def test_the_arguments_that_force_a_replacement_are_those_of_the_provider() -> None:
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
