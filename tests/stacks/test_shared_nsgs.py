"""An NSG of several subnets is one resource, in the workspace of its owner."""

import pathlib

import yaml

from tests.conftest import SAMPLE, Synth
from tests.stacks.resources import EVERYTHING
from tests.strategies import dump

NSG = "azurerm_network_security_group"
HUB_NSG = (
    "/subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/rg-platform-hub/providers/"
    "Microsoft.Network/networkSecurityGroups/nsg-platform-hub-inner"
)


def test_subnets_of_a_spoke_and_of_the_hub_share_one_nsg(synth: Synth) -> None:
    built = synth(EVERYTHING, only=["hub", "network-payments"])
    for workspace, key, subnets in (
        ("hub", "closed", {"snet-dmz", "snet-old"}),
        ("network-payments", "inner", {"snet-batch", "snet-appliance"}),
    ):
        resources = built[workspace]["resource"]
        (vnet,) = resources["azurerm_virtual_network"].values()
        reference = f"${{{NSG}.shared_nsg_{key}.id}}"
        assert {subnet["name"] for subnet in vnet["subnet"] if subnet["security_group"] == reference} == subnets
        assert not {f"nsg_{subnet.removeprefix('snet-')}" for subnet in subnets} & resources[NSG].keys()
    (rule,) = built["hub"]["resource"][NSG]["shared_nsg_closed"]["security_rule"]
    assert rule["name"] == "deny-web"
    inner = built["network-payments"]["resource"][NSG]["shared_nsg_inner"]
    # The subnet `batch` has nodes, and the spoke is direct.
    assert {rule["name"] for rule in inner["security_rule"]} == {
        "hvn-in",
        "nodes-and-pods-in",
        "nodes-and-pods-out",
        "ssh",
    }


def test_a_spoke_names_the_hubs_nsg_by_id_and_does_not_contain_its_rules(synth: Synth, tmp_path: pathlib.Path) -> None:
    topology = yaml.safe_load(SAMPLE.read_text(encoding="utf-8"))
    topology["spokes"]["analytics"]["subnets"] = {
        "jobs": {"cidr": "10.96.0.0/24", "nsg": "RG-Platform-Hub/NSG-platform-hub-inner"}
    }
    built = []
    for priority in (200, 300):
        topology["hub"]["network_security_groups"] = {"inner": {"rules": {"web": {"priority": priority}}}}
        file = tmp_path / f"{priority}.yaml"
        file.write_text(dump(topology), encoding="utf-8")
        built.append(synth(file, only=["hub", "network-analytics"]))
    assert built[0]["network-analytics"] == built[1]["network-analytics"]
    assert built[0]["hub"] != built[1]["hub"]
    resources = built[0]["network-analytics"]["resource"]
    (vnet,) = resources["azurerm_virtual_network"].values()
    assert [subnet["security_group"] for subnet in vnet["subnet"]] == [HUB_NSG]
    assert NSG not in resources
