"""Test the addresses of NAT gateways, and the subnets that use them, one after the other."""

import pathlib

import yaml

from tests.conftest import PROJECT, Synth
from tests.stacks.resources import BASES
from tests.strategies import dump

TOPOLOGIES = PROJECT / "tests" / "topologies"
ASSOCIATION = "azurerm_subnet_nat_gateway_association"
VNET = "${azurerm_virtual_network.vnet.id}/subnets"


def test_the_hub_associates_one_subnet_after_the_other_before_the_firewall(synth: Synth) -> None:
    resources = synth(TOPOLOGIES / "everything.yaml")["hub"]["resource"]
    associations = resources[ASSOCIATION]
    assert {name: one["subnet_id"] for name, one in associations.items()} == {
        "nat_of_AzureFirewallSubnet": f"{VNET}/AzureFirewallSubnet",
        "nat_of_runners": f"{VNET}/snet-runners",
        "nat_of_tools": f"{VNET}/snet-tools",
    }
    addresses = [f"azurerm_nat_gateway_public_ip_association.{name}" for name in ("address_of_nat", "address_of_nat_2")]
    waits = {name: set(one["depends_on"]) - set(addresses) for name, one in associations.items()}
    assert waits == {
        "nat_of_AzureFirewallSubnet": set(),
        "nat_of_runners": {f"{ASSOCIATION}.nat_of_AzureFirewallSubnet"},
        "nat_of_tools": {f"{ASSOCIATION}.nat_of_runners"},
    }
    assert all(set(addresses) <= set(one["depends_on"]) for one in associations.values())
    assert f"{ASSOCIATION}.nat_of_tools" in resources["azurerm_firewall"]["firewall"]["depends_on"]


def test_the_gateway_and_its_addresses_are_in_the_zone_of_the_file(synth: Synth) -> None:
    resources = synth(TOPOLOGIES / "everything.yaml")["network-sandbox"]["resource"]
    (gateway,) = resources["azurerm_nat_gateway"].values()
    assert (gateway["name"], gateway["idle_timeout_in_minutes"], gateway["zones"]) == ("ng-sandbox-prod", 5, ["2"])
    names = [f"pip-sandbox-nat{suffix}" for suffix in ("", "-2", "-3")]
    addresses = resources["azurerm_public_ip"].values()
    assert [(one["name"], one["zones"]) for one in addresses] == [(name, ["2"]) for name in names]
    peering = resources["azurerm_virtual_network_peering"]["from_hub"]
    assert peering["depends_on"] == [f"{ASSOCIATION}.nat_of_open"]


def test_nodes_and_pods_use_the_gateway_of_the_outbound_type(synth: Synth, tmp_path: pathlib.Path) -> None:
    topology = yaml.safe_load((BASES / "no-firewall.yaml").read_text(encoding="utf-8"))
    spoke = topology["spokes"]["orders"]
    spoke["nat_gateway"] = {}
    spoke["subnets"]["pods"] = {"cidr": "10.64.64.0/20", "delegation": "Microsoft.ContainerService/managedClusters"}
    spoke["cluster"] |= {"outbound_type": "userAssignedNATGateway", "network": {"mode": "pod_subnet"}}
    spoke["cluster"]["node_pool"]["pod_subnet"] = "pods"
    file = tmp_path / "topology.yaml"
    file.write_text(dump(topology), encoding="utf-8")
    workspaces = synth(file)
    resources = workspaces["network-orders"]["resource"]
    assert set(resources[ASSOCIATION]) == {"nat_of_nodes", "nat_of_pods"}
    cluster = workspaces["aks-orders"]["resource"]["azurerm_kubernetes_cluster"]["cluster"]
    assert cluster["network_profile"]["outbound_type"] == "userAssignedNATGateway"
