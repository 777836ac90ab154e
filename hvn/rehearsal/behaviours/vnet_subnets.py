"""The refreshed state of a VNet lists the subnets that `azurerm_subnet` resources created in the VNet.

azurerm: virtual_network_resource.go (flattenVirtualNetworkSubnets).
"""

from typing import Any

from hvn.rehearsal.behaviours import Change
from hvn.rehearsal.cloud import Object, same


def read(change: Change) -> None:
    """Add the subnets of a VNet to the VNet's refreshed state."""
    vnet = str(change.after["id"])
    change.after["subnet"] = [
        _listed(change, subnet)
        for subnet in change.cloud.find("azurerm_subnet")
        if same(str(subnet["id"]).rpartition("/subnets/")[0], vnet)
    ]


SAME = (
    *("address_prefixes", "default_outbound_access_enabled", "delegation", "id", "name"),
    *("private_endpoint_network_policies", "private_link_service_network_policies_enabled"),
)
SETS = ("service_endpoint_policy_ids", "service_endpoints")


def _listed(change: Change, subnet: Object) -> Any:
    return {
        **{name: subnet[name] for name in SAME},
        **{name: subnet[name] or [] for name in SETS},
        "route_table_id": _associated(change, subnet, "route_table", "route_table_id"),
        "security_group": _associated(change, subnet, "network_security_group", "network_security_group_id"),
    }


def _associated(change: Change, subnet: Object, kind: str, argument: str) -> str:
    associations = change.cloud.find(f"azurerm_subnet_{kind}_association", subnet_id=subnet["id"])
    return str(associations[0][argument]) if associations else ""


READ = {"azurerm_virtual_network": read}
