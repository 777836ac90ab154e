"""Test the manual steps for the firewall or appliance in an existing hub."""

import pathlib
from collections.abc import Mapping
from typing import Any

import yaml

from hvn.check.load import check
from hvn.topology.manual_steps import manual_steps
from hvn.yamlfile.source import parse
from tests.check.cases import BASES, merged
from tests.strategies import dump

BASE = yaml.safe_load((BASES / "existing-hub.yaml").read_text(encoding="utf-8"))
GROUP = "/subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/rg-net/providers"


def steps(patch: Mapping[str, Any]) -> list[str]:
    loaded = check(parse(dump(merged(BASE, patch)), "topology.yaml"), pathlib.Path("jwks"))
    assert loaded.topology, loaded.findings
    return [step.text for step in manual_steps(loaded.topology)]


def test_the_steps_for_an_existing_firewall_fit_an_appliance_too() -> None:
    """The file does not state whether the next hop is an Azure Firewall: only steps that name it use its terms."""
    transit = {"vnet_id": f"{GROUP}/Microsoft.Network/virtualNetworks/vnet-jobs", "cidrs": ["10.96.0.0/20"]}
    patch = {
        "hub": {"vault_peering": {"transit_pools": ["transit"]}},
        "spokes": {"jobs": {"vault_route": "via-hub", "existing": transit}},
    }
    texts = [text for text in steps(patch) if "10.96.0.0/16" in text or "route table" in text]
    assert [text for text in texts if "SNAT" in text]
    for text in texts:
        assert "AzureFirewallSubnet" not in text
        assert "policy" not in text or "Azure Firewall" in text


def test_an_existing_cluster_needs_no_new_rules_for_the_hosts_of_aks() -> None:
    cluster_id = f"{GROUP}/Microsoft.ContainerService/managedClusters/aks-orders"
    existing = {
        "existing": {"cluster_id": cluster_id, "node_cidrs": ["10.64.0.0/20"]},
        "vault_login": {"keys": "pubkeys"},
    }
    new = {
        "kubernetes_version": "1.36",
        "node_cidr": "10.64.0.0/20",
        "node_pool": {"vm_size": "Standard_D4s_v5", "min_count": 2, "max_count": 3},
        "vault_login": {"keys": "pubkeys"},
    }
    rules = {
        name: [text for text in steps({"spokes": {"orders": {"cluster": cluster}}}) if "spoke-orders/" in text]
        for name, cluster in (("existing", existing), ("new", new))
    }
    assert not rules["existing"]
    assert any("AzureKubernetesService" in text for text in rules["new"])
    apps = {"web": {"namespace": "shop", "secrets": [{"path": "a", "destination": "web"}]}}
    spoke = {"vault_route": "direct", "cluster": {**existing, "apps": apps}}
    (images,) = [text for text in steps({"spokes": {"orders": spoke}}) if "spoke-orders/" in text]
    assert "cluster.vso-images" in images


def test_an_existing_cluster_without_a_pod_range_has_the_command_that_prints_the_range() -> None:
    cluster_id = f"{GROUP}/Microsoft.ContainerService/managedClusters/aks-orders"
    facts = {"cluster_id": cluster_id, "node_cidrs": ["10.64.0.0/20"]}
    command = f"az aks show --ids {cluster_id} --query networkProfile.podCidr"
    for pods, count in (({}, 1), ({"pod_cidr": "100.64.0.0/16"}, 0)):
        texts = steps({"spokes": {"orders": {"cluster": {"existing": facts | pods}}}})
        assert sum(command in text for text in texts) == count


def test_the_owners_of_an_existing_peering_check_the_gateway_flags_only_for_on_premises_networks() -> None:
    facts = {"vnet_id": f"{GROUP}/Microsoft.Network/virtualNetworks/vnet-jobs", "cidrs": ["10.64.128.0/20"]}
    for gateway, sites, count in ((True, ["192.168.0.0/16"], 1), (False, ["192.168.0.0/16"], 0), (True, None, 0)):
        patch = {
            "hub": {"existing": {"gateway": gateway}},
            "on_premises": {"tokyo": sites} if sites else {},
            "spokes": {"jobs": {"vault_route": "none", "existing": facts}},
        }
        assert sum("vnet-jobs" in text and "remote gateway" in text for text in steps(patch)) == count
