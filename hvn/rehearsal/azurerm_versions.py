"""Convert resources between the arguments of azurerm 4 and azurerm 5. The cloud stores a resource with the arguments of
the version that wrote the resource. The other major version reads different arguments.

Source: hashicorp/terraform-provider-azurerm v4.55.0 and v5.2.0, the `Read` function of each resource.
"""

from collections.abc import Callable
from typing import Any

Object = dict[str, Any]
SERVICES, ENDPOINTS = "service_endpoints", "service_endpoint"


def completed(kind: str, resource: Object) -> Object:
    """Return a resource of the cloud with the arguments of both major versions of azurerm."""
    complete = COMPLETE.get(kind)
    return {**resource, **complete(resource)} if complete else resource


def _credential(resource: Object) -> Object:
    identity = str(resource.get("user_assigned_identity_id") or resource.get("parent_id"))
    return {"user_assigned_identity_id": identity, "parent_id": identity, "resource_group_name": _group(identity)}


def _link(resource: Object) -> Object:
    zone = str(resource["id"]).rpartition("/virtualNetworkLinks/")[0]
    names = {"resource_group_name": _group(zone), "private_dns_zone_name": zone.rpartition("/")[2]}
    return {"private_dns_zone_id": zone, **names}


def _cluster(resource: Object) -> Object:
    """Return the default block if the cluster has no block, as AKS does (azurerm 4.81: "The API returns default values
    here even if not set in the request")."""
    profile = resource.get("node_provisioning_profile")
    return {"node_provisioning_profile": profile or [{"mode": "Manual", "default_node_pools": "Auto"}]}


def _subnet(resource: Object) -> Object:
    services, endpoints = resource.get(SERVICES) or [], resource.get(ENDPOINTS) or []
    return {
        SERVICES: services or [endpoint["service"] for endpoint in endpoints],
        ENDPOINTS: endpoints or [{"service": service, "network_identifier": None} for service in services],
    }


def _group(id_: str) -> str:
    """Return the name of the resource group in a resource's id."""
    return id_.split("/")[4] if id_.count("/") >= 4 else ""


COMPLETE: dict[str, Callable[[Object], Object]] = {
    "azurerm_federated_identity_credential": _credential,
    "azurerm_kubernetes_cluster": _cluster,
    "azurerm_private_dns_zone_virtual_network_link": _link,
    "azurerm_subnet": _subnet,
}
