"""Find exposure: public clusters and Vaults, new cluster administrators, weaker firewalls, lost audit logs, and secrets
engines that show values or paths.

HVN928 does not report openings that an edit of the topology explains: a rule that compares inputs must report them.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from hvn.review.differences import only_case
from hvn.review.grants.opening import Opening, blocks, new_values, texts

CLUSTER, VAULT = "azurerm_kubernetes_cluster", "hcp_vault_cluster"
FIREWALL, POLICY = "azurerm_firewall", "azurerm_firewall_policy"
MOUNT = "vault_mount"
TYPES = (CLUSTER, VAULT, FIREWALL, POLICY, MOUNT)
LISTING, LISTED = "listing_visibility", "unauth"
AUDIT = "audit_log_config"
ENTRA = "azure_active_directory_role_based_access_control"
# By type: an argument, its closed value, and the meaning of any other value. An unset argument is false, or `DISABLED`.
SWITCHES: Mapping[str, tuple[tuple[str, object, str], ...]] = {
    CLUSTER: (
        ("private_cluster_enabled", True, "public API server"),
        ("local_account_disabled", True, "local administrator accounts"),
        ("run_command_enabled", False, "run command"),
        ("role_based_access_control_enabled", True, "no role-based access control"),
        (f"{ENTRA}.azure_rbac_enabled", False, "access by role assignments in Azure"),
        ("private_cluster_public_fqdn_enabled", False, "public name of the API server"),
        ("azure_policy_enabled", True, "no Azure Policy"),
        ("default_node_pool.node_public_ip_enabled", False, "public addresses of the nodes"),
        ("network_profile.outbound_type", "userDefinedRouting", "egress without the firewall"),
        ("network_profile.network_policy", "cilium", "another engine for network policies, or none"),
    ),
    VAULT: (
        ("public_endpoint", False, "public endpoint"),
        ("proxy_endpoint", "DISABLED", "endpoint of HCP's proxy"),
    ),
    FIREWALL: (),
    POLICY: (),
    MOUNT: (),
}
# By type: arguments that name the tenant or the policy that decides about access. A value that is known after apply is
# null.
OTHERS: Mapping[str, tuple[str, ...]] = {
    CLUSTER: (f"{ENTRA}.tenant_id",),
    FIREWALL: ("firewall_policy_id",),
    POLICY: ("base_policy_id",),
}
# By type: lists of addresses or hosts that the firewall does not filter. For a Vault mount: keys that the audit log
# shows in plain text, and headers that Vault passes on (developer.hashicorp.com/vault/api-docs/system/mounts).
UNFILTERED: Mapping[str, tuple[str, ...]] = {
    POLICY: ("threat_intelligence_allowlist.fqdns", "threat_intelligence_allowlist.ip_addresses"),
    MOUNT: (
        *("audit_non_hmac_request_keys", "audit_non_hmac_response_keys"),
        *("passthrough_request_headers", "allowed_response_headers"),
    ),
}
# By argument of a firewall policy: its modes, and the default of an unset argument.
MODES = {
    "threat_intelligence_mode": (("Off", "Alert", "Deny"), "Alert"),
    "intrusion_detection.mode": (("Off", "Alert", "Deny"), "Off"),
}


def openings(type_: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Iterator[Opening]:
    """Yield lost closed values, new groups and clients, other tenants and policies, and values that are no longer
    filtered or hidden."""
    if after is None:
        return
    kind = "cluster" if type_ in (CLUSTER, VAULT) else type_.removeprefix("azurerm_").replace("_", " ")
    name = f"{kind} {after.get('name') or after.get('cluster_id') or after.get('path')}"
    for argument, closed, meaning in SWITCHES[type_]:
        if before is not None and _is(before, argument, closed) and not _is(after, argument, closed):
            yield Opening(name, meaning)
    for argument in OTHERS.get(type_, ()) if before is not None else ():
        if (new := _at(after, argument)) and new != _at(before or {}, argument):
            yield Opening(name, argument, str(new))
    for argument in UNFILTERED.get(type_, ()):
        for value in new_values(texts(_at(before or {}, argument)), texts(_at(after, argument))):
            yield Opening(name, argument, value)
    if type_ == CLUSTER:
        yield from (
            Opening(name, "administrator group", group) for group in new_values(_admins(before), _admins(after))
        )
        for cidr in new_values(_authorized(before), _authorized(after)) if before is not None else ():
            yield Opening(name, "clients of the API server", cidr)
    elif type_ == POLICY:
        yield from _modes(before, after)
        yield from _uninspected(before, after)
    elif type_ == MOUNT and LISTED == after.get(LISTING) != (before or {}).get(LISTING):
        yield Opening(name, LISTING, LISTED)
    elif type_ == VAULT:
        if before and any(blocks(before.get(AUDIT))) and not any(blocks(after.get(AUDIT))):
            yield Opening(name, "no audit log")
        for cidr in new_values(_allowed(before), _allowed(after)):
            yield Opening(name, "client address", cidr)


def _is(values: Mapping[str, Any], path: str, closed: object) -> bool:
    value = _at(values, path)
    unset = value is None and closed in (False, "DISABLED")
    return unset or value == closed or (isinstance(value, str) and isinstance(closed, str) and only_case(value, closed))


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


def _uninspected(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> Iterator[Opening]:
    """Yield the traffic that intrusion detection newly ignores, and new DNS servers, because rules with host names use
    the servers' answers."""
    name, old = f"firewall policy {after.get('name')}", before or {}
    for block, key in (("traffic_bypass", "name"), ("signature_overrides", "id")):
        was, now = ({_text(one): one for one in _inner(side, block)} for side in (old, after))
        for text in sorted(now.keys() - was.keys()):
            yield Opening(name, f"intrusion_detection.{block}", str(now[text].get(key)))
    if before is not None:
        for server in new_values(_servers(old), _servers(after)):
            yield Opening(name, "DNS server", server)


def _inner(values: Mapping[str, Any], block: str) -> Iterator[Mapping[str, Any]]:
    for detection in blocks(values.get("intrusion_detection")):
        yield from blocks(detection.get(block))


def _text(block: Mapping[str, Any]) -> str:
    return json.dumps(block, sort_keys=True, default=str)


def _servers(values: Mapping[str, Any]) -> frozenset[str]:
    return texts(_at(values, "dns.servers")) or frozenset({"Azure DNS"})


def _admins(values: Mapping[str, Any] | None) -> frozenset[str]:
    groups: frozenset[str] = frozenset()
    for block in blocks((values or {}).get(ENTRA)):
        groups |= texts(block.get("admin_group_object_ids"))
    return groups


def _authorized(values: Mapping[str, Any] | None) -> frozenset[str]:
    """Return the ranges that can reach a public API server; by default all addresses."""
    if values is None or values.get("private_cluster_enabled"):
        return frozenset()
    ranges: frozenset[str] = frozenset()
    for block in blocks(values.get("api_server_access_profile")):
        ranges |= texts(block.get("authorized_ip_ranges"))
    return ranges or frozenset({"0.0.0.0/0"})


def _allowed(values: Mapping[str, Any] | None) -> frozenset[str]:
    """Return the addresses that can reach the public endpoint of Vault; without an allowlist, all addresses:
    https://developer.hashicorp.com/hcp/docs/vault/security/ip-allowlist
    """
    allowed = frozenset(str(block.get("address")) for block in blocks((values or {}).get("ip_allowlist")))
    public = values is not None and values.get("public_endpoint") is True
    return allowed or (frozenset({"0.0.0.0/0"}) if public else frozenset())
