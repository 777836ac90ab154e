"""An update of a VNet with inline subnets removes all other subnets of the VNet. A refresh lists all subnets of the
VNet.

azurerm: virtual_network_resource.go (expandVirtualNetworkSubnets, flattenVirtualNetworkSubnets). Azure refuses to
remove a subnet in use (InUseSubnetCannotBeDeleted), and removes the subnets of a deleted VNet.
"""

from typing import Any

from hvn.rehearsal.azure_subnets import NSG, ROUTES, attached, stored, subnets
from hvn.rehearsal.azurerm_versions import completed
from hvn.rehearsal.behaviours import Change
from hvn.rehearsal.behaviours.in_use import refuse_used
from hvn.rehearsal.behaviours.subnet_ranges import check, check_resized
from hvn.rehearsal.cloud import Object


def read(change: Change) -> None:
    """Set the inline subnets to all subnets of the VNet."""
    change.after["subnet"] = _listed(change)


def create(change: Change) -> None:
    """Create the inline subnets of a new VNet."""
    _write(change, change.after.get("subnet") or [])
    change.after["subnet"] = _listed(change)


def update(change: Change) -> None:
    """Write the inline subnets only if the argument `subnet` changes, as azurerm does."""
    if change.before.get("subnet") != change.after.get("subnet"):
        _write(change, change.after.get("subnet") or [])
    change.after["subnet"] = _listed(change)


def delete(change: Change) -> None:
    """Refuse to delete a VNet with a subnet in use, and remove its subnets."""
    for subnet in subnets(change.cloud, str(change.before["id"])):
        _remove(change, subnet)


def _write(change: Change, blocks: list[Object]) -> None:
    vnet = change.after
    there = {str(subnet["name"]): subnet for subnet in subnets(change.cloud, str(vnet["id"]))}
    for name in there.keys() - {str(block["name"]) for block in blocks}:
        _remove(change, there[name])
    for block in blocks:
        subnet = stored({**block, "id": f"{vnet['id']}/subnets/{block['name']}"}, vnet)
        inner = Change("azurerm_subnet", change.cloud, there.get(str(block["name"]), {}), subnet)
        if inner.before:
            check_resized(inner)
        check(inner, vnet)
        change.cloud.put("azurerm_subnet", str(subnet["id"]), subnet)


def _remove(change: Change, subnet: Object) -> None:
    refuse_used(Change("azurerm_subnet", change.cloud, before=subnet))
    change.cloud.remove("azurerm_subnet", str(subnet["id"]))


SAME = (
    *("address_prefixes", "default_outbound_access_enabled", "delegation", "id", "name"),
    *("private_endpoint_network_policies", "private_link_service_network_policies_enabled"),
)
SETS = ("service_endpoint_policy_ids", "service_endpoints", "service_endpoint")


def _listed(change: Change) -> list[Any]:
    return [
        {
            **{name: subnet[name] for name in SAME},
            **{name: subnet[name] or [] for name in SETS},
            "route_table_id": _attached(change, subnet, ROUTES),
            "security_group": _attached(change, subnet, NSG),
        }
        for subnet in (completed("azurerm_subnet", one) for one in subnets(change.cloud, str(change.after["id"])))
    ]


def _attached(change: Change, subnet: Object, kind: str) -> str:
    one = attached(change.cloud, subnet, kind)
    return one[0] if one else ""


READ = {"azurerm_virtual_network": read}
CREATE = {"azurerm_virtual_network": create}
UPDATE = {"azurerm_virtual_network": update}
DELETE = {"azurerm_virtual_network": delete}
