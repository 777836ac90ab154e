"""Exposure of clusters: an AKS or Vault cluster becomes public, or an AKS cluster gets another administrator."""

from collections.abc import Iterator, Mapping
from typing import Any

from hvn.review.grants.opening import Opening, blocks, new_values, texts

CLUSTER, VAULT = "azurerm_kubernetes_cluster", "hcp_vault_cluster"
TYPES = (CLUSTER, VAULT)
# By type: an argument, its closed value, and the meaning of any other value.
SWITCHES = {
    CLUSTER: (
        ("private_cluster_enabled", True, "public API server"),
        ("local_account_disabled", True, "local administrator accounts"),
        ("run_command_enabled", False, "run command"),
        ("role_based_access_control_enabled", True, "no role-based access control"),
    ),
    VAULT: (("public_endpoint", False, "public endpoint"),),
}


def openings(type_: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Iterator[Opening]:
    """Yield arguments that lose their closed value, new administrator groups and new client ranges."""
    if after is None:
        return
    name = f"cluster {after.get('name') or after.get('cluster_id')}"
    for argument, closed, meaning in SWITCHES[type_]:
        if before is not None and before.get(argument) is closed and after.get(argument) is not closed:
            yield Opening(name, meaning)
    if type_ == CLUSTER:
        yield from (
            Opening(name, "administrator group", group) for group in new_values(_admins(before), _admins(after))
        )
    else:
        for cidr in new_values(_allowed(before), _allowed(after)):
            yield Opening(name, "client address", cidr)


def _admins(values: Mapping[str, Any] | None) -> frozenset[str]:
    groups: frozenset[str] = frozenset()
    for block in blocks((values or {}).get("azure_active_directory_role_based_access_control")):
        groups |= texts(block.get("admin_group_object_ids"))
    return groups


def _allowed(values: Mapping[str, Any] | None) -> frozenset[str]:
    return frozenset(str(block.get("address")) for block in blocks((values or {}).get("ip_allowlist")))
