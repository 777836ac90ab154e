"""Clusters: what azurerm and AKS refuse of arguments that were broken on purpose."""

import json
from typing import Any

import pytest

from tests.rehearsal.conftest import Stage, said

NETWORK = ("hub", "network-payments")


def cluster_of(stage: Stage) -> Any:
    return stage.change("aks-payments")["resource"]["azurerm_kubernetes_cluster"]["cluster"]


@pytest.mark.parametrize(
    ("block", "argument", "value", "says"),
    [
        ("network_profile", "network_plugin_mode", None, "unless specifying `network_plugin_mode` to `overlay`"),
        ("network_profile", "dns_service_ip", None, "should all be empty or both should be set"),
        ("network_profile", "service_cidr", "10.64.8.0/21", "ServiceCidrOverlapExistingSubnetsCidr"),
        ("network_profile", "service_cidr", "999.0.0.0/16", "400 Bad Request"),
        ("default_node_pool", "min_count", 9, "`max_count` must be >= `min_count`"),
        ("default_node_pool", "max_count", None, "`max_count` must be configured when `auto_scaling_enabled`"),
        ("default_node_pool", "auto_scaling_enabled", False, "must be set to `null` when `auto_scaling_enabled`"),
        ("", "private_dns_zone_id", "System", "`dns_prefix_private_cluster` should only be set for private cluster"),
        ("", "identity", {"type": "SystemAssigned"}, "a user assigned identity or a service principal must be used"),
        ("", "private_cluster_enabled", False, "`dns_prefix_private_cluster` should only be set for private cluster"),
    ],
)
def test_arguments_of_a_cluster_that_do_not_go_together(
    stage: Stage, block: str, argument: str, value: object, says: str
) -> None:
    cluster = cluster_of(stage)
    (cluster[block] if block else cluster)[argument] = value
    assert says in said(stage.build(*NETWORK, "aks-payments").problems)


@pytest.mark.parametrize(
    ("name", "says"), [("systemtmp", ""), (None, "`temporary_name_for_rotation` must be specified")]
)
def test_nodes_move_through_a_pool_with_a_name(stage: Stage, name: str | None, says: str) -> None:
    pool = cluster_of(stage)["default_node_pool"]
    pool["temporary_name_for_rotation"] = name
    stage.build(*NETWORK, "aks-payments")
    pool["vm_size"] = "Standard_D8s_v5"
    found = said(stage.build("aks-payments").problems)
    assert says in found if says else not found


def test_the_api_servers_name_is_in_the_zone_that_is_given(stage: Stage) -> None:
    cluster = cluster_of(stage)
    stage.change("hub")["resource"]["azurerm_private_dns_zone"]["aks_zone"]["name"] = (
        "shared.privatelink.japaneast.azmk8s.io"
    )
    for workspace in ("network-payments", "aks-payments"):
        changed = json.dumps(stage.change(workspace)).replace("privatelink.japaneast", "shared.privatelink.japaneast")
        stage.stacks[workspace] = json.loads(changed)
    stage.build(*NETWORK, "aks-payments")
    (made,) = stage.cloud.find("azurerm_kubernetes_cluster")
    assert made["private_fqdn"] == f"{cluster['dns_prefix_private_cluster']}.shared.privatelink.japaneast.azmk8s.io"
