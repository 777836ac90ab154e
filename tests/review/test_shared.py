"""What the review says of the parts that all spokes share: HVN, Vault and hub, and where they are another's."""

import pytest
from click.testing import CliRunner

from hvn.cli import cli
from tests.affected.conftest import Repository
from tests.review.conftest import begin
from tests.review.edits import APP, CI, ORDERS, SYNCED
from tests.review.plans import plan, resource
from tests.review.test_rules import REVIEW, said


def test_what_exists_from_now_on_can_be_taken_out_of_the_state(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.edit(
        ("  cidr: 172.25.16.0/20\n", "  cidr: 172.25.16.0/20\n  existing: true\n"),
        ("  cluster_id: vault-prod\n  tier: standard_small\n", "  cluster_id: vault-prod\n  existing: true\n"),
    )
    found = said(repository, monkeypatch)
    assert "workspace-removed" not in found
    (lost,) = found["vault-lost"]
    assert "**Terraform refuses this**" in lost["text"]
    assert "every secret in Vault is lost" in lost["goes_with"][0]
    assert lost["by_hand"].startswith(
        "before this is merged take it out of the state, and do not destroy it: `git switch"
    )
    assert (
        "`cd cdktf.out.hcp/stacks/hcp && terraform init && terraform state rm $(terraform state list)`"
        in (lost["by_hand"])
    )
    text = CliRunner().invoke(cli, REVIEW, catch_exceptions=False).stdout
    assert "(let nobody deploy `hcp` from the base after that" in lost["by_hand"]
    assert "cdktf destroy" not in text
    assert "- before the merge, taken out of the state and not destroyed: `hcp`\n" in text
    assert "destroyed from the base" not in text.split("What first")[1]


NEW_HUB = """hub:
  cidr: 10.0.0.0/22
  firewall:
    cidr: 10.0.0.0/26
    sku_tier: Standard
  runners: # where Terraform runs: Vault and the clusters are private
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


def test_a_hub_that_exists_from_now_on_is_not_destroyed(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.edit((NEW_HUB, EXISTING_HUB), (ORDERS, ""))
    orders, hub = said(repository, monkeypatch)["workspace-removed"]
    assert orders["by_hand"].endswith(
        "`secrets-orders`, `vso-orders`, `vault-auth-orders`, `aks-orders`, `peering-orders`, `network-orders`"
    )
    assert [each.split(":")[0].split(",")[0] for each in hub["goes_with"]] == [
        "the firewall", "the runners' subnet and the VNet", "the private DNS zone"
    ]  # fmt: skip
    assert hub["by_hand"].startswith("before this is merged take it out of the state, and do not destroy it")
    text = CliRunner().invoke(cli, REVIEW, catch_exceptions=False).stdout
    first = text.split("What first")[1]
    assert "destroyed: `hub`" in first
    (destroyed,) = [each for each in first.splitlines() if "destroyed from the base" in each]
    assert "`network-orders`" in destroyed
    assert "hub" not in destroyed


OTHER_NAMESPACE = ("  namespace: admin\n", "  namespace: admin/platform\n")
NOT_FOUND = {
    "vault": ("vault_mount.kv",),
    "vault_auth_orders": ("vault_jwt_auth_backend.jwt", "vault_policy.reader_checkout"),
}


def test_what_is_in_another_namespace_was_not_deleted(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """The provider looks in the new one, and finds nothing."""
    begin(repository, ("  kv_mount: kvv2\n", f"  kv_mount: kvv2\n{CI}"))
    repository.edit(OTHER_NAMESPACE)
    plans = {
        id_: plan(
            *(resource(each, actions=("create",), after={"a": 1}) for each in addresses),
            resource_drift=[resource(each, actions=("delete",), before={"a": 1}) for each in addresses],
        )
        for id_, addresses in NOT_FOUND.items()
    }
    found = said(repository, monkeypatch, **plans)
    (told,) = found["secrets-engine"]
    stays = told["goes_with"][1]
    assert (
        "stays behind in `admin`, and no state knows of any more: the mounts `jwt-orders`, `jwt-payments`, `ci-git"
        in (stays)
    )
    assert (
        "`bin/cdktf destroy vault-auth-orders vault-auth-payments --ignore-missing-stack-dependencies`"
        in (told["by_hand"])
    )
    assert "`vault auth disable -namespace=admin ci-github`" in told["by_hand"]
    assert not any("changed outside" in each["text"] for each in found.get("unexplained-change", ()))
    assert "Changed outside of Terraform" not in CliRunner().invoke(cli, REVIEW, catch_exceptions=False).stdout


def test_what_was_deleted_in_the_same_namespace_is_told(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.edit(("  kv_mount: kvv2\n", "  kv_mount: kv\n"))
    gone = resource("vault_mount.kv", actions=("delete",), before={"a": 1})
    made = resource("vault_mount.kv", actions=("create",), after={"a": 1})
    found = said(repository, monkeypatch, vault=plan(made, resource_drift=[gone]))
    assert any("was deleted outside of Terraform" in each["text"] for each in found["secrets-engine"])
    assert any("changed outside of Terraform" in each["text"] for each in found["unexplained-change"])
    assert "Changed outside of Terraform" in CliRunner().invoke(cli, REVIEW, catch_exceptions=False).stdout


ELSEWHERE = ("firewall_private_ip: 10.0.0.4", "firewall_private_ip: 10.0.0.9")


def test_the_firewall_of_a_hub_that_exists_moves(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(repository, (NEW_HUB, EXISTING_HUB))
    repository.edit(ELSEWHERE)
    (told,) = said(repository, monkeypatch)["firewall-moved"]
    assert told["text"].startswith("the default route leads to `10.0.0.9` instead of `10.0.0.4`")
    assert told["goes_with"] == ["`network-analytics`, `network-orders`, `network-payments`"]
    assert told["by_hand"].startswith("before any of these is applied see that a firewall with all the rules stands at")


def test_a_firewall_of_ours_that_becomes_another_elsewhere(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.edit((NEW_HUB, EXISTING_HUB), ELSEWHERE)
    assert len(said(repository, monkeypatch)["firewall-moved"]) == 1
    repository.git("checkout", "-q", ".")
    repository.edit((NEW_HUB, EXISTING_HUB))
    (repository.folder.parent / "plans").rmdir()
    assert "firewall-moved" not in said(repository, monkeypatch)


VAULT = "  cluster_id: vault-prod\n"
EXISTING_VAULT = (
    ("  cidr: 172.25.16.0/20\n", "  cidr: 172.25.16.0/20\n  existing: true\n"),
    (f"{VAULT}  tier: standard_small\n", f"{VAULT}  existing: true\n"),
)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (VAULT, VAULT.replace("prod", "other"), "the Vault cluster `vault-prod` → `vault-other`"),
        ("  id: hvn-japaneast\n", "  id: hvn-other\n", "the HVN `hvn-japaneast` → `hvn-other`"),
    ],
)
def test_a_vault_that_exists_becomes_another(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, old: str, new: str, says: str
) -> None:
    begin(repository, *EXISTING_VAULT)
    repository.edit((old, new))
    (told,) = said(repository, monkeypatch)["vault-lost"]
    assert told["text"].startswith(f"Vault is another one: {says}. No plan shows it")
    assert "let `VAULT_ADDR` name it" in told["by_hand"]


def test_a_vault_that_is_replaced_is_told_once(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit((VAULT, VAULT.replace("prod", "other")))
    assert [each["workspace"] for each in said(repository, monkeypatch)["vault-lost"]] == ["hcp"]


LOCAL = "  backend: local"
BLOB = "  backend: azurerm\n  resource_group: rg-state\n  storage_account: ststate\n  container: tfstate"
RUNNERS = "    cidr: 10.0.0.64/27\n"


def test_runners_do_not_reach_a_new_place_of_the_state(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit((LOCAL, BLOB))
    (told,) = said(repository, monkeypatch)["state-moved"]
    assert "does not let the runners reach `ststate.blob.core.windows.net` yet" in told["by_hand"]
    repository.git("checkout", "-q", ".")
    begin(repository, (RUNNERS, f"{RUNNERS}    allow_fqdns: [ststate.blob.core.windows.net]\n"))
    repository.edit((LOCAL, BLOB))
    (told,) = said(repository, monkeypatch)["state-moved"]
    assert told["by_hand"].endswith("in each workspace")


def test_a_namespace_that_exists_from_now_on_is_taken_out_of_the_state(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    login = "      vault_login: {keys: pubkeys}\n"
    repository.edit((login, f"{login}      existing_namespaces: [app]\n"))
    address = "kubernetes_namespace_v1.namespace_app"
    deleted = plan(resource(address, actions=("delete",)))
    (told,) = said(repository, monkeypatch, secrets_payments=deleted)["app-lost"]
    assert "`bin/cdktf synth secrets-payments`" in told["by_hand"]
    assert f"terraform state rm {address}` (let nobody deploy" in told["by_hand"]
    assert ", then plan and review this once more" in told["by_hand"]


def test_a_namespace_that_goes_with_its_app_does_not_live_on(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(repository, (SYNCED, SYNCED + APP))
    repository.edit((APP, ""))
    deleted = plan(resource("kubernetes_namespace_v1.namespace_batch", actions=("delete",)))
    (told,) = said(repository, monkeypatch, secrets_payments=deleted)["app-lost"]
    assert told["by_hand"] == ""
