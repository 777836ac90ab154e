"""What a cloud would make up: ids, addresses, links. Always the same for the same resource."""

import re
from collections.abc import Mapping
from typing import Any

from hvn.rehearsal.cloud import made_up
from hvn.rehearsal.schema import Attribute, Type

# Computed results that another resource or the stack's own conditions read, by type and path.
# Those that are not here are made up by their type alone.
KNOWN: Mapping[tuple[str, str], str] = {
    ("azuread_service_principal", "object_id"): "{uuid}",
    ("azuread_service_principal", "id"): "/servicePrincipals/{object_id}",
    ("azurerm_kubernetes_cluster", "oidc_issuer_url"): "https://{location}.oic.prod-aks.azure.com/{tenant_id}/{uuid}/",
    ("azurerm_kubernetes_cluster", "private_fqdn"): "{dns_prefix_private_cluster}.{private_dns_zone}",
    ("azurerm_role_definition", "role_definition_id"): "{uuid}",
    ("azurerm_role_definition", "role_definition_resource_id"): (
        "{scope}/providers/Microsoft.Authorization/roleDefinitions/{uuid}"
    ),
    ("azurerm_role_assignment", "name"): "{uuid}",
    ("azurerm_user_assigned_identity", "principal_id"): "{uuid}",
    ("azurerm_user_assigned_identity", "client_id"): "{uuid}",
    ("azurerm_user_assigned_identity", "tenant_id"): "{tenant_id}",
    ("hcp_azure_peering_connection", "application_id"): "{uuid}",
    ("hcp_azure_peering_connection", "self_link"): "/project/{project_id}/hashicorp.network.peering/{peering_id}",
    ("hcp_azure_peering_connection", "state"): "PENDING_ACCEPTANCE",
    ("hcp_hvn", "self_link"): "/project/{project_id}/hashicorp.network.hvn/{hvn_id}",
    ("hcp_hvn", "state"): "STABLE",
    ("hcp_hvn_route", "self_link"): "/project/{project_id}/hashicorp.network.route/{hvn_route_id}",
    ("hcp_hvn_route", "state"): "ACTIVE",
    ("hcp_vault_cluster", "vault_private_endpoint_url"): "https://{cluster_id}-private-vault.hashicorp.cloud:8200",
    ("hcp_vault_cluster", "namespace"): "admin",
    ("hcp_vault_cluster", "state"): "RUNNING",
    ("hcp_vault_cluster", "self_link"): "/project/{project_id}/hashicorp.vault.cluster/{cluster_id}",
}

# Where neither the resource nor its provider says which: HCP takes the oldest project, Entra the tenant logged in to.
ELSEWHERE = {"project_id": "00000000-0000-4000-8000-000000000001", "tenant_id": "00000000-0000-4000-8000-000000000002"}
NOTHING: Mapping[str, Any] = {"string": "", "number": 0, "bool": False}


def facts(kind: str, state: Mapping[str, Any], provider: Mapping[str, Any]) -> dict[str, str]:
    """What the ids and links of a resource are made of: its arguments, its provider's, and a UUID of its own."""
    # The tables write `{metadata.name}` of one Kubernetes type and `{name}` of another.
    inner = state.get("metadata")
    metadata = _texts(inner[0]) if isinstance(inner, list) and inner and isinstance(inner[0], dict) else {}
    qualified = {f"metadata.{name}": value for name, value in metadata.items()}
    made = {"uuid": made_up(kind, naming(state))}
    if isinstance(state.get("private_dns_zone_id"), str):
        made["private_dns_zone"] = state["private_dns_zone_id"].rpartition("/")[2]
    return {**ELSEWHERE, **_texts(provider), **made, **metadata, **qualified, **_texts(state)}


def naming(state: Mapping[str, Any]) -> str:
    """What tells two resources of a type apart: the texts of their own arguments."""
    return "/".join(f"{name}={state[name]}" for name in sorted(state) if isinstance(state[name], str))


def fill(pattern: str, known: Mapping[str, str]) -> str:
    """A pattern with its `{names}` replaced; a name that is not known becomes a UUID."""
    return re.sub(r"\{([\w.]+)\}", lambda match: known.get(match[1]) or made_up(pattern, match[1]), pattern)


def key(state: Mapping[str, Any]) -> str:
    """What the cloud knows a resource by. A manifest has no id: its kind, namespace and name are."""
    if isinstance(state.get("id"), str):
        return str(state["id"])
    manifest = state["manifest"]
    # [type, value] on its way to Terraform, {type, value} in a state.
    value = manifest["value"] if isinstance(manifest, dict) else manifest[1]
    metadata = value.get("metadata", {})
    return f"{value.get('kind')}/{metadata.get('namespace')}/{metadata.get('name')}"


def make_up(kind: str, path: str, attribute: Attribute, known: Mapping[str, str]) -> Any:
    """The value of one computed result."""
    if (kind, path) in KNOWN:
        return fill(KNOWN[kind, path], known)
    if path in ELSEWHERE:
        return known[path]
    # Arguments that may be left out stay empty; plain results get a text that names them.
    if attribute.optional:
        return None
    if attribute.type == "string":
        return f"{kind}.{path}"
    return empty(attribute.type)


def empty(kind: Type | None) -> Any:
    """The value of a result that has nothing in it."""
    if isinstance(kind, str):
        return NOTHING.get(kind)
    return [] if kind and kind[0] in {"list", "set"} else None


def shaped(kind: Type | None, value: Any) -> Any:
    """A value cut to a type: objects have its members and no others, and what is missing is null."""
    if value is None or isinstance(kind, str) or kind is None:
        return value
    if kind[0] == "object" and isinstance(value, dict):
        return {name: shaped(inner, value.get(name)) for name, inner in kind[1].items()}
    if kind[0] in {"list", "set"} and isinstance(value, list):
        return [shaped(kind[1], each) for each in value]
    return value


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: value for name, value in values.items() if isinstance(value, str)}
