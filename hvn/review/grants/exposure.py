"""Exposure: a cluster or Vault becomes public, a cluster gets administrators, or a firewall policy filters less.

HVN928 does not report openings that an edit of the topology explains: a rule that compares inputs must report them.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from hvn.review.grants.opening import Opening, blocks, new_values, texts

CLUSTER, VAULT, POLICY = "azurerm_kubernetes_cluster", "hcp_vault_cluster", "azurerm_firewall_policy"
TYPES = (CLUSTER, VAULT, POLICY)
# By type: an argument, its closed value, and the meaning of any other value. An unset argument is false.
SWITCHES: Mapping[str, tuple[tuple[str, object, str], ...]] = {
    CLUSTER: (
        ("private_cluster_enabled", True, "public API server"),
        ("local_account_disabled", True, "local administrator accounts"),
        ("run_command_enabled", False, "run command"),
        ("role_based_access_control_enabled", True, "no role-based access control"),
        ("private_cluster_public_fqdn_enabled", False, "public name of the API server"),
        ("default_node_pool.node_public_ip_enabled", False, "public addresses of the nodes"),
        ("network_profile.outbound_type", "userDefinedRouting", "egress without the firewall"),
        ("network_profile.network_policy", "cilium", "no network policies"),
    ),
    VAULT: (("public_endpoint", False, "public endpoint"),),
    POLICY: (),
}
# By argument of a firewall policy: its modes, and the default of an unset argument.
MODES = {
    "threat_intelligence_mode": (("Off", "Alert", "Deny"), "Alert"),
    "intrusion_detection.mode": (("Off", "Alert", "Deny"), "Off"),
}


def openings(type_: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Iterator[Opening]:
    """Yield arguments that lose their closed value, new administrator groups and new client ranges."""
    if after is None:
        return
    name = f"cluster {after.get('name') or after.get('cluster_id')}"
    for argument, closed, meaning in SWITCHES[type_]:
        if before is not None and _is(before, argument, closed) and not _is(after, argument, closed):
            yield Opening(name, meaning)
    if type_ == CLUSTER:
        yield from (
            Opening(name, "administrator group", group) for group in new_values(_admins(before), _admins(after))
        )
    elif type_ == POLICY:
        yield from _modes(before, after)
    else:
        for cidr in new_values(_allowed(before), _allowed(after)):
            yield Opening(name, "client address", cidr)


def _is(values: Mapping[str, Any], path: str, closed: object) -> bool:
    value = _at(values, path)
    return value == closed or (closed is False and value is None)


def _at(values: Mapping[str, Any], path: str) -> Any:
    block, _, argument = path.rpartition(".")
    for inner in blocks(values.get(block)) if block else (values,):
        return inner.get(argument)
    return None


def _modes(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> Iterator[Opening]:
    for path, (modes, default) in MODES.items() if before else ():
        old, new = (str(_at(side or {}, path) or default) for side in (before, after))
        if {old, new} <= {*modes} and modes.index(new) < modes.index(old):
            yield Opening(f"firewall policy {after.get('name')}", path, new)


def _admins(values: Mapping[str, Any] | None) -> frozenset[str]:
    groups: frozenset[str] = frozenset()
    for block in blocks((values or {}).get("azure_active_directory_role_based_access_control")):
        groups |= texts(block.get("admin_group_object_ids"))
    return groups


def _allowed(values: Mapping[str, Any] | None) -> frozenset[str]:
    return frozenset(str(block.get("address")) for block in blocks((values or {}).get("ip_allowlist")))
