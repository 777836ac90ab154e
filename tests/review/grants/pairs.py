"""Pairs of values before and after a change: those that open access, and those that do not."""

import json
from typing import Any

POLICY, ROLE, MOUNT = "vault_policy", "vault_jwt_auth_backend_role", "vault_jwt_auth_backend"
RULES, SECURITY = "azurerm_firewall_policy_rule_collection_group", "azurerm_network_security_group"
ASSIGNMENT, DEFINITION = "azurerm_role_assignment", "azurerm_role_definition"
ROUTE = "azurerm_route"
CLUSTER, VAULT = "azurerm_kubernetes_cluster", "hcp_vault_cluster"


def policy(**paths: list[str]) -> dict[str, Any]:
    rules = {path.replace("__", "/"): {"capabilities": capabilities} for path, capabilities in paths.items()}
    return {"name": "webapp", "policy": json.dumps({"path": rules})}


def paths(rules: dict[str, list[str]]) -> dict[str, Any]:
    content = {path: {"capabilities": capabilities} for path, capabilities in rules.items()}
    return {"name": "webapp", "policy": json.dumps({"path": content})}


def claims(**bound: str) -> dict[str, Any]:
    return {**LOGIN, "bound_subject": None, "bound_claims": bound}


def rules(*rule: dict[str, Any], action: str = "Allow", priority: int = 1000) -> dict[str, Any]:
    return {
        "network_rule_collection": [{"action": action, "name": "network", "priority": priority, "rule": list(rule)}]
    }


def rule(name: str = "pools-time", **arguments: Any) -> dict[str, Any]:
    return {
        "name": name,
        "source_addresses": ["10.64.0.0/12"],
        "destination_addresses": ["172.25.16.0/20"],
        "destination_ports": ["8200"],
        "protocols": ["TCP"],
        **arguments,
    }


def security(**arguments: Any) -> dict[str, Any]:
    inner = {
        "name": "deny-inbound",
        "access": "Deny",
        "direction": "Inbound",
        "priority": 4096,
        "protocol": "*",
        "source_address_prefix": "*",
        "source_port_range": "*",
        "destination_address_prefix": "*",
        "destination_port_range": "*",
        **arguments,
    }
    return {"name": "nsg", "security_rule": [inner]}


LOGIN = {
    "role_name": "webapp",
    "backend": "jwt-payments",
    "role_type": "jwt",
    "user_claim": "sub",
    "bound_subject": "system:serviceaccount:app:default",
    "bound_audiences": ["vault"],
    "token_policies": ["read"],
    "token_ttl": 3600,
    "token_max_ttl": 86400,
}
JWT = {"path": "jwt-payments", "jwt_validation_pubkeys": ["one", "two"], "bound_issuer": "https://issuer/"}
ASSIGNED = {"role_definition_name": "Reader", "scope": "/subscriptions/s", "principal_id": "p"}
ROLES = {
    "name": "peer",
    "permissions": [{"actions": ["a/read"], "not_actions": ["a/write"]}],
    "assignable_scopes": ["/s"],
}
AKS = {
    "name": "aks",
    "private_cluster_enabled": True,
    "local_account_disabled": True,
    "azure_active_directory_role_based_access_control": [{"admin_group_object_ids": ["g1"]}],
}
HOP = {"name": "more", "address_prefix": "10.0.0.0/8", "next_hop_type": "VnetLocal"}

OPENS = {
    "a path": (POLICY, policy(kv__data__a=["read"]), policy(kv__data__a=["read"], kv__data__b=["read"]), "kv/data/b"),
    "a capability": (POLICY, policy(kv__data__a=["read"]), policy(kv__data__a=["read", "update"]), "update"),
    "all paths": (
        POLICY,
        policy(kv__data__a=["read"]),
        {"name": "webapp", "policy": '{"path": {"kv/data/*": {"capabilities": ["read"]}}}'},
        "kv/data/*",
    ),
    "a policy in HCL": (POLICY, policy(kv__data__a=["read"]), {"name": "webapp", "policy": 'path "*" {}'}, "not JSON"),
    "a removed denial": (POLICY, policy(kv__data__a=["deny"]), policy(), "denial"),
    "no subject": (ROLE, LOGIN, {**LOGIN, "bound_subject": None}, "every subject"),
    "another subject": (ROLE, LOGIN, {**LOGIN, "bound_subject": "system:serviceaccount:app:other"}, "other"),
    "another audience": (ROLE, LOGIN, {**LOGIN, "bound_audiences": ["vault", "api"]}, "api"),
    "another policy": (ROLE, LOGIN, {**LOGIN, "token_policies": ["read", "root"]}, "root"),
    "a longer time": (ROLE, LOGIN, {**LOGIN, "token_max_ttl": 604800}, "604800"),
    "no time": (ROLE, LOGIN, {**LOGIN, "token_ttl": None}, "token_ttl"),
    "a new role": (ROLE, None, LOGIN, "new"),
    "no client ranges": (ROLE, {**LOGIN, "token_bound_cidrs": ["10.0.0.0/24"]}, LOGIN, "every address"),
    "another key": (MOUNT, JWT, {**JWT, "jwt_validation_pubkeys": ["one", "two", "three"]}, "three"),
    "no issuer": (MOUNT, JWT, {**JWT, "bound_issuer": None}, "not compared"),
    "another discovery": (MOUNT, JWT, {**JWT, "oidc_discovery_url": "https://evil.example/"}, "evil.example"),
    "a wider source": (RULES, rules(rule()), rules(rule(source_addresses=["10.0.0.0/8"])), "10.0.0.0/8"),
    "any destination": (RULES, rules(rule()), rules(rule(destination_addresses=["*"])), "*"),
    "any port": (RULES, rules(rule()), rules(rule(destination_ports=["*"])), "*"),
    "another protocol": (RULES, rules(rule()), rules(rule(protocols=["TCP", "UDP"])), "UDP"),
    "a new rule": (RULES, rules(rule()), rules(rule(), rule("any")), "rule any"),
    "a host": (
        RULES,
        rules(rule(destination_fqdns=["a.example"])),
        rules(rule(destination_fqdns=["a.example", "b.example"])),
        "b.example",
    ),
    "a deny collection that allows": (RULES, rules(rule(), action="Deny"), rules(rule()), "new allow rule"),
    "a deny rule that is gone": (RULES, rules(rule(), action="Deny"), rules(action="Deny"), "removed"),
    "a deny rule that moves": (
        RULES,
        rules(rule(), action="Deny"),
        rules(rule(), action="Deny", priority=9000),
        "9000",
    ),
    "inbound allowed": (SECURITY, security(), security(access="Allow"), "deny-inbound"),
    "a narrower denial": (SECURITY, security(), security(source_address_prefix="10.0.0.0/8"), "no longer denied"),
    "no denial": (SECURITY, security(), {"name": "nsg", "security_rule": []}, "removed"),
    "a new assignment": (ASSIGNMENT, None, ASSIGNED, "Reader"),
    "another role": (ASSIGNMENT, ASSIGNED, {**ASSIGNED, "role_definition_name": "Owner"}, "Owner"),
    "another scope": (ASSIGNMENT, {**ASSIGNED, "scope": "/s/g"}, ASSIGNED, "/subscriptions/s"),
    "another action": (
        DEFINITION,
        ROLES,
        {**ROLES, "permissions": [{"actions": ["*"], "not_actions": ["a/write"]}]},
        "*",
    ),
    "an exception less": (DEFINITION, ROLES, {**ROLES, "permissions": [{"actions": ["a/read"]}]}, "a/write"),
    "a public API server": (CLUSTER, AKS, {**AKS, "private_cluster_enabled": False}, "public API server"),
    "local accounts": (CLUSTER, AKS, {**AKS, "local_account_disabled": False}, "local administrator"),
    "an administrator": (
        CLUSTER,
        AKS,
        {**AKS, "azure_active_directory_role_based_access_control": [{"admin_group_object_ids": ["g1", "g2"]}]},
        "g2",
    ),
    "a rule of a path that is gone": (
        POLICY,
        paths({"kv/*": ["read", "delete"], "kv/data/a": ["read"]}),
        paths({"kv/*": ["read", "delete"]}),
        "kv/data/a capability delete",
    ),
    "a rule of a path that a segment wildcard covers": (
        POLICY,
        paths({"kv/+/a": ["read", "delete"], "kv/data/a": ["read"]}),
        paths({"kv/+/a": ["read", "delete"]}),
        "kv/data/a capability delete",
    ),
    "a path below a denial": (
        POLICY,
        paths({"kv/*": ["read"], "kv/data/*": ["deny"]}),
        paths({"kv/*": ["read"], "kv/data/*": ["deny"], "kv/data/a": ["read"]}),
        "kv/data/a capability read",
    ),
    "a path that a shorter pattern grants": (
        POLICY,
        paths({"kv/*": ["delete"], "kv/data/*": ["read"]}),
        paths({"kv/*": ["delete"], "kv/data/*": ["read"], "kv/data/a": ["delete"]}),
        "kv/data/a capability delete",
    ),
    "limits that are gone": (
        POLICY,
        {"name": "w", "policy": '{"path": {"a": {"capabilities": ["update"], "allowed_parameters": {"x": []}}}}'},
        {"name": "w", "policy": '{"path": {"a": {"capabilities": ["update"]}}}'},
        "other limits none",
    ),
    "a path twice": (
        POLICY,
        paths({"a": ["read"]}),
        {"name": "w", "policy": '{"path": {"a": {"capabilities": ["sudo"]}, "a": {"capabilities": ["read"]}}}'},
        "not JSON",
    ),
    "the default policy": (ROLE, {**LOGIN, "token_no_default_policy": True}, LOGIN, "policy default"),
    "more uses": (ROLE, {**LOGIN, "token_num_uses": 1}, {**LOGIN, "token_num_uses": 2}, "uses of a token 2"),
    "any number of uses": (ROLE, {**LOGIN, "token_num_uses": 1}, LOGIN, "unlimited"),
    "more values of a claim": (ROLE, claims(sub="a"), claims(sub="a,b"), "a,b"),
    "a claim less": (ROLE, claims(sub="a", env="b"), claims(sub="a"), "claims"),
    "another user claim": (ROLE, LOGIN, {**LOGIN, "user_claim": "email"}, "email"),
    "a rule of the same name in another collection": (
        RULES,
        {**rules(rule()), "application_rule_collection": [{"action": "Allow", "name": "a", "rule": [rule()]}]},
        {
            **rules(rule(source_addresses=["*"])),
            "application_rule_collection": [{"action": "Allow", "name": "a", "rule": [rule()]}],
        },
        "source *",
    ),
    "a second rule of the same name": (RULES, rules(rule()), rules(rule(destination_ports=["22"]), rule()), "port 22"),
    "a source that is known after apply": (
        RULES,
        rules(rule()),
        rules(rule(source_addresses=None)),
        "known after apply",
    ),
    "more ports": (RULES, rules(rule(destination_ports=["80-90"])), rules(rule(destination_ports=["80-91"])), "80-91"),
    "more than two halves": (
        RULES,
        rules(rule(source_addresses=["10.0.0.0/9", "10.128.0.0/10"])),
        rules(rule(source_addresses=["10.0.0.0/8"])),
        "10.0.0.0/8",
    ),
    "a host above": (
        RULES,
        rules(rule(destination_fqdns=["a.example"])),
        rules(rule(destination_fqdns=["*.example"])),
        "*.example",
    ),
    "actions that an exception no longer limits": (
        DEFINITION,
        {"permissions": [{"actions": ["*"], "not_actions": ["a/write"]}]},
        {"permissions": [{"actions": ["*"], "not_actions": []}, {"actions": [], "not_actions": ["a/write"]}]},
        "a/write",
    ),
    "a route beside a firewall": (ROUTE, None, HOP, "10.0.0.0/8 to VnetLocal"),
    "another next hop": (ROUTE, {**HOP, "next_hop_in_ip_address": "10.0.0.4"}, HOP, "10.0.0.0/8 to VnetLocal"),
    "a route less": (ROUTE, HOP, None, "removed route"),
    "another security group": (
        "azurerm_subnet_network_security_group_association",
        {"subnet_id": "/s", "network_security_group_id": "/a"},
        {"subnet_id": "/s", "network_security_group_id": "/b"},
        "other security group /b",
    ),
    "another server of a domain": (
        "hcp_dns_forwarding_rule",
        {"domain_name": "a.example", "inbound_endpoint_ips": ["10.0.0.4"]},
        {"domain_name": "a.example", "inbound_endpoint_ips": ["10.0.0.4", "10.9.9.9"]},
        "DNS of a.example server 10.9.9.9",
    ),
    "another policy of the firewall": (
        "azurerm_firewall",
        {"firewall_policy_id": "/a"},
        {"firewall_policy_id": "/b"},
        "firewall_policy_id /b",
    ),
    "hosts without threat intelligence": (
        "azurerm_firewall_policy",
        {},
        {"threat_intelligence_allowlist": [{"fqdns": ["evil.example"]}]},
        "evil.example",
    ),
    "access by Azure's roles": (
        CLUSTER,
        AKS,
        {**AKS, "azure_active_directory_role_based_access_control": [{"azure_rbac_enabled": True}]},
        "role assignments in Azure",
    ),
    "the proxy of HCP": (VAULT, {"proxy_endpoint": "disabled"}, {"proxy_endpoint": "ENABLED"}, "proxy"),
    "a program after the chart": (
        "helm_release",
        {"chart": "vso"},
        {"chart": "vso", "postrender": {"binary_path": "/bin/evil"}},
        "/bin/evil",
    ),
    "a public Vault": (
        VAULT,
        {"cluster_id": "v", "public_endpoint": False},
        {"cluster_id": "v", "public_endpoint": True},
        "public endpoint",
    ),
    "a certificate of another role": (
        "kubernetes_manifest",
        {"manifest": {"kind": "VaultPKISecret", "spec": {"mount": "pki", "role": "a", "ttl": "1h"}}},
        {"manifest": {"kind": "VaultPKISecret", "spec": {"mount": "pki", "role": "b", "ttl": "1h"}}},
        "role b",
    ),
}
CLOSES = {
    "a path less": (POLICY, policy(kv__data__a=["read"], kv__data__b=["read"]), policy(kv__data__a=["read"])),
    "the order of capabilities": (POLICY, policy(kv__data__a=["read", "list"]), policy(kv__data__a=["list", "read"])),
    "a shorter time": (ROLE, LOGIN, {**LOGIN, "token_ttl": 60}),
    "a role that is removed": (ROLE, LOGIN, None),
    "a key less": (MOUNT, JWT, {**JWT, "jwt_validation_pubkeys": ["one"]}),
    "a narrower source": (RULES, rules(rule()), rules(rule(source_addresses=["10.64.0.0/16"]))),
    "a rule less": (RULES, rules(rule(), rule("any")), rules(rule())),
    "a new denial": (SECURITY, {"name": "nsg", "security_rule": []}, security()),
    "an administrator less": (CLUSTER, AKS, {**AKS, "azure_active_directory_role_based_access_control": []}),
    "a path within a pattern": (
        POLICY,
        paths({"kv/data/*": ["read", "list"]}),
        paths({"kv/data/*": ["read", "list"], "kv/data/a": ["read"]}),
    ),
    "an audience less": (ROLE, {**LOGIN, "bound_audiences": ["vault", "api"]}, LOGIN),
    "fewer values of a claim": (ROLE, claims(sub="a,b"), claims(sub="b")),
    "a claim more": (ROLE, claims(sub="a"), claims(sub="a", env="b")),
    "two halves instead of the whole": (
        RULES,
        rules(rule(source_addresses=["10.0.0.0/8"])),
        rules(rule(source_addresses=["10.0.0.0/9", "10.128.0.0/9"])),
    ),
    "the whole instead of two halves": (
        RULES,
        rules(rule(source_addresses=["10.0.0.0/9", "10.128.0.0/9"])),
        rules(rule(source_addresses=["10.0.0.0/8"])),
    ),
    "fewer addresses of a range": (
        RULES,
        rules(rule(source_addresses=["10.0.0.1-10.0.0.9"])),
        rules(rule(source_addresses=["10.0.0.2", "10.0.0.4/31"])),
    ),
    "fewer ports": (RULES, rules(rule(destination_ports=["80-90"])), rules(rule(destination_ports=["81", "85-90"]))),
    "a host below": (
        RULES,
        rules(rule(destination_fqdns=["*.example"])),
        rules(rule(destination_fqdns=["a.example", "*.b.EXAMPLE"])),
    ),
    "one of all protocols": (RULES, rules(rule(protocols=["Any"])), rules(rule(protocols=["TCP"]))),
    "an action in other letters, and of a pattern": (
        DEFINITION,
        {"permissions": [{"actions": ["a/*", "b/read"]}]},
        {"permissions": [{"actions": ["a/b/read", "B/Read"]}]},
    ),
    "a wider exception": (
        DEFINITION,
        {"permissions": [{"actions": ["*"], "not_actions": ["a/write"]}]},
        {"permissions": [{"actions": ["*"], "not_actions": ["a/*"]}]},
    ),
    "a security group that is known after apply": (
        "azurerm_subnet_network_security_group_association",
        {"subnet_id": "/s", "network_security_group_id": "/a"},
        {"subnet_id": "/s", "network_security_group_id": None},
    ),
    "the proxy of HCP, unset": (VAULT, {"proxy_endpoint": "DISABLED"}, {}),
    "null for nothing": (RULES, rules(rule(source_ip_groups=None)), rules(rule(source_ip_groups=[]))),
    "a certificate with another lifetime": (
        "kubernetes_manifest",
        {"manifest": {"kind": "VaultPKISecret", "spec": {"mount": "pki", "role": "a", "ttl": "1h"}}},
        {"manifest": {"kind": "VaultPKISecret", "spec": {"mount": "pki", "role": "a", "ttl": "2h"}}},
    ),
}
