"""Pairs of values of firewalls, clusters, Vault and VNets: some pairs open access, the others do not."""

from tests.review.grants.values import AKS, CLUSTER, RULES, VAULT, rule, rules

POLICY, VNET, RULE = "azurerm_firewall_policy", "azurerm_virtual_network", "azurerm_network_security_rule"
PUBLIC = {"cluster_id": "v", "public_endpoint": True}
ONE = {**PUBLIC, "ip_allowlist": [{"address": "192.0.2.1/32"}]}
GROUP = {**rules(rule()), "name": "g"}
DETECTS = {"name": "p", "intrusion_detection": [{"mode": "Deny", "traffic_bypass": [], "signature_overrides": []}]}
BYPASS = {"name": "p", "intrusion_detection": [{"mode": "Deny", "traffic_bypass": [{"name": "all"}]}]}
OFF = {"name": "p", "intrusion_detection": [{"mode": "Deny", "signature_overrides": [{"id": "7", "state": "Off"}]}]}
PEERING = "azurerm_virtual_network_peering"

OPENS = {
    "a collection that allows earlier": (
        RULES,
        rules(rule(), priority=500),
        rules(rule(), priority=100),
        "rule collection network priority 100",
    ),
    "a group that applies earlier": (
        RULES,
        {**GROUP, "priority": 2000},
        {**GROUP, "priority": 1000},
        "rule collection group g priority 1000",
    ),
    "a separate denial that applies later": (
        RULE,
        {"name": "no", "access": "Deny", "priority": 100},
        {"name": "no", "access": "Deny", "priority": 4000},
        "deny rule no priority 4000",
    ),
    "a separate rule that applies earlier": (
        RULE,
        {"name": "yes", "access": "Allow", "priority": 4000},
        {"name": "yes", "access": "Allow", "priority": 100},
        "rule yes priority 100",
    ),
    "no Azure Policy": (CLUSTER, {**AKS, "azure_policy_enabled": True}, AKS, "no Azure Policy"),
    "no allowlist of a public Vault": (VAULT, ONE, {**PUBLIC, "ip_allowlist": []}, "0.0.0.0/0"),
    "no audit log of Vault": (
        VAULT,
        {"cluster_id": "v", "audit_log_config": [{"datadog_region": "us1"}]},
        {"cluster_id": "v", "audit_log_config": []},
        "no audit log",
    ),
    "a bypass of intrusion detection": (POLICY, DETECTS, BYPASS, "traffic_bypass all"),
    "a signature that is off": (POLICY, DETECTS, OFF, "signature_overrides 7"),
    "a DNS server of the firewall": (
        POLICY,
        {"name": "p", "dns": [{"servers": ["10.0.0.4"]}]},
        {"name": "p", "dns": [{"servers": ["192.0.2.53"]}]},
        "DNS server 192.0.2.53",
    ),
    "a DNS server of a VNet": (
        VNET,
        {"name": "v", "dns_servers": []},
        {"name": "v", "dns_servers": ["192.0.2.53"]},
        "DNS server 192.0.2.53",
    ),
    "an engine that everybody can list": (
        "vault_mount",
        {"path": "kv", "listing_visibility": "hidden"},
        {"path": "kv", "listing_visibility": "unauth"},
        "listing_visibility unauth",
    ),
    "a subnet of a peering": (
        PEERING,
        {"name": "p", "remote_subnet_names": ["a"]},
        {"name": "p", "remote_subnet_names": ["a", "b"]},
        "remote_subnet_names b",
    ),
}
CLOSES = {
    "a group that applies later": (RULES, {**GROUP, "priority": 1000}, {**GROUP, "priority": 2000}),
    "a separate denial that applies earlier": (
        RULE,
        {"name": "no", "access": "Deny", "priority": 4000},
        {"name": "no", "access": "Deny", "priority": 100},
    ),
    "an allowlist of a public Vault": (VAULT, PUBLIC, ONE),
    "no allowlist of a private Vault": (VAULT, {**ONE, "public_endpoint": False}, {"cluster_id": "v"}),
    "no bypass of intrusion detection": (POLICY, BYPASS, DETECTS),
    "a subnet less of a peering": (
        PEERING,
        {"name": "p", "remote_subnet_names": ["a", "b"]},
        {"name": "p", "remote_subnet_names": ["a"]},
    ),
    "a DNS server less": (
        VNET,
        {"name": "v", "dns_servers": ["10.0.0.4", "10.0.0.5"]},
        {"name": "v", "dns_servers": ["10.0.0.4"]},
    ),
}
