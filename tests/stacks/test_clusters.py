"""The cluster of a spoke: its protection, its maintenance windows, and its node pools."""

from tests.conftest import Synth, Synthesized
from tests.stacks.resources import EVERYTHING, resources


def test_a_cluster_is_protected_and_upgraded_in_windows(sample: Synthesized) -> None:
    for cluster in resources(sample, "azurerm_kubernetes_cluster"):
        arguments = cluster.arguments
        assert arguments["lifecycle"]["prevent_destroy"] is True
        assert arguments["automatic_upgrade_channel"] == "patch"
        windows = [arguments[f"maintenance_window_{name}"] for name in ("auto_upgrade", "node_os")]
        assert [window["day_of_week"] for window in windows] == ["Saturday", "Sunday"]
        # azurerm replaces a cluster if one of these is set outside and missing here.
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
    assert {pool["temporary_name_for_rotation"] for pool in pools.values()} == {"appstmp", "moretmp", "sparetmp"}
    cluster = built["azurerm_kubernetes_cluster"]["cluster"]
    assert cluster["azure_active_directory_role_based_access_control"]["azure_rbac_enabled"] is True
    assert "prevent_destroy" not in cluster["lifecycle"], "the file turns it off"
    assert cluster["default_node_pool"]["only_critical_addons_enabled"] is True
