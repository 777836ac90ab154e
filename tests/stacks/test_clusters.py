"""Test the cluster of a spoke: its protection, its maintenance windows, and its node pools."""

import pathlib
import re
from typing import Any

import pytest
import yaml

from hvn.check.load import require
from hvn.topology.manual_steps import manual_steps
from tests.conftest import SAMPLE, Synth, Synthesized
from tests.stacks.resources import EVERYTHING, resources

OTHERWISE = EVERYTHING.with_name("everything-otherwise.yaml")


def test_a_cluster_is_protected_and_upgraded_in_windows(sample: Synthesized) -> None:
    for cluster in resources(sample, "azurerm_kubernetes_cluster"):
        arguments = cluster.arguments
        assert arguments["lifecycle"]["prevent_destroy"] is True
        assert arguments["automatic_upgrade_channel"] == "patch"
        windows = [arguments[f"maintenance_window_{name}"] for name in ("auto_upgrade", "node_os")]
        assert [window["day_of_week"] for window in windows] == ["Saturday", "Sunday"]
        # azurerm replaces the cluster if somebody sets one of these values outside Terraform and the configuration
        # lacks it.
        settings = arguments["default_node_pool"]["upgrade_settings"]
        assert (settings["drain_timeout_in_minutes"], settings["undrainable_node_behavior"]) == (30, "Schedule")


def test_spot_nodes_have_akss_label_and_taint_and_no_upgrade_settings(synth: Synth) -> None:
    built = synth(EVERYTHING, only=["aks-payments"])["aks-payments"]["resource"]
    pools = built["azurerm_kubernetes_cluster_node_pool"]
    assert sorted(pools) == ["nodes_apps", "nodes_more", "nodes_spare"]
    spot = pools["nodes_spare"]
    assert (spot["priority"], spot["eviction_policy"]) == ("Spot", "Delete")
    assert spot["node_labels"] == {"kubernetes.azure.com/scalesetpriority": "spot"}
    assert spot["node_taints"] == ["kubernetes.azure.com/scalesetpriority=spot:NoSchedule"]
    assert "upgrade_settings" not in spot
    assert pools["nodes_more"]["upgrade_settings"]["undrainable_node_behavior"] == "Schedule"
    # Without the argument, azurerm would keep AzureLinux after a return to the default.
    assert (pools["nodes_apps"]["os_sku"], spot["os_sku"]) == ("Ubuntu", "Ubuntu")
    assert {pool["temporary_name_for_rotation"] for pool in pools.values()} == {"appstmp", "moretmp", "sparetmp"}
    cluster = built["azurerm_kubernetes_cluster"]["cluster"]
    assert cluster["azure_active_directory_role_based_access_control"]["azure_rbac_enabled"] is True
    assert "prevent_destroy" not in cluster["lifecycle"], "the file turns it off"
    assert cluster["default_node_pool"]["only_critical_addons_enabled"] is True


def test_the_temporary_pool_of_a_long_name_has_a_valid_name_of_its_own(synth: Synth, tmp_path: pathlib.Path) -> None:
    topology = yaml.safe_load(SAMPLE.read_text(encoding="utf-8"))
    pool = {"vm_size": "Standard_D4s_v5", "min_count": 0, "max_count": 1}
    cluster = topology["spokes"]["payments"]["cluster"]
    cluster["node_pools"] = {name: dict(pool) for name in ("x86userpool", "x86userpool2", "x86user123")}
    (tmp_path / "topology.yaml").write_text(yaml.safe_dump(topology), encoding="utf-8")
    built = synth(tmp_path / "topology.yaml", only=["aks-payments"])["aks-payments"]["resource"]
    names = [one["temporary_name_for_rotation"] for one in built["azurerm_kubernetes_cluster_node_pool"].values()]
    assert len(set(names)) == 3
    assert all(re.fullmatch("x86us[a-z0-9]{4}tmp", name) for name in names)


def test_azure_rbac_turns_entra_on_without_a_group(synth: Synth, tmp_path: pathlib.Path) -> None:
    topology = yaml.safe_load(SAMPLE.read_text(encoding="utf-8"))
    topology["spokes"]["payments"]["cluster"]["azure_rbac"] = True
    (tmp_path / "topology.yaml").write_text(yaml.safe_dump(topology), encoding="utf-8")
    built = synth(tmp_path / "topology.yaml", only=["aks-payments"])["aks-payments"]["resource"]
    cluster = built["azurerm_kubernetes_cluster"]["cluster"]
    assert cluster["local_account_disabled"] is True
    entra = cluster["azure_active_directory_role_based_access_control"]
    assert entra["azure_rbac_enabled"] is True
    assert "admin_group_object_ids" not in entra


def test_the_identity_of_the_nodes_may_pull_from_a_registry(synth: Synth) -> None:
    built = synth(EVERYTHING, only=["aks-payments"])["aks-payments"]["resource"]
    pull = built["azurerm_role_assignment"]["may_pull_platform0001"]
    assert pull["scope"].endswith("/registries/platform0001")
    assert pull["role_definition_name"] == "AcrPull"
    assert pull["principal_id"] == "${azurerm_kubernetes_cluster.cluster.kubelet_identity[0].object_id}"


def ending(id_: str) -> str:
    return id_.rpartition("/subnets/")[2]


def test_pools_use_their_own_subnets_for_nodes_and_pods(synth: Synth) -> None:
    built = synth(OTHERWISE, only=["aks-payments"])["aks-payments"]["resource"]
    cluster = built["azurerm_kubernetes_cluster"]["cluster"]
    (batch,) = built["azurerm_kubernetes_cluster_node_pool"].values()
    pools = [cluster["default_node_pool"], batch]
    assert [ending(pool["vnet_subnet_id"]) for pool in pools] == ["Aks_Nodes", "batch"]
    assert [ending(pool["pod_subnet_id"]) for pool in pools] == ["pods", "pods"]
    profile = cluster["network_profile"]
    assert profile["network_data_plane"] == "azure"
    assert not profile.keys() & {"pod_cidr", "network_policy", "network_plugin_mode"}


def test_a_public_api_server_has_no_private_zone(synth: Synth) -> None:
    built = synth(OTHERWISE, only=["aks-payments"])["aks-payments"]["resource"]
    cluster = built["azurerm_kubernetes_cluster"]["cluster"]
    assert cluster["private_cluster_enabled"] is False
    assert cluster["dns_prefix"] == "Pay"
    assert not cluster.keys() & {"dns_prefix_private_cluster", "private_dns_zone_id"}
    profile = cluster["api_server_access_profile"]
    assert profile["authorized_ip_ranges"] == ["198.51.100.0/24", "203.0.113.7/32"]
    assert "may_write_zone" not in built["azurerm_role_assignment"]


def test_subnets_of_nodes_and_pods_have_the_rules_of_the_cluster(synth: Synth) -> None:
    built = synth(OTHERWISE, only=["network-payments"])["network-payments"]["resource"]
    inside = {"10.64.0.0/20", "10.64.16.0/24", "10.64.32.0/20"}
    named = [
        {rule["name"]: rule for rule in group["security_rule"]}
        for group in built["azurerm_network_security_group"].values()
    ]
    groups = [rules for rules in named if "https-in" not in rules]  # without AzureBastionSubnet
    for rules in groups:
        for name in ("nodes-and-pods-in", "nodes-and-pods-out"):
            assert set(rules[name]["source_address_prefixes"]) == inside
            assert set(rules[name]["destination_address_prefixes"]) == inside
    assert len(groups) == 3
    egress = application_rules(built)
    assert set(egress["cluster.aks"]["source_addresses"]) == inside
    assert set(egress["cluster.api-server"]["source_addresses"]) == inside | {"10.0.0.64/27"}
    assert egress["cluster.api-server"]["destination_fqdns"] == ["*.hcp.japaneast.azmk8s.io"]


def application_rules(built: Any) -> dict[str, Any]:
    """Return the application rules of the spoke's rule collection group by name."""
    (group,) = built["azurerm_firewall_policy_rule_collection_group"].values()
    return {rule["name"]: rule for rules in group["application_rule_collection"] for rule in rules["rule"]}


@pytest.mark.parametrize(
    ("settings", "profile"),
    [
        ("network: {mode: node_subnet}", {"network_data_plane": "cilium", "network_policy": "cilium"}),
        ("network: {policy: calico}", {"network_plugin_mode": "overlay", "network_policy": "calico"}),
        (
            "network: {mode: none}",
            {"network_plugin": "none", "pod_cidr": "100.64.0.0/16", "network_data_plane": "azure"},
        ),
        ("outbound_type: loadBalancer", {"outbound_type": "loadBalancer"}),
        ("outbound_type: none", {"outbound_type": "none", "pod_cidr": "100.64.0.0/16"}),
    ],
)
def test_settings_of_the_network(synth: Synth, tmp_path: pathlib.Path, settings: str, profile: dict[str, str]) -> None:
    file, login = tmp_path / "topology.yaml", "      vault_login: {keys: issuer}\n"
    file.write_text(SAMPLE.read_text(encoding="utf-8").replace(login, f"      {settings}\n{login}"), encoding="utf-8")
    cluster = synth(file, only=["aks-orders"])["aks-orders"]["resource"]["azurerm_kubernetes_cluster"]["cluster"]
    assert profile.items() <= cluster["network_profile"].items()
    assert cluster.get("bootstrap_profile") == ({"artifact_source": "Cache"} if "type: none" in settings else None)
    assert ("network_policy" in cluster["network_profile"]) == ("mode: none" not in settings)
    assert ("network_plugin_mode" in cluster["network_profile"]) == ("mode" not in settings)
    steps = [step for step in manual_steps(require(file).topology) if step.after == "aks-orders"]
    assert len(steps) == ("mode: none" in settings)
    assert cluster["default_node_pool"]["max_pods"] == (30 if "node_subnet" in settings else 250)


def test_add_ons_run_in_the_cluster_and_reach_their_hosts(synth: Synth) -> None:
    built = synth(EVERYTHING, only=["aks-payments", "network-payments"])
    (cluster,) = built["aks-payments"]["resource"]["azurerm_kubernetes_cluster"].values()
    assert cluster["azure_policy_enabled"] is True
    assert cluster["oms_agent"]["log_analytics_workspace_id"].endswith("/workspaces/log-platform")
    assert "microsoft_defender" not in cluster
    egress = application_rules(built["network-payments"]["resource"])
    assert "data.policy.core.windows.net" in egress["cluster.azure-policy"]["destination_fqdns"]
    assert "japaneast.handler.control.monitor.azure.com" in egress["cluster.monitoring"]["destination_fqdns"]
    assert "cluster.defender" not in egress
