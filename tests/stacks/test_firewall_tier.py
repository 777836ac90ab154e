"""The topology file sets the tier of the firewall and of its policy. Basic has a management subnet and no DNS proxy."""

import pathlib
from typing import Any

from tests.conftest import SAMPLE, Synth

TIER = "    sku_tier: Standard\n"


def hub(synth: Synth, file: pathlib.Path, lines: str) -> dict[str, Any]:
    file.write_text(SAMPLE.read_text(encoding="utf-8").replace(TIER, lines), encoding="utf-8")
    resources: dict[str, Any] = synth(file, only=["hub"])["hub"]["resource"]
    return resources


def test_a_basic_firewall_has_no_dns_settings(tmp_path: pathlib.Path, synth: Synth) -> None:
    built = hub(synth, tmp_path / "topology.yaml", "    sku_tier: Basic\n    management_cidr: 10.0.0.128/26\n")
    policy, firewall = built["azurerm_firewall_policy"]["firewall_policy"], built["azurerm_firewall"]["firewall"]
    assert (policy["sku"], firewall["sku_tier"]) == ("Basic", "Basic")
    assert not policy.get("dns")
    assert not policy.get("intrusion_detection")
    management = firewall["management_ip_configuration"]
    assert management["public_ip_address_id"] == "${azurerm_public_ip.management_address.id}"
    assert management["subnet_id"].endswith("/subnets/AzureFirewallManagementSubnet")
    (vnet,) = built["azurerm_virtual_network"].values()
    (subnet,) = (one for one in vnet["subnet"] if one["name"] == "AzureFirewallManagementSubnet")
    assert subnet["address_prefixes"] == ["10.0.0.128/26"]
    assert not subnet.get("route_table_id")
    assert not subnet.get("security_group")


def test_a_standard_firewall_has_the_dns_proxy(tmp_path: pathlib.Path, synth: Synth) -> None:
    built = hub(synth, tmp_path / "topology.yaml", TIER)
    assert built["azurerm_firewall_policy"]["firewall_policy"]["dns"]["proxy_enabled"]
    assert not built["azurerm_firewall"]["firewall"].get("management_ip_configuration")
