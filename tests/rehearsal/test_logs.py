"""Test diagnostic settings (diagnostic_settings), changes by Azure Policy, and a firewall with several addresses."""

import copy
import pathlib
from typing import Any

import pytest
import yaml

import main
from hvn.check.load import check, require
from hvn.plans.redacted import redacted
from hvn.rehearsal import run
from hvn.yamlfile.source import parse
from tests.conftest import PROJECT, SAMPLE
from tests.rehearsal.conftest import Stage, messages, resource
from tests.strategies import dump

GROUP = "/subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/rg-logs/providers"
WORKSPACE = f"{GROUP}/Microsoft.OperationalInsights/workspaces/log-platform"
EVERYTHING = PROJECT / "tests" / "topologies" / "everything.yaml"
SETTING = "azurerm_monitor_diagnostic_setting"


@pytest.fixture
def setting(stage: Stage) -> Any:
    """Return the setting of the runners' security group, which the test can modify."""
    stage.cloud.put("azurerm_log_analytics_workspace", WORKSPACE, {"id": WORKSPACE})
    body = {
        "name": "diag",
        "target_resource_id": "${azurerm_network_security_group.nsg_runners.id}",
        "log_analytics_workspace_id": WORKSPACE,
        "enabled_log": [{"category": "NetworkSecurityGroupEvent"}],
    }
    stage.change("hub")["resource"][SETTING] = {"closed": body}
    return body


def test_a_setting_is_built_and_has_no_second_plan(stage: Stage, setting: Any) -> None:
    assert not stage.build("hub").failed


def test_an_unsupported_category_is_refused(stage: Stage, setting: Any) -> None:
    setting["enabled_log"].append({"category": "AZFWNetworkRule"})
    assert "Category 'AZFWNetworkRule' is not supported" in messages(stage.build("hub").failures)


def test_a_second_setting_with_the_same_category_and_destination_is_refused(stage: Stage, setting: Any) -> None:
    other = {**copy.deepcopy(setting), "name": "other", "depends_on": [f"{SETTING}.closed"]}
    stage.change("hub")["resource"][SETTING]["other"] = other
    assert "is already used in diagnostic setting 'diag'" in messages(stage.build("hub").failures)
    other["enabled_log"] = [{"category": "NetworkSecurityGroupRuleCounter"}]
    assert not stage.build("hub").failed


def test_a_destination_type_of_a_resource_without_tables_is_planned_again(stage: Stage, setting: Any) -> None:
    setting["log_analytics_destination_type"] = "Dedicated"
    assert stage.build("hub").differs == [f"{SETTING}.closed: update log_analytics_destination_type"]


def test_a_setting_needs_its_resource_and_its_destination(stage: Stage, setting: Any) -> None:
    setting["log_analytics_workspace_id"] = WORKSPACE.replace("log-platform", "log-other")
    assert "ResourceNotFound" in messages(stage.build("hub").failures)
    setting["log_analytics_workspace_id"] = WORKSPACE.replace(
        "Microsoft.OperationalInsights", "microsoft.operationalinsights"
    )
    assert "does not fit" in messages(stage.build("hub").failures), "azurerm checks the case of the fixed parts"


def test_an_address_is_added_in_place_and_removed_after_it_left_the_firewall(stage: Stage) -> None:
    stage.prepare("hub")
    addresses = stage.change("hub")["resource"]["azurerm_public_ip"]
    firewall = resource(stage, "hub", "azurerm_firewall", "firewall")
    addresses["firewall_address_2"] = {**addresses["firewall_address"], "name": "pip-platform-afw-2"}
    more = {"name": "firewall-2", "public_ip_address_id": "${azurerm_public_ip.firewall_address_2.id}"}
    firewall["ip_configuration"].append(more)
    plan = stage.plan_of("hub")["resource_changes"]
    assert [one["change"]["actions"] for one in plan if one["address"] == "azurerm_firewall.firewall"] == [["update"]]
    assert not stage.build("hub").failed
    firewall["ip_configuration"].remove(more)
    del addresses["firewall_address_2"]
    assert "PublicIPAddressCannotBeDeleted" in messages(stage.build("hub").failures)
    (there,) = stage.cloud.find("azurerm_firewall")
    stage.cloud.put("azurerm_firewall", there["id"], {**there, "ip_configuration": there["ip_configuration"][:1]})
    assert not stage.build("hub").failed


def test_the_key_of_a_stream_is_in_the_plan_and_not_in_the_redacted_plan(tmp_path: pathlib.Path) -> None:
    hcp = [workspace for workspace in require(EVERYTHING).workspaces() if workspace.id == "hcp"]
    main.synthesize(hcp, str(tmp_path))
    plans: dict[str, str] = {}
    (result,) = run.rehearse(tmp_path, hcp, save=lambda workspace, plan: plans.update({workspace: plan})).results
    assert not result.failed
    assert "rehearsed-key" in plans["hcp"]
    assert "rehearsed-key" not in redacted(plans["hcp"])


# --- Azure Policy

VNET, ADDRESS = "azurerm_virtual_network.vnet", "azurerm_public_ip.firewall_address"


@pytest.mark.parametrize(
    ("owned", "reverted"),
    [([], {VNET, ADDRESS}), (["tags"], {VNET}), (["tags", "ddos_protection_plan"], set())],
    ids=["nothing", "tags", "tags-and-plan"],
)
def test_a_plan_reverts_changes_that_azure_policy_does_not_own(
    owned: list[str], reverted: set[str], tmp_path: pathlib.Path
) -> None:
    topology = yaml.safe_load(SAMPLE.read_text(encoding="utf-8"))
    topology["azure"]["policy_owned"] = owned
    checked = check(parse(dump(topology), "topology.yaml"), SAMPLE.parent / "jwks").checked
    assert checked
    hub = [workspace for workspace in checked.workspaces() if workspace.id == "hub"]
    main.synthesize(hub, str(tmp_path))
    (result,) = run.rehearse(tmp_path, hub, faults=["azure-policy"]).results
    assert not result.failed
    seen = {failure.address for failure in result.fault_seen}
    assert seen & {VNET, ADDRESS} == reverted
    assert bool(seen) is bool(reverted)
