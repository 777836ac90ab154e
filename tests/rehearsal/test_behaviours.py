"""Test the prerequisites of a cluster, the behaviour of networks, and the fake providers themselves."""

from typing import Any

import pytest

from tests.rehearsal.conftest import NETWORK, Stage, messages, resource, subnet

# --- prerequisites of a cluster (aks_prerequisites, azure_references)


def test_cluster_without_a_route_table_is_refused(stage: Stage) -> None:
    subnet(stage, "network-payments", "nodes")["route_table_id"] = None
    result = stage.build(*NETWORK, "aks-payments")
    assert "ExistingRouteTableNotAssociatedWithSubnet" in messages(result.failures)


def test_default_route_without_an_appliance_is_refused(stage: Stage) -> None:
    table = resource(stage, "network-payments", "azurerm_route_table", "route_table")
    table["route"] = [
        {"name": "out", "address_prefix": "0.0.0.0/0", "next_hop_type": "Internet", "next_hop_in_ip_address": None}
    ]
    assert "RouteTableInvalidNextHop" in messages(stage.build(*NETWORK, "aks-payments").failures)


@pytest.mark.parametrize(
    ("right", "error"),
    [
        ("may_write_zone", "CustomPrivateDNSZoneMissingPermissionError"),
        ("may_join_network", "may not join"),
        ("may_use_routes", "may not read"),
    ],
)
def test_cluster_without_a_role_of_its_identity_is_refused(stage: Stage, right: str, error: str) -> None:
    stack = stage.change("aks-payments")
    del stack["resource"]["azurerm_role_assignment"][right]
    cluster = stack["resource"]["azurerm_kubernetes_cluster"]["cluster"]
    cluster["depends_on"].remove(f"azurerm_role_assignment.{right}")
    assert error in messages(stage.build(*NETWORK, "aks-payments").failures)


def test_reference_to_a_missing_resource_is_refused(stage: Stage) -> None:
    pool = resource(stage, "aks-payments", "azurerm_kubernetes_cluster", "cluster")["default_node_pool"]
    pool["vnet_subnet_id"] = pool["vnet_subnet_id"].replace("nodes", "pods")
    errors = messages(stage.build(*NETWORK, "aks-payments").failures)
    assert "ResourceNotFound" in errors
    assert "subnets/pods was not found" in errors


# --- networks (firewall_address, vnet_peering_in_sync, in_use, group_not_empty)


def test_unexpected_firewall_address_fails(stage: Stage) -> None:
    name = resource(stage, "hub", "azurerm_firewall", "firewall")["name"]
    stage.cloud.put("hvn:firewall-address", name, {"address": "10.0.0.6"})
    assert "Azure did not assign 10.0.0.4 to the firewall" in messages(stage.build("hub").failures)


def new_range(stage: Stage) -> Any:
    stack = stage.change("network-payments")
    stack["resource"]["azurerm_virtual_network"]["vnet"]["address_space"].append("10.80.0.0/16")
    return stack["resource"]["azurerm_virtual_network_peering"]["from_hub"]


def test_new_range_without_a_sync_of_the_peering_fails(stage: Stage) -> None:
    stage.prepare(*NETWORK)
    new_range(stage)
    errors = messages(stage.build("network-payments").failures)
    assert "is not in sync with its remote VNet" in errors
    assert "second plan" in errors


def test_new_range_with_a_trigger_is_synced(stage: Stage) -> None:
    stage.prepare(*NETWORK)
    new_range(stage)["triggers"] = {"remote_address_space": "10.64.0.0/16,10.80.0.0/16"}
    assert not stage.build("network-payments").failed


def test_subnet_in_use_is_not_deleted(stage: Stage) -> None:
    stage.prepare(*NETWORK, "aks-payments")
    errors = messages(stage.destroy("network-payments").failures)
    assert "InUseSubnetCannotBeDeleted" in errors
    assert "managedClusters" in errors


def test_zone_with_links_is_not_deleted(stage: Stage) -> None:
    stage.prepare(*NETWORK)
    errors = messages(stage.destroy("hub").failures)
    assert "azurerm_private_dns_zone privatelink.japaneast.azmk8s.io" in errors
    assert "CannotDeleteResource" in errors


def test_group_with_an_unmanaged_resource_is_not_deleted(stage: Stage) -> None:
    stage.prepare(*NETWORK)
    (group,) = (group for group in stage.cloud.find("azurerm_resource_group") if "payments" in group["name"])
    machine = f"{group['id']}/providers/Microsoft.Compute/virtualMachines/jump"
    stage.cloud.put("azurerm_virtual_machine", machine, {"id": machine})
    errors = messages(stage.destroy("network-payments").failures)
    assert "the Resource Group still contains Resources" in errors
    assert machine in errors


def test_workspaces_are_destroyed_in_reverse_order(stage: Stage) -> None:
    before = stage.cloud.count()
    stage.prepare(*NETWORK, "aks-payments")
    assert stage.cloud.count() > before
    for workspace in ("aks-payments", "network-payments", "hub"):
        assert stage.destroy(workspace).destroyed, workspace
    assert stage.cloud.count() == before


def test_only_the_rehearsal_lifts_prevent_destroy(stage: Stage) -> None:
    stage.prepare("hcp")
    refused = stage.terraform("hcp", "destroy", "-auto-approve", "-no-color")
    assert refused.status == 1
    assert "prevent_destroy" in refused.err
    assert stage.destroy("hcp").destroyed


# --- the fake provider itself


def test_duplicate_resource_is_refused(stage: Stage) -> None:
    stage.prepare("hub")
    stage.stacks["again"] = stage.stacks["hub"]
    assert "already exists" in messages(stage.build("again").failures)


def test_manual_deletion_is_repaired(stage: Stage) -> None:
    stage.prepare("hub", "network-payments")
    (zone_link,) = (
        link
        for link in stage.cloud.find("azurerm_private_dns_zone_virtual_network_link")
        if "payments" in link["virtual_network_id"]
    )
    stage.cloud.remove("azurerm_private_dns_zone_virtual_network_link", zone_link["id"])
    assert not stage.build("network-payments").failed
    assert stage.cloud.get("azurerm_private_dns_zone_virtual_network_link", zone_link["id"])


def test_data_source_of_a_missing_resource_fails(stage: Stage) -> None:
    result = stage.build("vault-auth-orders")
    assert "azurerm_kubernetes_cluster was not found" in messages(result.failures)
