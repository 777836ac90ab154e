"""What a cloud would make up: ids, addresses, links. Always the same for the same resource."""

import re
from collections.abc import Mapping
from typing import Any

from hvn.rehearsal.cloud import made_up
from hvn.rehearsal.schemas import Attribute
from hvn.rehearsal.wire import UNKNOWN

# Computed results that another resource or the stack's own conditions read, by type and path.
# Those that are not here are made up by their type alone.
KNOWN: Mapping[tuple[str, str], str] = {
    ("azuread_service_principal", "object_id"): "{uuid}",
    ("azuread_service_principal", "id"): "/servicePrincipals/{object_id}",
    ("azurerm_kubernetes_cluster", "oidc_issuer_url"): "https://{location}.oic.prod-aks.azure.com/{tenant}/{uuid}/",
    ("azurerm_kubernetes_cluster", "private_fqdn"): "{dns_prefix_private_cluster}.privatelink.{location}.azmk8s.io",
    ("azurerm_role_definition", "role_definition_id"): "{uuid}",
    (
        "azurerm_role_definition",
        "role_definition_resource_id",
    ): "{scope}/providers/Microsoft.Authorization/roleDefinitions/{uuid}",
    ("azurerm_role_assignment", "name"): "{uuid}",
    ("azurerm_user_assigned_identity", "principal_id"): "{uuid}",
    ("azurerm_user_assigned_identity", "client_id"): "{uuid}",
    ("azurerm_user_assigned_identity", "tenant_id"): "{tenant}",
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

PROJECT = "00000000-0000-4000-8000-000000000001"


def identity(kind: str, pattern: str, state: Mapping[str, Any], provider: Mapping[str, Any]) -> str:
    """The id that the provider would give, by the form of its ids; made of the arguments that name the resource."""
    key = naming(kind, state)
    facts = {"uuid": made_up(kind, key), "project_id": provider.get("project_id") or PROJECT, **_plain(provider)}
    facts |= _plain(state)
    return fill(pattern, facts) if "{" in pattern else key


def naming(kind: str, state: Mapping[str, Any]) -> str:
    """What tells two resources of a type apart: the texts of their own arguments."""
    return "/".join(f"{name}={state[name]}" for name in sorted(state) if isinstance(state[name], str))


def fill(pattern: str, facts: Mapping[str, str]) -> str:
    """A pattern with its `{names}` replaced; a name that is not known becomes a made up UUID."""
    return re.sub(r"\{([\w.]+)\}", lambda match: facts.get(match[1]) or made_up(pattern, match[1]), pattern)


def make_up(
    kind: str, path: str, attribute: Attribute, state: Mapping[str, Any], provider: Mapping[str, Any], key: str
) -> Any:
    """The value of one computed result."""
    facts = {
        "uuid": made_up(kind, key),
        "tenant": str(provider.get("tenant_id") or made_up("tenant")),
        "project_id": str(provider.get("project_id") or PROJECT),
        **_plain(state),
    }
    if (kind, path) in KNOWN:
        return fill(KNOWN[kind, path], facts)
    if path == "project_id":
        return facts["project_id"]
    # Arguments that may be left out stay empty; plain results get a text that names them.
    if attribute.optional:
        return None
    simple = {"string": f"{kind}.{path}", "number": 0, "bool": False}
    return (
        simple.get(attribute.type, [] if isinstance(attribute.type, list) and attribute.type[0] != "map" else None)
        if isinstance(attribute.type, str)
        else ([] if attribute.type and attribute.type[0] in {"list", "set"} else None)
    )


def _plain(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: value for name, value in values.items() if isinstance(value, str) and value is not UNKNOWN}
