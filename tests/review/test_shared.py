"""Test the review of the shared parts, new or existing: HVN, Vault, hub, state."""

import pytest
from click.testing import CliRunner

from hvn.cli import cli
from tests.affected.conftest import Repository
from tests.review.conftest import begin
from tests.review.edits import APP, CI, ORDERS, SYNCED
from tests.review.edits import ENGINES as DECLARED
from tests.review.findings import findings, impact, steps
from tests.review.plans import plan, resource
from tests.review.test_rules import REVIEW


def test_an_hvn_that_becomes_existing_leaves_the_state(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit(
        ("  cidr: 172.25.16.0/20\n", "  cidr: 172.25.16.0/20\n  existing: true\n"),
        ("  cluster_id: vault-prod\n  tier: standard_small\n", "  cluster_id: vault-prod\n  existing: true\n"),
    )
    found = findings(repository, monkeypatch)
    assert "workspace-removed" not in found
    (lost,) = found["vault-lost"]
    assert "prevent_destroy" in lost["message"]
    assert "every secret in Vault is lost" in lost["impact"][0]
    todo = steps(lost)
    assert (
        "cd cdktf.out@platform.hcp/stacks/hcp && terraform init && terraform state rm $(terraform state list)" in todo
    )
    assert todo.index("git switch --detach") < todo.index("bin/cdktf synth hcp") < todo.index("terraform state rm")
    text = CliRunner().invoke(cli, REVIEW, catch_exceptions=False).stdout
    order = text.partition("### Order")[2]
    assert "cdktf destroy" not in text
    assert "do not destroy: `hcp`\n" in order
    assert "destroy from the base" not in order


NEW_HUB = """hub:
  cidr: 10.0.0.0/22
  firewall:
    cidr: 10.0.0.0/26
    sku_tier: Standard
  runners: # the subnet in which Terraform runs: Vault and the clusters are private
    cidr: 10.0.0.64/27
"""
OF_THE_HUB = (
    "/subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/rg-platform-hub/providers/Microsoft.Network"
)
EXISTING_HUB = f"""hub:
  existing:
    vnet_id: {OF_THE_HUB}/virtualNetworks/vnet-platform-hub
    cidrs: [10.0.0.0/22]
    firewall_private_ip: 10.0.0.4
    private_dns_zone_id: {OF_THE_HUB}/privateDnsZones/privatelink.japaneast.azmk8s.io
    runners_cidr: 10.0.0.64/27
"""


def test_a_hub_that_becomes_existing_is_not_destroyed(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit((NEW_HUB, EXISTING_HUB), (ORDERS, ""))
    orders, hub = findings(repository, monkeypatch)["workspace-removed"]
    kinds = ("secrets", "vso", "vault-auth", "aks", "peering", "network")
    assert steps(orders).endswith(", ".join(f"{kind}-orders" for kind in kinds))
    assert all(value in impact(hub) for value in ("firewall", "runners", "private DNS zone"))
    assert "terraform state rm" in steps(hub)
    text = CliRunner().invoke(cli, REVIEW, catch_exceptions=False).stdout
    order = text.partition("### Order")[2]
    assert "do not destroy: `hub`" in order
    (destroyed,) = [line for line in order.splitlines() if "destroy from the base" in line]
    assert "`network-orders`" in destroyed
    assert "hub" not in destroyed


OTHER_NAMESPACE = ("  namespace: admin\n", "  namespace: admin/platform\n")
NOT_FOUND = {
    "vault": ("vault_mount.kv",),
    "vault_auth_orders": ("vault_jwt_auth_backend.jwt", "vault_policy.reader_checkout"),
}


def test_a_mount_in_another_namespace_was_not_deleted(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """The provider looks for the mount only in the new namespace, so a missing mount there is not a deleted mount."""
    begin(repository, ("  kv_mount: kvv2\n", f"  kv_mount: kvv2\n{CI}"))
    repository.edit(OTHER_NAMESPACE)
    plans = {
        id_: plan(
            *(resource(each, actions=("create",), after={"a": 1}) for each in addresses),
            resource_drift=[resource(each, actions=("delete",), before={"a": 1}) for each in addresses],
        )
        for id_, addresses in NOT_FOUND.items()
    }
    found = findings(repository, monkeypatch, **plans)
    (engine,) = found["secrets-engine-changed"]
    assert all(mount in engine["impact"][1] for mount in ("jwt-orders", "jwt-payments", "ci-github"))
    destroy = "bin/cdktf destroy vault-auth-orders vault-auth-payments --ignore-missing-stack-dependencies"
    assert destroy in steps(engine)
    assert "vault auth disable -namespace=admin ci-github" in steps(engine)
    assert not any("addresses" in one["facts"] for one in found.get("unexplained-change", ()))
    assert "### Drift" not in CliRunner().invoke(cli, REVIEW, catch_exceptions=False).stdout


def test_a_mount_that_was_deleted_in_its_namespace(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit(("  kv_mount: kvv2\n", "  kv_mount: kv\n"))
    gone = resource("vault_mount.kv", actions=("delete",), before={"a": 1})
    made = resource("vault_mount.kv", actions=("create",), after={"a": 1})
    found = findings(repository, monkeypatch, vault=plan(made, resource_drift=[gone]))
    assert ["vault_mount.kv"] in [one["facts"].get("addresses") for one in found["secrets-engine-changed"]]
    assert "### Drift" in CliRunner().invoke(cli, REVIEW, catch_exceptions=False).stdout


ENGINES = "  kv_mount: kvv2\n  more_kv_mounts: [legacy]\n  namespaces: {shop: {kv_mount: kv}}\n"


@pytest.mark.parametrize(
    ("now", "removed"),
    [
        ("  kv_mount: kvv2\n  namespaces: {shop: {kv_mount: kv}}\n", ["legacy"]),
        ("  kv_mount: kvv2\n  more_kv_mounts: [legacy]\n", ["shop/kv"]),
        ("  kv_mount: kvv2\n  more_kv_mounts: [legacy, new]\n  namespaces: {shop: {kv_mount: kv}}\n", []),
    ],
)
def test_a_kv_engine_that_leaves_the_topology_is_a_loss(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, now: str, removed: list[str]
) -> None:
    begin(repository, ("  kv_mount: kvv2\n", ENGINES))
    repository.edit((ENGINES, now))
    found = findings(repository, monkeypatch).get("secrets-engine-changed", [])
    assert len(found) == len(removed)
    assert all(path in one["message"] for one, path in zip(found, removed, strict=True))


@pytest.mark.parametrize("planned", [False, True])
def test_a_removed_engine_is_no_lost_kv_engine(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, planned: bool
) -> None:
    begin(repository, ("  kv_mount: kvv2\n", DECLARED))
    repository.edit((DECLARED, "  kv_mount: kvv2\n"))
    names = ("vault_mount.database_orders", "vault_database_secret_backend_role.role_web_database_orders")
    gone = [resource(name, actions=("delete",)) for name in (*names, "vault_mount.pki_ca")]
    found = findings(repository, monkeypatch, vault=plan(*gone)) if planned else findings(repository, monkeypatch)
    assert "secrets-engine-changed" not in found
    database, pki = found["engine-lost"]
    assert "-prefix orders/" in steps(database)
    assert not pki["manual_steps"]
    assert [name in database["message"] for name in names] == [planned, planned]
    assert ("vault_mount.pki_ca" in pki["message"]) is planned


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("orders.postgres", "other.postgres", ["other.postgres", "orders.postgres"]),
        ("LOGIN", "SUPERUSER LOGIN", ["SUPERUSER"]),
        ("8h", "9h", ["32400"]),
        ("[web.example.com]", "[web.example.com, example.com]", ["example.com"]),
        ("username: vault", "username: vault\n      port: 5433", ["5433"]),
        ("kv_mount: kvv2", "more_kv_mounts: [x]", []),
    ],
)
def test_a_changed_engine_is_reported_with_its_values(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, old: str, new: str, words: list[str]
) -> None:
    begin(repository, ("  kv_mount: kvv2\n", DECLARED))
    repository.edit((old, new))
    found = findings(repository, monkeypatch)
    assert len(found.get("engine-changed", ())) == bool(words)
    assert all(word in found["engine-changed"][0]["message"] for word in words)
    assert "engine-lost" not in found


ELSEWHERE = ("firewall_private_ip: 10.0.0.4", "firewall_private_ip: 10.0.0.9")


def test_an_existing_firewall_gets_another_address(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(repository, (NEW_HUB, EXISTING_HUB))
    repository.edit(ELSEWHERE)
    (changed,) = findings(repository, monkeypatch)["firewall-ip-changed"]
    assert changed["facts"] == {"old": "10.0.0.4", "new": "10.0.0.9"}
    assert changed["impact"] == ["all egress of network-analytics, network-orders, network-payments"]
    assert "10.0.0.9" in steps(changed)


def test_a_firewall_that_becomes_existing_with_another_address(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.edit((NEW_HUB, EXISTING_HUB), ELSEWHERE)
    assert len(findings(repository, monkeypatch)["firewall-ip-changed"]) == 1
    repository.git("checkout", "-q", ".")
    repository.edit((NEW_HUB, EXISTING_HUB))
    (repository.folder.parent / "plans").rmdir()
    assert "firewall-ip-changed" not in findings(repository, monkeypatch)


VAULT = "  cluster_id: vault-prod\n"
EXISTING_VAULT = (
    ("  cidr: 172.25.16.0/20\n", "  cidr: 172.25.16.0/20\n  existing: true\n"),
    (f"{VAULT}  tier: standard_small\n", f"{VAULT}  existing: true\n"),
)


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        (VAULT, VAULT.replace("prod", "other"), "vault-prod → vault-other"),
        ("  id: hvn-japaneast\n", "  id: hvn-other\n", "hvn-japaneast → hvn-other"),
    ],
)
def test_an_existing_vault_becomes_another(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, old: str, new: str, change: str
) -> None:
    begin(repository, *EXISTING_VAULT)
    repository.edit((old, new))
    (lost,) = findings(repository, monkeypatch)["vault-lost"]
    assert change in lost["facts"]["changes"][0]
    assert "VAULT_ADDR" in steps(lost)


def test_a_replaced_vault_is_reported_once(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit((VAULT, VAULT.replace("prod", "other")))
    assert [one["workspace"] for one in findings(repository, monkeypatch)["vault-lost"]] == ["hcp"]


LOCAL = "  backend: local"
BLOB = "  backend: azurerm\n  resource_group: rg-state\n  storage_account: ststate\n  container: tfstate"
RUNNERS = "    cidr: 10.0.0.64/27\n"


def test_runners_cannot_reach_the_new_state(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit((LOCAL, BLOB))
    (moved,) = findings(repository, monkeypatch)["state-moved"]
    assert "ststate.blob.core.windows.net" in steps(moved)
    repository.git("checkout", "-q", ".")
    begin(repository, (RUNNERS, f"{RUNNERS}    allow_fqdns: [ststate.blob.core.windows.net]\n"))
    repository.edit((LOCAL, BLOB))
    (moved,) = findings(repository, monkeypatch)["state-moved"]
    assert len(moved["manual_steps"]) == 1


def test_a_namespace_that_becomes_existing_leaves_the_state(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    login = "      vault_login: {keys: pubkeys}\n"
    repository.edit((login, f"{login}      existing_namespaces: [app]\n"))
    address = "kubernetes_namespace_v1.namespace_app"
    deleted = plan(resource(address, actions=("delete",)))
    (lost,) = findings(repository, monkeypatch, secrets_payments=deleted)["app-lost"]
    todo = steps(lost)
    assert todo.index("bin/cdktf synth secrets-payments") < todo.index(f"terraform state rm {address}")
    assert "plan and review again" in todo


def test_a_namespace_that_is_removed_with_its_app(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(repository, (SYNCED, SYNCED + APP))
    repository.edit((APP, ""))
    deleted = plan(resource("kubernetes_namespace_v1.namespace_batch", actions=("delete",)))
    (lost,) = findings(repository, monkeypatch, secrets_payments=deleted)["app-lost"]
    assert lost["manual_steps"] == []
