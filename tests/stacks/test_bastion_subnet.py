"""AzureBastionSubnet of a spoke has Azure's name and the NSG rules that Azure Bastion needs, but no route table."""

import pathlib

import yaml

from hvn.topology.security import BASTION
from tests.conftest import SAMPLE, Synth
from tests.strategies import dump


def test_the_bastion_subnet_of_a_spoke_has_its_own_rules_and_no_routes(synth: Synth, tmp_path: pathlib.Path) -> None:
    topology = yaml.safe_load(SAMPLE.read_text(encoding="utf-8"))
    topology["naming"] = {"subnet": "snet-{subnet}"}
    topology["spokes"]["analytics"]["subnets"] = {"AzureBastionSubnet": {"cidr": "10.96.0.0/26", "route": "none"}}
    file = tmp_path / "topology.yaml"
    file.write_text(dump(topology), encoding="utf-8")
    resources = synth(file, only=["network-analytics"])["network-analytics"]["resource"]
    (vnet,) = resources["azurerm_virtual_network"].values()
    (subnet,) = (one for one in vnet["subnet"] if one["address_prefixes"] == ["10.96.0.0/26"])
    assert (subnet["name"], subnet["route_table_id"]) == ("AzureBastionSubnet", None)
    group = resources["azurerm_network_security_group"][subnet["security_group"].split(".")[1]]
    assert {rule["name"] for rule in group["security_rule"]} == {rule.name for rule in BASTION}
    assert "open_table" not in resources.get("azurerm_route_table", {})
