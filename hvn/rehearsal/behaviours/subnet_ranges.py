"""Azure refuses a subnet that is outside the VNet's ranges or overlaps another subnet. Azure refuses to remove a range
in use from a VNet or a subnet.

Terraform writes a changed VNet before its subnets, so Azure refuses an apply that moves a VNet and its subnets to
another range.

Azure: NetcfgSubnetRangeOutsideVnet, NetcfgSubnetRangesOverlap (MicrosoftDocs/azure-docs#123869);
InUsePrefixCannotBeDeleted (a subnet can be resized only while it is empty:
learn.microsoft.com/azure/virtual-network/virtual-networks-faq); InvalidCIDRNotation, InvalidAddressPrefixFormat.
"""

import ipaddress
from collections.abc import Iterable

from hvn.rehearsal.azure_subnets import subnets, vnet_of
from hvn.rehearsal.behaviours import Change, Refusal
from hvn.rehearsal.behaviours.in_use import users
from hvn.rehearsal.cloud import Object, same
from hvn.rehearsal.wire import UNKNOWN

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def subnet(change: Change) -> None:
    """Refuse a subnet outside its VNet, or overlapping another subnet."""
    vnet = vnet_of(str(change.after["id"]))
    check(change, *_of(change, "azurerm_virtual_network", vnet))


def check(change: Change, *vnets: Object) -> None:
    """Refuse a subnet outside these VNets, or overlapping another subnet."""
    own = _ranges(change, change.after.get("address_prefixes"))
    for there in vnets:
        spaces = [ipaddress.ip_network(space) for space in there.get("address_space") or ()]
        if spaces and not all(_inside(prefix, spaces) for prefix in own):
            raise _outside(change, change.after, there)
    for other in subnets(change.cloud, vnet_of(str(change.after["id"]))):
        theirs = [ipaddress.ip_network(prefix) for prefix in other.get("address_prefixes") or ()]
        if not same(other["id"], change.after["id"]) and any(a.overlaps(b) for a in own for b in theirs):
            raise _refused(
                change,
                "NetcfgSubnetRangesOverlap",
                f"Subnet '{change.after['name']}' is not valid because its IP address range overlaps with that of an "
                f"existing subnet in virtual network '{change.after['virtual_network_name']}': {other['name']}",
            )


def resize(change: Change) -> None:
    """Refuse to remove a range in use from a subnet, and run the checks of a new subnet."""
    check_resized(change)
    subnet(change)


def check_resized(change: Change) -> None:
    """Refuse to remove a range in use."""
    removed = set(change.before.get("address_prefixes") or ()) - set(change.after.get("address_prefixes") or ())
    user = next(users(change, "azurerm_subnet"), None) if removed else None
    if user:
        raise _refused(
            change,
            "InUsePrefixCannotBeDeleted",
            f"IpPrefix {min(removed)} on Subnet {change.after['name']} has active allocations and cannot be deleted. "
            f"It is in use by {user}",
        )


def vnet(change: Change) -> None:
    """Refuse a VNet with an invalid range, or with an address space that does not contain each of its subnets."""
    spaces = _ranges(change, change.after.get("address_space"))
    if change.planned.get("subnet") is not UNKNOWN and change.before.get("subnet") != change.after.get("subnet"):
        return  # vnet_subnets.py checks new subnets
    for inner in subnets(change.cloud, str(change.after["id"])):
        prefixes = [ipaddress.ip_network(prefix) for prefix in inner.get("address_prefixes") or ()]
        if spaces and not all(_inside(prefix, spaces) for prefix in prefixes):
            raise _outside(change, inner, change.after)


def routes(change: Change) -> None:
    """Refuse a route with an invalid range."""
    prefixes = [route["address_prefix"] for route in change.after.get("route") or ()]
    # A destination that does not begin with a digit is a service tag.
    _ranges(change, [prefix for prefix in prefixes if prefix[:1].isdigit()])


def _ranges(change: Change, texts: Iterable[str] | None) -> list[Network]:
    networks: list[Network] = []
    for text in texts or ():
        try:
            network = ipaddress.ip_network(text, strict=False)
        except ValueError:
            raise _refused(
                change,
                "InvalidAddressPrefixFormat",
                f"Address prefix {text} of resource {change.after['id']} is not formatted correctly. It should follow "
                "CIDR notation, for example 10.0.0.0/24.",
            ) from None
        if str(network.network_address) != text.partition("/")[0]:
            raise _refused(
                change,
                "InvalidCIDRNotation",
                f"The address prefix {text} in resource {change.after['id']} has an invalid CIDR notation. For the "
                f"given prefix length, the address prefix should be {network}.",
            )
        networks.append(network)
    return networks


def _inside(prefix: Network, spaces: Iterable[Network]) -> bool:
    return any(prefix.version == space.version and prefix.subnet_of(space) for space in spaces)  # type: ignore[arg-type]


def _of(change: Change, kind: str, id_: str) -> list[Object]:
    return [resource for resource in change.cloud.find(kind) if same(resource["id"], id_)]


def _outside(change: Change, subnet: Object, vnet: Object) -> Refusal:
    return _refused(
        change,
        "NetcfgSubnetRangeOutsideVnet",
        f"Subnet '{subnet['name']}' is not valid because its IP address range is outside the IP address range of "
        f"virtual network '{vnet['name']}'",
    )


def _refused(change: Change, code: str, message: str) -> Refusal:
    return Refusal(
        f"writing {change.kind} {change.after['name']}: unexpected status 400 (400 Bad Request) with error: {code}",
        message,
    )


CREATE = {"azurerm_route_table": routes, "azurerm_subnet": subnet, "azurerm_virtual_network": vnet}
UPDATE = {"azurerm_route_table": routes, "azurerm_subnet": resize, "azurerm_virtual_network": vnet}
