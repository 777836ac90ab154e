"""Azure refuses settings of a higher tier, and a Basic firewall without a management subnet (firewall_tier)."""

from typing import Any

import pytest

from tests.rehearsal.conftest import Stage, messages, resource

GROUP = "/subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/rg-security"
BASE = f"{GROUP}/providers/Microsoft.Network/firewallPolicies/afwp-base"


def policy(stage: Stage) -> Any:
    return resource(stage, "hub", "azurerm_firewall_policy", "firewall_policy")


def basic(stage: Stage) -> None:
    """Change the hub to a Basic firewall with a management subnet."""
    hub = stage.change("hub")["resource"]
    subnets = hub["azurerm_virtual_network"]["vnet"]["subnet"]
    (own,) = (one for one in subnets if one["name"] == "AzureFirewallSubnet")
    subnets.append({**own, "name": "AzureFirewallManagementSubnet", "address_prefixes": ["10.0.0.128/26"]})
    addresses = hub["azurerm_public_ip"]
    addresses["management_address"] = {**addresses["firewall_address"], "name": "pip-management"}
    firewall = hub["azurerm_firewall"]["firewall"]
    firewall["sku_tier"] = policy(stage)["sku"] = "Basic"
    firewall["management_ip_configuration"] = {
        "name": "management",
        "public_ip_address_id": "${azurerm_public_ip.management_address.id}",
        "subnet_id": "${azurerm_virtual_network.vnet.id}/subnets/AzureFirewallManagementSubnet",
    }
    del policy(stage)["dns"]


def test_a_basic_firewall_with_a_management_subnet_is_built(stage: Stage) -> None:
    basic(stage)
    assert not stage.build("hub").failures


def test_a_basic_firewall_needs_a_management_subnet(stage: Stage) -> None:
    basic(stage)
    del resource(stage, "hub", "azurerm_firewall", "firewall")["management_ip_configuration"]
    assert "needs a management IP configuration" in messages(stage.build("hub").failures)


@pytest.mark.parametrize(
    ("setting", "named"),
    [
        ({"dns": {"proxy_enabled": False}}, "properties - DNS Proxy and Custom DNS"),
        ({"threat_intelligence_mode": "Deny"}, "properties - Threat Intelligence"),
        ({"threat_intelligence_mode": "Off"}, ""),
        ({"intrusion_detection": {"mode": "Off"}}, "properties - Intrusion Detection"),
    ],
)
def test_a_basic_policy_has_no_settings_of_higher_tiers(stage: Stage, setting: dict[str, Any], named: str) -> None:
    basic(stage)
    policy(stage).update(setting)
    failures = stage.build("hub").failures
    assert named in messages(failures)
    assert bool(failures) == bool(named)


def test_only_premium_has_intrusion_detection(stage: Stage) -> None:
    policy(stage)["intrusion_detection"] = {"mode": "Alert"}
    assert "properties - Intrusion Detection" in messages(stage.build("hub").failures)


def test_a_policy_does_not_fit_a_firewall_of_a_lower_tier(stage: Stage) -> None:
    policy(stage)["sku"] = "Premium"
    assert "the policy has the tier Premium, and the firewall Standard" in messages(stage.build("hub").failures)


@pytest.mark.parametrize(("base", "refused"), [("Premium", True), ("Standard", False), ("Basic", False), (None, False)])
def test_a_base_policy_has_no_higher_tier(stage: Stage, base: str | None, refused: bool) -> None:
    stage.cloud.put("azurerm_resource_group", GROUP, {"id": GROUP, "name": "rg-security"})
    stage.cloud.put("azurerm_firewall_policy", BASE, {"id": BASE, "name": "afwp-base", "sku": base})
    policy(stage)["base_policy_id"] = BASE
    failures = stage.build("hub").failures
    assert ("FirewallPolicyBasePolicyCannotBeHigherSku" in messages(failures)) == refused == bool(failures)
