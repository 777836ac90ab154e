"""Store the subnets in the cloud of a rehearsal: separate resources (`azurerm_subnet`), or inline in their VNet.

The cloud stores both as `azurerm_subnet`, because data sources read this type. The stored object of an inline subnet
contains its NSG and route table. The NSG and route table of a separate subnet are in association resources.
"""

from collections.abc import Iterator

from hvn.rehearsal.cloud import Cloud, Object, same

INLINE = "inline"
"""The key that is true in a stored subnet if the subnet is inline in its VNet."""
ROUTES, NSG = "route_table", "network_security_group"
_ARGUMENTS = {ROUTES: "route_table_id", NSG: "network_security_group_id"}


def vnet_of(subnet: str) -> str:
    """Return the id of the VNet of the subnet with this id."""
    return subnet.rpartition("/subnets/")[0]


def subnets(cloud: Cloud, vnet: str) -> list[Object]:
    """Return the subnets of a VNet."""
    return [subnet for subnet in cloud.find("azurerm_subnet") if same(vnet_of(str(subnet["id"])), vnet)]


def stored(block: Object, vnet: Object) -> Object:
    """Return the subnet to store for an inline block of a VNet."""
    return {
        **block,
        INLINE: True,
        "resource_group_name": vnet["resource_group_name"],
        "virtual_network_name": vnet["name"],
        "network_security_group_id": block["security_group"],
    }


def attached(cloud: Cloud, subnet: Object, kind: str) -> tuple[str, tuple[str, str]] | None:
    """Return the id of a subnet's route table or NSG, and the resource that attaches it. Return None if nothing is
    attached."""
    argument = _ARGUMENTS[kind]
    if subnet.get(INLINE):
        id_ = str(subnet.get(argument) or "")
        return (id_, ("azurerm_virtual_network", vnet_of(str(subnet["id"])))) if id_ else None
    type_ = f"azurerm_subnet_{kind}_association"
    associations = (one for one in cloud.find(type_) if same(one["subnet_id"], subnet["id"]))
    one = next(associations, None)
    return (str(one[argument]), (type_, str(one["id"]))) if one else None


def resource_of(cloud: Cloud, there: tuple[str, str]) -> tuple[str, str]:
    """Return type and id of the Terraform resource that manages an object of the cloud: the VNet for an inline subnet,
    otherwise the object itself."""
    kind, id_ = there
    subnet = cloud.get(kind, id_) if kind == "azurerm_subnet" else None
    return ("azurerm_virtual_network", vnet_of(id_)) if subnet and subnet.get(INLINE) else there


def without_nsg(block: Object) -> Iterator[str]:
    """Yield the names of a VNet's inline subnets without an NSG, except subnets that policies exclude."""
    for subnet in block.get("subnet") or () if isinstance(block.get("subnet"), list) else ():
        if not subnet.get("security_group") and subnet["name"] not in EXCLUDED:
            yield str(subnet["name"])


# Azure Policy's definition Deny-Subnet-Without-Nsg (ALZ library) excludes these subnets by default.
EXCLUDED = ("GatewaySubnet", "AzureFirewallSubnet", "AzureFirewallManagementSubnet")
