"""Azure and azurerm refuse wrong DNAT rules of the hub's firewall (firewall_dnat)."""

from typing import Any

import pytest

from tests.rehearsal.conftest import Stage, messages, resource

RULE = {
    "name": "shop",
    "protocols": ["TCP"],
    "source_addresses": ["*"],
    "destination_address": "${azurerm_public_ip.firewall_address.ip_address}",
    "destination_ports": ["443"],
    "translated_address": "10.64.0.9",
    "translated_port": 8443,
}


def with_rules(stage: Stage, *rules: dict[str, Any]) -> dict[str, Any]:
    """Add a group of DNAT rules to the hub, after the firewall, and return the group."""
    groups = stage.change("hub")["resource"]["azurerm_firewall_policy_rule_collection_group"]
    groups["dnat_rules"] = {
        "name": "dnat",
        "firewall_policy_id": "${azurerm_firewall_policy.firewall_policy.id}",
        "priority": 1050,
        "nat_rule_collection": [{"name": "dnat", "priority": 1000, "action": "Dnat", "rule": list(rules)}],
        "depends_on": ["azurerm_firewall.firewall"],
    }
    group: dict[str, Any] = groups["dnat_rules"]
    return group


def test_a_dnat_rule_is_applied_and_does_not_change_again(stage: Stage) -> None:
    with_rules(stage, RULE)
    result = stage.build("hub")
    assert not result.failures
    rules = [one for one in stage.cloud.find("azurerm_firewall_policy_rule_collection_group") if one["name"] == "dnat"]
    (ip,) = stage.cloud.find("azurerm_public_ip")
    assert rules[0]["nat_rule_collection"][0]["rule"][0]["destination_address"] == ip["ip_address"]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"destination_address": "10.0.0.4"}, "not an address of the firewall"),
        ({"translated_address": None}, "should specify either"),
        ({"destination_ports": ["443", "444"]}, "1 item maximum"),
        ({"source_addresses": []}, "FirewallPolicyRuleIpAddressesAndPortsMustBeSpecified"),
    ],
)
def test_a_wrong_dnat_rule_is_refused(stage: Stage, change: dict[str, Any], error: str) -> None:
    with_rules(stage, {**RULE, **change})
    assert error in messages(stage.build("hub").failures)


def test_dnat_rules_and_addresses_have_a_limit(stage: Stage) -> None:
    with_rules(stage, *({**RULE, "name": f"r{port}", "destination_ports": [str(port)]} for port in range(1, 251)))
    assert "exceed 250" in messages(stage.build("hub").failures)


def test_a_second_address_is_added_before_its_rule(stage: Stage) -> None:
    stage.build("hub")
    hub = stage.change("hub")["resource"]
    hub["azurerm_public_ip"]["second"] = {**hub["azurerm_public_ip"]["firewall_address"], "name": "pip-second"}
    firewall = resource(stage, "hub", "azurerm_firewall", "firewall")
    firewall["ip_configuration"].append({"name": "two", "public_ip_address_id": "${azurerm_public_ip.second.id}"})
    group = with_rules(stage, {**RULE, "destination_address": "${azurerm_public_ip.second.ip_address}"})
    del group["depends_on"]
    assert stage.build("hub").failures
    group["depends_on"] = ["azurerm_firewall.firewall"]
    assert not stage.build("hub").failures
