"""Azure refuses a base policy (firewall_base_policy) that is missing, in a different region, or with a
stricter threat intelligence mode."""

import pytest

from tests.rehearsal.conftest import Stage, messages, resource

GROUP = "/subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/rg-security"
BASE = f"{GROUP}/providers/Microsoft.Network/firewallPolicies/afwp-base"


@pytest.mark.parametrize(
    ("base", "error"),
    [
        (None, "ResourceNotFound"),
        ({"location": "westeurope"}, "FirewallPolicyBasePolicyDoesnotExist"),
        ({"location": "japaneast", "threat_intelligence_mode": "Deny"}, "the mode Alert is weaker"),
        ({"location": "japaneast", "threat_intelligence_mode": "Alert"}, ""),
        ({}, ""),
    ],
)
def test_a_policy_fits_its_base_policy(stage: Stage, base: dict[str, str] | None, error: str) -> None:
    stage.cloud.put("azurerm_resource_group", GROUP, {"id": GROUP, "name": "rg-security"})
    if base is not None:
        stage.cloud.put("azurerm_firewall_policy", BASE, {"id": BASE, "name": "afwp-base", **base})
    resource(stage, "hub", "azurerm_firewall_policy", "firewall_policy")["base_policy_id"] = BASE
    failures = stage.build("hub").failures
    assert error in messages(failures)
    assert bool(failures) == bool(error)


def test_a_base_policy_is_changed_in_place(stage: Stage) -> None:
    stage.prepare("hub")
    stage.cloud.put("azurerm_firewall_policy", BASE, {"id": BASE, "name": "afwp-base"})
    resource(stage, "hub", "azurerm_firewall_policy", "firewall_policy")["base_policy_id"] = BASE
    changes = {one["address"]: one["change"]["actions"] for one in stage.plan_of("hub")["resource_changes"]}
    assert {address for address, actions in changes.items() if actions != ["no-op"]} == {
        "azurerm_firewall_policy.firewall_policy"
    }
    assert changes["azurerm_firewall_policy.firewall_policy"] == ["update"]
    assert not stage.build("hub").failed
