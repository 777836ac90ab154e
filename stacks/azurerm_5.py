"""The arguments that differ between azurerm 4 and azurerm 5. The engine selects azurerm's major version.

Source: hashicorp/terraform-provider-azurerm v5.2.0, website/docs/guides/5.0-upgrade-guide.html.markdown. When no engine
uses azurerm 4, move the arguments of azurerm 5 into the stacks, and delete this file.
"""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from cdktf import Token
from cdktf_cdktf_provider_azurerm.user_assigned_identity import UserAssignedIdentity

from hvn.engine import AZURERM_5, ENGINE

Arguments = dict[str, Any]
IS_5 = ENGINE == AZURERM_5
# Import azurerm's modules by name, because azurerm 4 lacks some of their classes.
AZURERM = "cdktf_cdktf_provider_azurerm"


def zone_of_link(group: str, name: str, id_: str) -> Arguments:
    """Return the arguments with the private DNS zone of a virtual network link."""
    return {"private_dns_zone_id": id_} if IS_5 else {"resource_group_name": group, "private_dns_zone_name": name}


def identity_of_credential(group: str, identity: UserAssignedIdentity) -> Arguments:
    """Return the arguments with the identity of a federated credential."""
    if IS_5:
        return {"user_assigned_identity_id": identity.id}
    return {"resource_group_name": group, "parent_id": identity.id}


def node_provisioning() -> Arguments:
    """Return the block that azurerm 5 requires for a cluster. `Manual` (default) disables auto-provisioning."""
    if not IS_5:
        return {}
    cluster: Any = import_module(f"{AZURERM}.kubernetes_cluster")
    return {"node_provisioning_profile": cluster.KubernetesClusterNodeProvisioningProfile(mode="Manual")}


def service_endpoints(services: Sequence[str]) -> Arguments:
    """Return the argument with the service endpoints of a subnet; empty without service endpoints."""
    if not services:
        return {}
    if not IS_5:
        return {"service_endpoints": list(services)}
    subnet: Any = import_module(f"{AZURERM}.subnet")
    return {"service_endpoint": [subnet.SubnetServiceEndpoint(service=service) for service in services]}


def inline_service_endpoints(services: Sequence[str]) -> Arguments:
    """Return the argument with the service endpoints of a VNet's inline subnet. Terraform requires every argument of an
    inline subnet.
    """
    if not IS_5:
        return {"service_endpoints": list(services)}
    endpoint: Any = import_module(f"{AZURERM}.virtual_network").VirtualNetworkSubnetServiceEndpoint
    null = Token.as_string(Token.null_value())
    return {"service_endpoint": [endpoint(service=service, network_identifier=null) for service in services]}
