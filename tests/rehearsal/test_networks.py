"""Azure refuses wrong ranges, peerings and firewalls."""

import copy
from typing import Any

import pytest

from tests.rehearsal.conftest import NETWORK, Stage, messages, resource, subnet

# --- subnet_ranges, in_use


@pytest.mark.parametrize(
    ("cidr", "error"),
    [
        ("10.9.0.0/27", "NetcfgSubnetRangeOutsideVnet"),
        ("10.0.0.0/27", "NetcfgSubnetRangesOverlap"),
        ("10.0.0.65/27", "should be 10.0.0.64/27."),
    ],
)
def test_subnet_with_a_range_that_azure_refuses(stage: Stage, cidr: str, error: str) -> None:
    subnet(stage, "hub", "runners")["address_prefixes"] = [cidr]
    assert error in messages(stage.build("hub").failures)


@pytest.mark.parametrize(
    ("cidr", "error"), [("10.0.0.0/33", "InvalidAddressPrefixFormat"), ("10.0.1.0/22", "should be 10.0.0.0/22.")]
)
def test_vnet_with_a_range_that_azure_refuses(stage: Stage, cidr: str, error: str) -> None:
    resource(stage, "hub", "azurerm_virtual_network", "vnet")["address_space"] = [cidr]
    assert error in messages(stage.build("hub").failures)


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"name": "other"}, "RouteConflict"),
        ({"address_prefix": "AzureCloud", "next_hop_type": "Internet"}, "InvalidRouteNextHop"),
    ],
)
def test_route_that_azure_cannot_have_is_refused(stage: Stage, values: dict[str, str], error: str) -> None:
    routes = resource(stage, "hub", "azurerm_route_table", "route_table")["route"]
    routes.append({**routes[0], "name": "more", **values})
    assert error in messages(stage.build("hub").failures)


def test_route_with_an_invalid_range_is_refused(stage: Stage) -> None:
    resource(stage, "hub", "azurerm_route_table", "route_table")["route"][0]["address_prefix"] = "10.64.0.1/16"
    assert "should be 10.64.0.0/16." in messages(stage.build("hub").failures)


def test_subnet_in_use_cannot_be_resized(stage: Stage) -> None:
    stage.prepare(*NETWORK, "aks-payments")
    subnet(stage, "network-payments", "nodes")["address_prefixes"] = ["10.64.0.0/22"]
    assert "IpPrefix 10.64.0.0/20 on Subnet nodes has active allocations" in messages(
        stage.build("network-payments").failures
    )


def test_subnet_in_use_cannot_be_removed(stage: Stage) -> None:
    stage.prepare(*NETWORK, "aks-payments")
    resource(stage, "network-payments", "azurerm_virtual_network", "vnet")["subnet"] = []
    assert "InUseSubnetCannotBeDeleted" in messages(stage.build("network-payments").failures)


def test_empty_subnet_is_resized(stage: Stage) -> None:
    stage.prepare(*NETWORK)
    subnet(stage, "network-payments", "nodes")["address_prefixes"] = ["10.64.0.0/22"]
    assert not stage.build("network-payments").failed


def test_subnet_is_removed_with_its_security_group(stage: Stage) -> None:
    """Terraform must update the VNet before it deletes the NSG, because Azure does not delete an NSG in use."""
    stage.prepare(*NETWORK)
    resource(stage, "network-payments", "azurerm_virtual_network", "vnet")["subnet"] = []
    del stage.change("network-payments")["resource"]["azurerm_network_security_group"]
    # The fake provider records the needs of a VNet only when Terraform creates the VNet. A VNet without subnets needs
    # no route table.
    assert [failure.phase for failure in stage.build("network-payments").failures] in ([], ["order"])
    assert not [one for one in stage.cloud.find("azurerm_subnet") if one["name"] == "nodes"]


def test_foreign_subnet_is_removed_by_the_next_apply(stage: Stage) -> None:
    stage.prepare(*NETWORK)
    (nodes,) = (one for one in stage.cloud.find("azurerm_subnet") if one["name"] == "nodes")
    id_ = nodes["id"].replace("nodes", "desktops")
    foreign = nodes | {"id": id_, "name": "desktops", "address_prefixes": ["10.64.64.0/24"]}
    stage.cloud.put("azurerm_subnet", id_, foreign)
    (change,) = (
        one["change"]
        for one in stage.plan_of("network-payments")["resource_changes"]
        if one["address"] == "azurerm_virtual_network.vnet"
    )
    names = [sorted(block["name"] for block in change[side]["subnet"]) for side in ("before", "after")]
    assert change["actions"] == ["update"]
    assert names == [["desktops", "nodes"], ["nodes"]]
    assert not stage.build("network-payments").failed
    assert stage.cloud.get("azurerm_subnet", id_) is None


def test_security_group_in_use_is_not_deleted(stage: Stage) -> None:
    stage.prepare("hub")
    (runners,) = (one for one in stage.cloud.find("azurerm_subnet") if one["name"] == "runners")
    # Somebody associates the NSG with a subnet of a different VNet, outside Terraform.
    there = runners["id"].replace("vnet-platform-hub", "vnet-desktops")
    stage.cloud.put("azurerm_subnet", there, runners | {"id": there})
    assert "InUseNetworkSecurityGroupCannotBeDeleted" in messages(stage.destroy("hub").failures)


def test_a_policy_refuses_only_subnets_without_a_security_group(stage: Stage) -> None:
    stage.slot.faults.set("policy-deny", 1, lambda: None)
    assert not stage.build(*NETWORK).failed
    subnet(stage, "network-orders", "nodes")["security_group"] = None
    assert "RequestDisallowedByPolicy" in messages(stage.build("network-orders").failures)


# --- vnet_peering_halves


def test_vnet_that_overlaps_the_hub_is_not_peered(stage: Stage) -> None:
    resource(stage, "network-payments", "azurerm_virtual_network", "vnet")["address_space"].append("10.0.2.0/24")
    errors = messages(stage.build(*NETWORK).failures)
    assert "VnetAddressSpacesOverlap" in errors
    assert "Overlapping address prefixes: 10.0.2.0/24" in errors


def test_overlapping_spokes_are_not_peered_with_one_hub(stage: Stage) -> None:
    resource(stage, "network-orders", "azurerm_virtual_network", "vnet")["address_space"].append("10.64.128.0/24")
    errors = messages(stage.build(*NETWORK, "network-orders").failures)
    assert "VnetAddressSpaceOverlapsWithAlreadyPeeredVnet" in errors
    assert "Overlapping address prefixes: 10.64.128.0/24" in errors


def test_one_half_of_a_peering_cannot_be_replaced(stage: Stage) -> None:
    stage.prepare(*NETWORK)
    resource(stage, "network-payments", "azurerm_virtual_network_peering", "to_hub")["name"] = "another"
    errors = messages(stage.build("network-payments").failures)
    assert "RemotePeeringIsDisconnected" in errors
    assert "/virtualNetworkPeerings/to-platform-payments referencing" in errors


def test_updated_half_accepts_a_new_half(stage: Stage) -> None:
    stage.prepare(*NETWORK)
    halves = stage.change("network-payments")["resource"]["azurerm_virtual_network_peering"]
    to_hub = halves.pop("to_hub")
    halves["from_hub"]["depends_on"] = []
    assert not stage.build("network-payments").failed
    halves["from_hub"]["triggers"] = {"remote_address_space": "written again"}
    halves["to_hub"] = to_hub | {"depends_on": ["azurerm_virtual_network_peering.from_hub"]}
    assert not stage.build("network-payments").failed


def test_second_peering_with_a_vnet_is_refused(stage: Stage) -> None:
    halves = stage.change("network-payments")["resource"]["azurerm_virtual_network_peering"]
    halves["again"] = halves["to_hub"] | {"name": "again", "depends_on": ["azurerm_virtual_network_peering.from_hub"]}
    assert "AnotherPeeringAlreadyReferencesRemoteVnet" in messages(stage.build(*NETWORK).failures)


def test_both_halves_can_be_recreated(stage: Stage) -> None:
    stage.prepare(*NETWORK)
    assert stage.destroy("network-payments").destroyed
    assert not stage.build("network-payments").failed


# --- firewall_prerequisites


def test_firewall_in_a_small_subnet_is_refused(stage: Stage) -> None:
    subnet(stage, "hub", "AzureFirewallSubnet")["address_prefixes"] = ["10.0.0.0/27"]
    assert "AzureFirewallSubnet must be a /26 or larger, and is 10.0.0.0/27" in messages(stage.build("hub").failures)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"allocation_method": "Dynamic"}, "static IP allocation must be used when creating Standard SKU public IP"),
        ({"sku": "Basic"}, "its public IP address pip-platform-afw must be of SKU Standard"),
    ],
)
def test_firewall_with_a_wrong_public_ip_is_refused(stage: Stage, change: dict[str, str], error: str) -> None:
    resource(stage, "hub", "azurerm_public_ip", "firewall_address").update(change)
    assert error in messages(stage.build("hub").failures)


# --- firewall_rules


@pytest.mark.parametrize("collection", ["application_rule_collection", "network_rule_collection"])
def test_firewall_rule_without_sources_is_refused(stage: Stage, collection: str) -> None:
    rules = resource(stage, "hub", "azurerm_firewall_policy_rule_collection_group", "firewall_rules")
    rules[collection][0]["rule"][0]["source_addresses"] = []
    assert "FirewallPolicyRuleIpAddressesAndPortsMustBeSpecified" in messages(stage.build("hub").failures)


def group(stage: Stage, workspace: str) -> Any:
    return resource(stage, workspace, "azurerm_firewall_policy_rule_collection_group", "firewall_rules")


def test_a_network_rule_needs_one_kind_of_destination(stage: Stage) -> None:
    rule = group(stage, "hub")["network_rule_collection"][0]["rule"][0]
    rule["destination_fqdns"] = ["vault.example.com"]
    assert "must have one of destinationAddresses" in messages(stage.build("hub").failures)


def test_host_names_in_network_rules_need_the_dns_proxy(stage: Stage) -> None:
    rule = group(stage, "hub")["network_rule_collection"][0]["rule"][0]
    rule["destination_fqdns"] = ["vault.example.com"]
    del rule["destination_addresses"]
    resource(stage, "hub", "azurerm_firewall_policy", "firewall_policy")["dns"]["proxy_enabled"] = False
    assert "DNS Proxy must be enabled" in messages(stage.build("hub").failures)


# --- firewall_policy_groups


def test_two_groups_of_a_policy_have_two_priorities(stage: Stage) -> None:
    group(stage, "network-payments")["priority"] = 1000
    errors = messages(stage.build("hub", "network-payments").failures)
    assert "the group topology has the priority 1000 already" in errors


def test_a_policy_has_at_most_90_groups(stage: Stage) -> None:
    stage.prepare("hub")
    (first,) = stage.cloud.find("azurerm_firewall_policy_rule_collection_group")
    for number in range(89):
        other = {**first, "id": f"{first['id']}-{number}", "priority": 2000 + number}
        stage.cloud.put("azurerm_firewall_policy_rule_collection_group", other["id"], other)
    assert "90 is the limit" in messages(stage.build("network-payments").failures)


def test_two_workspaces_do_not_write_one_policy_at_once(stage: Stage) -> None:
    """The rehearsal builds the hub and two spokes one after another. Azure would refuse one of two concurrent
    writes.
    """
    assert not stage.build("hub", "network-orders", "network-payments").failures
    assert len(stage.cloud.find("azurerm_firewall_policy_rule_collection_group")) == 3


def test_a_new_policy_has_no_rules_of_spokes(stage: Stage) -> None:
    stage.prepare("hub", "network-payments")
    resource(stage, "hub", "azurerm_firewall_policy", "firewall_policy")["sku"] = "Premium"
    resource(stage, "hub", "azurerm_firewall", "firewall")["sku_tier"] = "Premium"
    assert not stage.build("hub").failures
    assert [one["name"] for one in stage.cloud.find("azurerm_firewall_policy_rule_collection_group")] == ["topology"]
    assert not stage.build("network-payments").failures


def test_firewall_is_replaced_before_its_policy_is_deleted(stage: Stage) -> None:
    stage.prepare("hub")
    resource(stage, "hub", "azurerm_firewall_policy", "firewall_policy")["sku"] = "Premium"
    resource(stage, "hub", "azurerm_firewall", "firewall")["sku_tier"] = "Premium"
    assert not stage.build("hub").failures
    (firewall,) = stage.cloud.find("azurerm_firewall")
    assert firewall["sku_tier"] == "Premium"
    (rules,) = stage.cloud.find("azurerm_firewall_policy_rule_collection_group")
    assert rules["firewall_policy_id"] == firewall["firewall_policy_id"]


def test_zones_stay_when_the_configuration_drops_them(stage: Stage) -> None:
    hub = stage.change("hub")
    without = copy.deepcopy(hub)
    for kind, name in (("azurerm_firewall", "firewall"), ("azurerm_public_ip", "firewall_address")):
        argued = resource(stage, "hub", kind, name)
        argued["zones"] = ["1", "2", "3"]
        del argued["lifecycle"]["ignore_changes"]
    stage.prepare("hub")
    stage.stacks["hub"] = without
    assert not stage.build("hub").failures
    assert stage.cloud.find("azurerm_public_ip")[0]["zones"] == ["1", "2", "3"]
    assert stage.cloud.find("azurerm_firewall")[0]["zones"] == ["1", "2", "3"]


@pytest.mark.parametrize(("zones", "replaced"), [(["1"], False), (["1", "2"], True), (["1", "2", "3"], False)])
def test_an_address_in_two_zones_changes_on_every_plan(stage: Stage, zones: list[str], replaced: bool) -> None:
    address = resource(stage, "hub", "azurerm_public_ip", "firewall_address")
    address["zones"] = zones
    del address["lifecycle"]["ignore_changes"]
    differs = {difference.partition(":")[0] for difference in stage.build("hub").differs}
    assert ("azurerm_public_ip.firewall_address" in differs) is replaced


# --- NAT gateways (in_use, aks_prerequisites)


@pytest.fixture
def nat(stage: Stage) -> Stage:
    """Return the stage with a NAT gateway for the nodes of payments."""
    network = stage.change("network-payments")["resource"]
    nodes = network["azurerm_network_security_group"]["nsg_nodes"]
    settings = {name: nodes[name] for name in ("location", "resource_group_name")}
    network["azurerm_nat_gateway"] = {"nat_gateway": {"name": "ng-payments", **settings}}
    network["azurerm_public_ip"] = {
        "nat_address": {"name": "pip-payments-nat", "sku": "Standard", "allocation_method": "Static", **settings}
    }
    network["azurerm_nat_gateway_public_ip_association"] = {
        "address_of_nat": {
            "nat_gateway_id": "${azurerm_nat_gateway.nat_gateway.id}",
            "public_ip_address_id": "${azurerm_public_ip.nat_address.id}",
        }
    }
    network["azurerm_subnet_nat_gateway_association"] = {
        "nat_of_nodes": {
            "subnet_id": "${azurerm_virtual_network.vnet.id}/subnets/nodes",
            "nat_gateway_id": "${azurerm_nat_gateway.nat_gateway.id}",
        }
    }
    cluster = resource(stage, "aks-payments", "azurerm_kubernetes_cluster", "cluster")
    cluster["network_profile"]["outbound_type"] = "userAssignedNATGateway"
    return stage


def test_cluster_with_a_nat_gateway_needs_its_association(nat: Stage) -> None:
    del nat.change("network-payments")["resource"]["azurerm_subnet_nat_gateway_association"]
    assert "SubnetNotAssociatedWithNATGateway" in messages(nat.build(*NETWORK, "aks-payments").failures)


def test_cluster_with_a_nat_gateway_is_built(nat: Stage) -> None:
    assert not nat.build(*NETWORK, "aks-payments").failed


@pytest.mark.parametrize(
    ("type_", "error"),
    [
        ("azurerm_nat_gateway", "InUseNatGatewayCannotBeDeleted"),
        ("azurerm_public_ip", "PublicIPAddressCannotBeDeleted"),
    ],
)
def test_nat_gateway_and_its_address_in_use_are_not_deleted(nat: Stage, type_: str, error: str) -> None:
    nat.build(*NETWORK)
    network = nat.change("network-payments")["resource"]
    id_ = nat.cloud.find(type_)[-1]["id"]
    for name, arguments in (
        ("azurerm_nat_gateway_public_ip_association", "address_of_nat"),
        ("azurerm_subnet_nat_gateway_association", "nat_of_nodes"),
    ):
        for argument, value in network[name][arguments].items():
            if f"{type_}." in value:
                network[name][arguments][argument] = id_
    del network[type_]
    assert error in messages(nat.build("network-payments").failures)
