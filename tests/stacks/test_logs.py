"""Test diagnostic settings, the streams of Vault, and the firewall's public addresses."""

from typing import Any

from stacks.logs import CATEGORIES
from tests.conftest import PROJECT, Synth

EVERYTHING = PROJECT / "tests" / "topologies" / "everything.yaml"
OTHERWISE = PROJECT / "tests" / "topologies" / "everything-otherwise.yaml"
SETTING = "azurerm_monitor_diagnostic_setting"


def settings(stack: Any) -> dict[str, Any]:
    """Return the diagnostic settings by the address of their resource."""
    bodies = stack["resource"].get(SETTING, {}).values()
    return {body["target_resource_id"].removeprefix("${").removesuffix(".id}"): body for body in bodies}


def test_each_resource_with_logs_has_one_setting_in_its_own_workspace(synth: Synth) -> None:
    for id_, stack in synth(EVERYTHING).items():
        logged = {f"{type_}.{name}" for type_ in CATEGORIES for name in stack.get("resource", {}).get(type_, ())}
        assert settings(stack).keys() == logged if "resource" in stack else not logged, id_
        for address, body in settings(stack).items():
            categories = CATEGORIES[address.partition(".")[0]]
            assert [log["category"] for log in body["enabled_log"]] == sorted(categories)
    assert not settings(synth(OTHERWISE)["hub"])


def test_only_types_with_their_own_tables_have_a_destination_type(synth: Synth) -> None:
    stacks = synth(EVERYTHING)
    dedicated = {
        address.partition(".")[0]
        for id_ in ("hub", "aks-payments")
        for address, body in settings(stacks[id_]).items()
        if body.get("log_analytics_destination_type") == "Dedicated"
    }
    assert dedicated == {"azurerm_firewall", "azurerm_kubernetes_cluster"}


def test_the_key_of_a_stream_is_a_sensitive_variable_and_never_in_the_file(synth: Synth) -> None:
    for file, audit_log, metrics in (
        (EVERYTHING, ("http_basic_password",), ("cloudwatch_secret_access_key",)),
        (OTHERWISE, ("datadog_api_key",), ("elasticsearch_password",)),
    ):
        stack = synth(file)["hcp"]
        vault = stack["resource"]["hcp_vault_cluster"]["vault"]
        for name, keys in (("audit_log", audit_log), ("metrics", metrics)):
            variable = f"vault_{name}_key"
            assert stack["variable"][variable]["sensitive"] is True
            block = vault["audit_log_config" if name == "audit_log" else "metrics_config"]
            assert [key for key, value in block.items() if value == f"${{var.{variable}}}"] == list(keys)
            # HCP accepts the settings of exactly one monitoring system.
            assert len({key.partition("_")[0] for key in block}) == 1


def test_further_addresses_follow_the_first_and_have_no_subnet(synth: Synth) -> None:
    hub = synth(EVERYTHING)["hub"]["resource"]
    addresses = hub["azurerm_public_ip"].items()
    names = {key: body["name"] for key, body in addresses if not key.startswith("nat_")}
    first = names["firewall_address"]
    assert names == {
        "firewall_address": first,
        "management_address": "pip-platform-management",
        "firewall_address_2": f"{first}-2",
        "firewall_address_3": f"{first}-3",
    }
    first, *more = hub["azurerm_firewall"]["firewall"]["ip_configuration"]
    assert "subnet_id" in first
    assert [one["name"] for one in more] == ["firewall-2", "firewall-3"]
    assert not any("subnet_id" in one for one in more)
