"""What the review says of the parts that all spokes share: HVN, Vault and hub, and where they are another's."""

import pytest
from click.testing import CliRunner

from hvn.cli import cli
from tests.affected.conftest import Repository
from tests.review.edits import ORDERS
from tests.review.test_rules import REVIEW, said


def test_what_exists_from_now_on_can_be_taken_out_of_the_state(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.edit(
        ("  cidr: 172.25.16.0/20\n", "  cidr: 172.25.16.0/20\n  existing: true\n"),
        ("  cluster_id: vault-prod\n", "  cluster_id: vault-prod\n  existing: true\n"),
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
    assert "cdktf destroy" not in text
    assert "- before the merge, taken out of the state and not destroyed: `hcp`\n" in text
    assert "destroyed from the base" not in text.split("What first")[1]


NEW_HUB = """hub:
  cidr: 10.0.0.0/22
  firewall:
    subnet: 10.0.0.0/26
    sku_tier: Standard
  runners: # where Terraform runs: Vault and the clusters are private
    subnet: 10.0.0.64/27
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
