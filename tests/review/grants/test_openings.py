"""Pairs of values before and after a change, and the access that the change opens."""

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hvn.review.grants import grants, openings

POLICY, ROLE, MOUNT = "vault_policy", "vault_jwt_auth_backend_role", "vault_jwt_auth_backend"
RULES, SECURITY = "azurerm_firewall_policy_rule_collection_group", "azurerm_network_security_group"
ASSIGNMENT, DEFINITION = "azurerm_role_assignment", "azurerm_role_definition"
CLUSTER, VAULT = "azurerm_kubernetes_cluster", "hcp_vault_cluster"


def policy(**paths: list[str]) -> dict[str, Any]:
    rules = {path.replace("__", "/"): {"capabilities": capabilities} for path, capabilities in paths.items()}
    return {"name": "webapp", "policy": json.dumps({"path": rules})}


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
        "name": "nobody-in",
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
    "inbound allowed": (SECURITY, security(), security(access="Allow"), "nobody-in"),
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
    "a public Vault": (
        VAULT,
        {"cluster_id": "v", "public_endpoint": False},
        {"cluster_id": "v", "public_endpoint": True},
        "public endpoint",
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
    "null for nothing": (RULES, rules(rule(source_ip_groups=None)), rules(rule(source_ip_groups=[]))),
}


@pytest.mark.parametrize("case", OPENS)
def test_the_change_opens_access(case: str) -> None:
    type_, before, after, words = OPENS[case]
    shown = {f"{opening.subject} {opening.aspect} {opening.value}" for opening in openings(type_, before, after)}
    assert any(words in text for text in shown), shown


@pytest.mark.parametrize("case", CLOSES)
def test_the_change_opens_no_access(case: str) -> None:
    type_, before, after = CLOSES[case]
    assert openings(type_, before, after) == frozenset()


@pytest.mark.parametrize("case", OPENS)
def test_unchanged_values_open_no_access(case: str) -> None:
    type_, before, after, _ = OPENS[case]
    for values in (before, after):
        if values is not None and "not JSON" not in str(openings(type_, None, values)):
            assert openings(type_, values, deepcopy(values)) == frozenset()


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
ARGUMENTS = sorted({key for type_, _, after, _ in OPENS.values() for key in after or {}})


@given(
    st.sampled_from(
        [POLICY, ROLE, MOUNT, RULES, SECURITY, "azurerm_network_security_rule", ASSIGNMENT, DEFINITION, CLUSTER, VAULT]
    ),
    st.none() | st.dictionaries(st.sampled_from(ARGUMENTS), values),
    st.none() | st.dictionaries(st.sampled_from(ARGUMENTS), values),
)
def test_no_values_end_in_a_traceback(type_: str, before: Any, after: Any) -> None:
    assert grants(type_)
    assert isinstance(openings(type_, before, after), frozenset)
