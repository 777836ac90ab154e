"""azurerm and AKS refuse wrong arguments of a cluster."""

import json
from typing import Any

import pytest

from tests.rehearsal.conftest import Stage, messages

NETWORK = ("hub", "network-payments")


def cluster_of(stage: Stage) -> Any:
    return stage.change("aks-payments")["resource"]["azurerm_kubernetes_cluster"]["cluster"]


@pytest.mark.parametrize(
    ("block", "argument", "value", "error"),
    [
        ("network_profile", "network_plugin_mode", None, "unless specifying `network_plugin_mode` to `overlay`"),
        ("network_profile", "dns_service_ip", None, "should all be empty or both should be set"),
        ("network_profile", "service_cidr", "10.64.8.0/21", "ServiceCidrOverlapExistingSubnetsCidr"),
        ("network_profile", "service_cidr", "999.0.0.0/16", "400 Bad Request"),
        ("network_profile", "outbound_type", "none", "`bootstrap_profile.0.artifact_source` must be set to `Cache`"),
        ("default_node_pool", "min_count", 9, "`max_count` must be >= `min_count`"),
        ("default_node_pool", "max_count", None, "`max_count` must be configured when `auto_scaling_enabled`"),
        ("default_node_pool", "auto_scaling_enabled", False, "must be set to `null` when `auto_scaling_enabled`"),
        ("", "private_dns_zone_id", "System", "`dns_prefix_private_cluster` should only be set for private cluster"),
        ("", "identity", {"type": "SystemAssigned"}, "a user assigned identity or a service principal must be used"),
        ("", "private_cluster_enabled", False, "`dns_prefix_private_cluster` should only be set for private cluster"),
    ],
)
def test_conflicting_arguments_of_a_cluster_are_refused(
    stage: Stage, block: str, argument: str, value: object, error: str
) -> None:
    cluster = cluster_of(stage)
    (cluster[block] if block else cluster)[argument] = value
    assert error in messages(stage.build(*NETWORK, "aks-payments").failures)


@pytest.mark.parametrize(
    ("name", "error"), [("systemtmp", ""), (None, "`temporary_name_for_rotation` must be specified")]
)
def test_node_pool_rotates_only_with_a_temporary_name(stage: Stage, name: str | None, error: str) -> None:
    pool = cluster_of(stage)["default_node_pool"]
    pool["temporary_name_for_rotation"] = name
    stage.prepare(*NETWORK, "aks-payments")
    pool["vm_size"] = "Standard_D8s_v5"
    errors = messages(stage.build("aks-payments").failures)
    assert error in errors if error else not errors


def test_pool_of_a_cluster_without_pod_subnets_cannot_get_one(stage: Stage) -> None:
    pool = cluster_of(stage)["default_node_pool"]
    stage.prepare(*NETWORK, "aks-payments")
    pool["pod_subnet_id"] = f"{pool['vnet_subnet_id']}-pods"
    assert planned(stage)["actions"] == ["update"]
    assert "All or none of the agentpools should set podsubnet" in messages(stage.build("aks-payments").failures)


AFTER_AN_OUTSIDE_CHANGE = (
    # Argument, value in Azure, value in the configuration, and whether azurerm replaces the cluster.
    ("drain_timeout_in_minutes", 45, None, True),
    ("drain_timeout_in_minutes", 45, 30, False),
    ("undrainable_node_behavior", "Cordon", None, True),
    ("undrainable_node_behavior", "Cordon", "Schedule", False),
    ("node_soak_duration_in_minutes", 5, None, False),
)


def test_settings_of_upgrades_replace_a_cluster_only_if_they_are_not_written(stage: Stage) -> None:
    stage.prepare(*NETWORK, "aks-payments")
    (made,) = stage.cloud.find("azurerm_kubernetes_cluster")
    body = cluster_of(stage)
    del body["lifecycle"]["prevent_destroy"]
    for argument, outside, written, replaced in AFTER_AN_OUTSIDE_CHANGE:
        pool = made["default_node_pool"][0]
        changed = {**pool, "upgrade_settings": [{**pool["upgrade_settings"][0], argument: outside}]}
        stage.cloud.put("azurerm_kubernetes_cluster", made["id"], {**made, "default_node_pool": [changed]})
        settings = dict(body["default_node_pool"]["upgrade_settings"])
        body["default_node_pool"]["upgrade_settings"] = {**settings, argument: written}
        change = planned(stage)
        assert (change["actions"] == ["delete", "create"]) == replaced, (argument, written, change["actions"])
        if replaced:
            assert change["replace_paths"] == [["default_node_pool", 0, "upgrade_settings", 0, argument]]
        body["default_node_pool"]["upgrade_settings"] = settings


@pytest.mark.whole
def test_a_renamed_system_pool_replaces_the_cluster_unless_its_rotation_failed(stage: Stage) -> None:
    stage.prepare(*NETWORK, "aks-payments")
    body = cluster_of(stage)
    body["default_node_pool"]["name"] = "other"
    result = stage.build("aks-payments")
    assert "Instance cannot be destroyed" in messages(result.failures), "prevent_destroy protects the cluster"
    del body["lifecycle"]["prevent_destroy"]
    assert planned(stage)["replace_paths"] == [["default_node_pool", 0, "name"]]
    (made,) = stage.cloud.find("azurerm_kubernetes_cluster")
    left_over = [{**made["default_node_pool"][0], "name": "systemtmp"}]
    stage.cloud.put("azurerm_kubernetes_cluster", made["id"], {**made, "default_node_pool": left_over})
    assert planned(stage)["actions"] == ["update"]


def test_settings_of_a_load_balancer_replace_a_cluster_without_load_balancer(stage: Stage) -> None:
    stage.prepare(*NETWORK, "aks-payments")
    body = cluster_of(stage)
    del body["lifecycle"]["prevent_destroy"]
    body["network_profile"]["outbound_type"] = "loadBalancer"
    assert planned(stage)["actions"] == ["update"]
    body["network_profile"]["load_balancer_profile"] = {"managed_outbound_ip_count": 2}
    assert planned(stage)["replace_paths"] == [["network_profile", 0, "load_balancer_profile"]]
    del body["network_profile"]["load_balancer_profile"]
    stage.prepare("aks-payments")
    body["network_profile"]["load_balancer_profile"] = {"managed_outbound_ip_count": 2}
    assert planned(stage)["actions"] == ["update"]


def nodes(stage: Stage, name: str, **arguments: object) -> dict[str, Any]:
    """Add a node pool to the cluster of payments, and return its JSON."""
    pools = stage.change("aks-payments")["resource"].setdefault("azurerm_kubernetes_cluster_node_pool", {})
    pools[f"nodes_{name}"] = {
        "name": name,
        "kubernetes_cluster_id": "${azurerm_kubernetes_cluster.cluster.id}",
        "vm_size": "Standard_D4s_v5",
        "auto_scaling_enabled": True,
        "min_count": 0,
        "max_count": 3,
        **arguments,
    }
    added: dict[str, Any] = pools[f"nodes_{name}"]
    return added


def test_node_pools_come_and_go_without_the_others(stage: Stage) -> None:
    stage.prepare(*NETWORK, "aks-payments")
    nodes(stage, "batch")
    assert not stage.build("aks-payments").failed
    nodes(stage, "apps", mode="System", min_count=1)
    plan = stage.plan_of("aks-payments")["resource_changes"]
    assert [change["address"] for change in plan if change["change"]["actions"] != ["no-op"]] == [
        "azurerm_kubernetes_cluster_node_pool.nodes_apps"
    ]
    del stage.change("aks-payments")["resource"]["azurerm_kubernetes_cluster_node_pool"]["nodes_batch"]
    assert not stage.build("aks-payments").failed
    assert [pool["name"] for pool in stage.cloud.find("azurerm_kubernetes_cluster_node_pool")] == ["apps"]


@pytest.mark.whole
@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"vm_size": "Standard_D8s_v5"}, "`temporary_name_for_rotation` must be specified"),
        ({"mode": "System"}, "`min_count` must be configured"),
        ({"priority": "Spot", "upgrade_settings": {"max_surge": "1"}}, "Spot pools can't set max surge."),
        ({"vm_size": "Standard_D8s_v5", "temporary_name_for_rotation": "batchtmp"}, ""),
    ],
)
def test_conflicting_arguments_of_a_node_pool_are_refused(stage: Stage, change: dict[str, Any], error: str) -> None:
    batch = nodes(stage, "batch")
    stage.prepare(*NETWORK, "aks-payments")
    batch |= change
    errors = messages(stage.build("aks-payments").failures)
    assert error in errors if error else not errors


def planned(stage: Stage) -> Any:
    """Return the change of the cluster in a plan."""
    changes = stage.plan_of("aks-payments")["resource_changes"]
    return next(change["change"] for change in changes if change["type"] == "azurerm_kubernetes_cluster")


def test_api_servers_name_is_in_the_configured_zone(stage: Stage) -> None:
    cluster = cluster_of(stage)
    stage.change("hub")["resource"]["azurerm_private_dns_zone"]["aks_zone"]["name"] = (
        "shared.privatelink.japaneast.azmk8s.io"
    )
    for workspace in ("network-payments", "aks-payments"):
        changed = json.dumps(stage.change(workspace)).replace("privatelink.japaneast", "shared.privatelink.japaneast")
        stage.stacks[workspace] = json.loads(changed)
    stage.prepare(*NETWORK, "aks-payments")
    (made,) = stage.cloud.find("azurerm_kubernetes_cluster")
    assert made["private_fqdn"] == f"{cluster['dns_prefix_private_cluster']}.shared.privatelink.japaneast.azmk8s.io"


def test_public_api_server_has_a_name_of_azure_and_needs_no_private_zone(stage: Stage) -> None:
    cluster = cluster_of(stage)
    prefix = cluster.pop("dns_prefix_private_cluster")
    del cluster["private_dns_zone_id"]
    cluster |= {"private_cluster_enabled": False, "dns_prefix": prefix}
    assignments = stage.change("aks-payments")["resource"]["azurerm_role_assignment"]
    del assignments["may_write_zone"]
    cluster["depends_on"].remove("azurerm_role_assignment.may_write_zone")
    cluster["api_server_access_profile"] = {"authorized_ip_ranges": ["198.51.100.0/24"]}
    join = assignments.pop("may_join_network")
    cluster["depends_on"].remove("azurerm_role_assignment.may_join_network")
    assert "may not join" in messages(stage.build(*NETWORK, "aks-payments").failures)
    assignments["may_join_network"] = join
    cluster["depends_on"].append("azurerm_role_assignment.may_join_network")
    stage.prepare(*NETWORK, "aks-payments")
    (made,) = stage.cloud.find("azurerm_kubernetes_cluster")
    assert (made["private_fqdn"], made["fqdn"].endswith(".hcp.japaneast.azmk8s.io")) == ("", True)
    assert planned(stage)["actions"] == ["no-op"]
    del cluster["lifecycle"]["prevent_destroy"]
    cluster["private_cluster_enabled"] = True
    assert planned(stage)["replace_paths"] == [["private_cluster_enabled"]]


def test_another_outbound_type_changes_a_cluster_in_place(stage: Stage) -> None:
    stage.prepare(*NETWORK, "aks-payments")
    cluster = cluster_of(stage)
    cluster["network_profile"]["outbound_type"] = "loadBalancer"
    assert planned(stage)["actions"] == ["update"]
    del cluster["network_profile"]["network_policy"]
    change = planned(stage)
    assert change["after"]["network_profile"][0]["network_policy"] == "cilium", "azurerm does not remove an engine"


@pytest.mark.whole
def test_a_second_credential_for_a_service_account_is_refused(stage: Stage) -> None:
    resources = stage.change("aks-payments")["resource"]
    credential = {
        "name": "one",
        "resource_group_name": "rg-platform-payments",
        "parent_id": "${azurerm_user_assigned_identity.cluster_identity.id}",
        "issuer": "https://issuer.example/",
        "subject": "system:serviceaccount:app:web",
        "audience": ["api://AzureADTokenExchange"],
    }
    resources["azurerm_federated_identity_credential"] = {"one": credential}
    stage.prepare(*NETWORK, "aks-payments")
    resources["azurerm_federated_identity_credential"]["two"] = {**credential, "name": "two"}
    assert "Issuer and subject combination already exists" in messages(stage.build("aks-payments").failures)
