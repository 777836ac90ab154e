"""Define values of resources in the form that plans contain."""

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


def ordered(*, deny: int, allow: int, direction: str = "Inbound") -> dict[str, Any]:
    """Return a security group with a deny rule in this direction and an inbound allow rule."""
    denial = security(name="no", priority=deny, direction=direction)["security_rule"]
    return {
        "name": "nsg",
        "security_rule": denial + security(access="Allow", name="yes", priority=allow)["security_rule"],
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


Values = dict[str, Any]
CONNECTION, DATABASE_ROLE = "vault_database_secret_backend_connection", "vault_database_secret_backend_role"
PKI_ROLE = "vault_pki_secret_backend_role"
DATABASE: Values = {
    "backend": "database",
    "name": "main",
    "allowed_roles": ["web"],
    "postgresql": [{"connection_url": "postgresql://db.example/app", "username": "vault"}],
}
CREATES: Values = {"backend": "database", "name": "web", "creation_statements": ["CREATE ROLE a"], "max_ttl": 3600}
ISSUES: Values = {
    "backend": "pki",
    "name": "web",
    "allowed_domains": ["web.example"],
    "allow_ip_sans": False,
    "allow_localhost": False,
    "allow_wildcard_certificates": False,
    "max_ttl": "3600",
}
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


def api_server(*ranges: str) -> dict[str, Any]:
    """Return a cluster with a public API server."""
    return {
        "name": "aks",
        "local_account_disabled": True,
        "api_server_access_profile": [{"authorized_ip_ranges": ranges}],
    }


HOP = {"name": "more", "address_prefix": "10.0.0.0/8", "next_hop_type": "VnetLocal"}
