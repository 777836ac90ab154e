"""The workspaces refer to existing resources, and never create them."""

import re
from typing import Any

import pytest

from hvn.check.load import require
from hvn.topology.manual_steps import manual_steps
from tests.conftest import PROJECT, SAMPLE, Synth, Synthesized

EXISTING = PROJECT / "tests" / "topologies" / "existing.yaml"
SHOP = "/subscriptions/77777777-7777-4777-8777-777777777777/resourceGroups/rg-shop"
VNET = f"{SHOP}/providers/Microsoft.Network/virtualNetworks/vnet-shop"


@pytest.fixture(scope="module")
def built(synth: Synth) -> Synthesized:
    """Return all workspaces of a topology with as many existing resources as possible."""
    return synth(EXISTING)


def resources(built: Synthesized, workspace: str, kind: str) -> dict[str, Any]:
    """Return the resources of a type by name."""
    by_name: dict[str, Any] = built[workspace]["resource"].get(kind, {})
    return by_name


def subscriptions(built: Synthesized, workspace: str) -> dict[str | None, str]:
    """Return the subscriptions of the azurerm providers by alias."""
    return {block.get("alias"): block["subscription_id"] for block in built[workspace]["provider"]["azurerm"]}


def test_hcp_and_hub_are_no_workspaces(built: Synthesized) -> None:
    assert not {"hcp", "hub"} & set(built)
    assert {"peering-hub", "vault", "network-payments", "peering-payments", "aks-payments"} <= set(built)


def test_existing_resources_are_not_created(built: Synthesized) -> None:
    created = {
        (kind, resource.get("name", resource.get("hvn_id", resource.get("cluster_id"))))
        for workspace in built.values()
        for kind, named in workspace["resource"].items()
        for resource in named.values()
    }
    assert not {kind for kind, _ in created} & {"hcp_hvn", "hcp_vault_cluster", "azurerm_firewall"}
    assert ("azurerm_virtual_network", "vnet-platform-orders") in created
    assert [name for kind, name in created if kind == "azurerm_virtual_network"] == ["vnet-platform-orders"]


def test_a_direct_vnet_gets_a_route_for_each_of_its_ranges(built: Synthesized) -> None:
    routes = resources(built, "peering-payments", "hcp_hvn_route")
    assert {(route["hvn_route_id"], route["destination_cidr"]) for route in routes.values()} == {
        ("platform-payments-10-32-0-0-20", "10.32.0.0/20"),
        ("platform-payments-10-40-0-0-16", "10.40.0.0/16"),
    }
    peering = resources(built, "peering-payments", "hcp_azure_peering_connection")["peering"]
    assert (peering["peer_resource_group_name"], peering["peer_vnet_name"]) == ("rg-shop", "vnet-shop")
    role = resources(built, "peering-payments", "azurerm_role_definition")["peer"]
    assert role["scope"] == VNET
    assert role["assignable_scopes"] == [VNET]


def test_subnets_and_routes_are_created_and_the_hub_peering_if_configured(built: Synthesized) -> None:
    subnet = resources(built, "network-payments", "azurerm_subnet")["subnet_nodes"]
    assert (subnet["virtual_network_name"], subnet["resource_group_name"]) == ("vnet-shop", "rg-shop")
    assert resources(built, "network-payments", "azurerm_subnet_route_table_association")
    assert not resources(built, "network-payments", "azurerm_virtual_network_peering")
    peerings = resources(built, "network-analytics", "azurerm_virtual_network_peering")
    assert {peering["virtual_network_name"] for peering in peerings.values()} == {"vnet-data", "vnet-connectivity"}


def test_routes_and_providers_refer_to_the_existing_hub(built: Synthesized) -> None:
    for workspace in ("network-payments", "network-analytics", "network-orders"):
        table = resources(built, workspace, "azurerm_route_table")["route_table"]
        assert {route["next_hop_in_ip_address"] for route in table["route"]} == {"10.0.0.4"}
        aliases = subscriptions(built, workspace)
        assert aliases["hub"] == "66666666-6666-4666-8666-666666666666"
    routes = resources(built, "peering-hub", "hcp_hvn_route")
    assert routes["route_runners"]["destination_cidr"] == "10.1.0.0/27"


def test_the_zone_link_is_created_beside_the_zone_unless_one_exists(built: Synthesized) -> None:
    link = resources(built, "network-payments", "azurerm_private_dns_zone_virtual_network_link")["aks_zone"]
    assert (link["resource_group_name"], link["provider"]) == ("rg-dns", "azurerm.zone")
    aliases = subscriptions(built, "network-payments")
    assert aliases["zone"] == "99999999-9999-4999-8999-999999999999"
    assert not resources(built, "network-analytics", "azurerm_private_dns_zone_virtual_network_link")


def test_an_existing_vault_cluster_is_a_data_source(built: Synthesized) -> None:
    cluster = built["vso-payments"]["data"]["hcp_vault_cluster"]["vault"]
    assert cluster["cluster_id"] == "vault-prod"
    # Without a project id, HCP's links cannot be computed.
    assert built["peering-payments"]["data"]["hcp_hvn"]["hvn"]["hvn_id"] == "hvn-japaneast"


def test_hcp_terraform_has_its_own_workspace_for_each_stack_and_sets_vaults_namespace(built: Synthesized) -> None:
    for id_, workspace in built.items():
        assert workspace["terraform"]["cloud"]["workspaces"] == {"name": f"platform-{id_}", "project": "platform"}
        assert "backend" not in workspace["terraform"]
    assert built["vault"]["provider"]["vault"] == [{}]


def test_terraform_is_new_enough_for_a_project_of_hcp_terraform(built: Synthesized) -> None:
    """Terraform supports `workspaces.project` since 1.6 (hashicorp/terraform #33489). Older versions: `Unsupported
    argument`."""
    for workspace in built.values():
        assert workspace["terraform"]["cloud"]["workspaces"]["project"]
        oldest = re.fullmatch(r">= (\d+)\.(\d+)\.0", workspace["terraform"]["required_version"])
        assert oldest
        assert tuple(map(int, oldest.groups())) >= (1, 6)


def test_state_in_azure_storage_is_accessed_by_role(synth: Synth) -> None:
    file = PROJECT / "tests" / "topologies" / "everything.yaml"
    backend = synth(file, only=["vault", "hub"])["hub"]["terraform"]["backend"]["azurerm"]
    assert backend == {
        "container_name": "platform",
        "key": "platform/hub.tfstate",
        "resource_group_name": "rg-tfstate",
        "storage_account_name": "tfstate0001",
        "subscription_id": "55555555-5555-4555-8555-555555555555",
        "tenant_id": "11111111-1111-4111-8111-111111111111",
        "use_azuread_auth": True,
    }


def test_manual_steps_are_listed() -> None:
    tasks = manual_steps(require(EXISTING).topology)
    text = "\n".join(tasks)
    assert "transit-pools-vault, TCP 8200 from 10.96.0.0/16 to 172.25.16.0/20" in text
    assert "does not SNAT between 10.96.0.0/16 and 172.25.16.0/20" in text
    assert "0.0.0.0/0 to 10.0.0.4 and no other route" in text
    # Another team manages payments' peering with the hub; this project creates the peering of analytics.
    assert "Check that vnet-shop (spoke payments) and vnet-connectivity are peered" in text
    assert "vnet-data (spoke analytics) and" not in text
    assert "owner of vnet-shop (spoke payments) whether their Terraform manages its subnets inline" in text


def test_the_owners_of_vnets_get_the_steps_for_their_subnets() -> None:
    text = "\n".join(manual_steps(require(EXISTING).topology))
    for spoke in ("vnet-shop (spoke payments)", "vnet-data (spoke analytics)"):
        assert f"{spoke} to give the other subnets the route table" in text
        assert f"exemption of {spoke}" in text
    # Only a direct spoke is a peer of the HVN.
    assert "vnet-shop (spoke payments) to deny inbound connections from 172.25.16.0/20" in text
    assert "vnet-data (spoke analytics) to deny" not in text
    everything = "\n".join(manual_steps(require(EXISTING.with_name("everything.yaml")).topology))
    assert "the NSG nsg-data of the subnet data (spoke payments) denies" in everything
    assert "the route table rt-old of the subnet old (hub) leads 0.0.0.0/0 to 10.0.0.5" in everything


def test_no_manual_step_if_everything_is_created() -> None:
    assert manual_steps(require(SAMPLE).topology) == ()
