"""Test the hub's peerings with VNets outside the file, and the route table of AzureFirewallSubnet."""

from typing import Any

import pytest

from hvn.check.load import require
from hvn.topology.manual_steps import manual_steps
from tests.conftest import PROJECT, Synth, Synthesized

EVERYTHING = PROJECT / "tests" / "topologies" / "everything.yaml"
FLAGS = ("allow_forwarded_traffic", "allow_gateway_transit", "use_remote_gateways")


@pytest.fixture(scope="module")
def hub(synth: Synth) -> dict[str, Any]:
    built: Synthesized = synth(EVERYTHING, only=["hub"])
    resources: dict[str, Any] = built["hub"]["resource"]
    return resources


def test_the_hub_has_both_halves_only_with_reverse(hub: dict[str, Any]) -> None:
    halves = hub["azurerm_virtual_network_peering"]
    assert {name: [half[flag] for flag in FLAGS] for name, half in halves.items()} == {
        "to_tools": [False, True, False],  # the owner of the remote VNet sets use_remote_gateways
        "to_west": [True, False, False],  # the remote firewall forwards traffic of the networks behind it
        "from_west": [True, False, False],  # the hub's firewall forwards traffic of the spokes
        "to_workshop": [False, True, False],
        "from_workshop": [True, False, True],
    }
    back = halves["from_west"]
    assert (back["resource_group_name"], back["virtual_network_name"]) == ("rg-west", "vnet-west")
    assert back["provider"] == "azurerm.peer_77777777_7777_4777_8777_777777777777"
    assert halves["to_west"]["triggers"] == {"remote_address_space": "10.128.0.0/22"}
    assert back["triggers"] == {"remote_address_space": "10.0.0.0/22,10.0.4.0/24"}


def test_the_halves_are_written_one_after_the_other(hub: dict[str, Any]) -> None:
    halves = hub["azurerm_virtual_network_peering"]
    assert halves["to_tools"]["depends_on"] == ["azurerm_firewall.firewall"]
    assert halves["to_west"]["depends_on"] == ["azurerm_virtual_network_peering.to_tools"]
    assert halves["from_west"]["depends_on"] == ["azurerm_virtual_network_peering.to_west"]


def test_the_firewalls_subnet_has_routes_to_the_remote_firewall_and_the_internet(hub: dict[str, Any]) -> None:
    table = hub["azurerm_route_table"]["route_table_firewall"]
    assert table["bgp_route_propagation_enabled"]
    assert [(one["address_prefix"], one["next_hop_type"], one["next_hop_in_ip_address"]) for one in table["route"]] == [
        ("0.0.0.0/0", "Internet", None),
        ("10.129.0.0/16", "VirtualAppliance", "10.128.0.4"),
        ("10.130.0.0/16", "VirtualAppliance", "10.128.0.4"),
    ]
    (vnet,) = hub["azurerm_virtual_network"].values()
    tables = {subnet["name"]: subnet["route_table_id"] for subnet in vnet["subnet"]}
    assert tables["AzureFirewallSubnet"] == "${azurerm_route_table.route_table_firewall.id}"
    assert tables["AzureFirewallManagementSubnet"] is None


def test_the_owners_of_the_remote_vnets_have_steps() -> None:
    steps = [step.text for step in manual_steps(require(EVERYTHING).topology)]
    assert [step for step in steps if "peering from vnet-tools to" in step]
    assert not [step for step in steps if "peering from vnet-west to" in step]
    assert ["vnet-tools" in step for step in steps if "set use_remote_gateways" in step] == [True]
    assert len([step for step in steps if "10.64.0.0/12, 10.96.0.0/16 with the next hop 10.0.0.5" in step]) == 3
