"""A subnet lies in its VNet and meets no other one; neither VNet nor subnet gives up a range that is in use.

A VNet whose range is changed is written before its subnets, so one step that moves both is refused.

Azure: NetcfgSubnetRangeOutsideVnet, NetcfgSubnetRangesOverlap (MicrosoftDocs/azure-docs#123869);
InUsePrefixCannotBeDeleted (a subnet can be resized only while it is empty:
learn.microsoft.com/azure/virtual-network/virtual-networks-faq); InvalidCIDRNotation, InvalidAddressPrefixFormat.
"""

import ipaddress
from collections.abc import Iterable

from hvn.rehearsal.behaviours import Change, Refusal
from hvn.rehearsal.behaviours.in_use import users
from hvn.rehearsal.cloud import Object, same

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def subnet(change: Change) -> None:
    """Refuse a subnet that has no place in its VNet."""
    own = _ranges(change, change.after.get("address_prefixes"))
    vnet = str(change.after["id"]).rpartition("/subnets/")[0]
    for there in _of(change, "azurerm_virtual_network", vnet):
        spaces = [ipaddress.ip_network(each) for each in there.get("address_space") or ()]
        if spaces and not all(_inside(each, spaces) for each in own):
            raise _outside(change, change.after, there)
    for other in _subnets(change, vnet):
        theirs = [ipaddress.ip_network(each) for each in other.get("address_prefixes") or ()]
        if not same(other["id"], change.after["id"]) and any(a.overlaps(b) for a in own for b in theirs):
            raise _refused(
                change,
                "NetcfgSubnetRangesOverlap",
                f"Subnet '{change.after['name']}' is not valid because its IP address range overlaps with that of an "
                f"existing subnet in virtual network '{change.after['virtual_network_name']}': {other['name']}",
            )


def resize(change: Change) -> None:
    """The same, and refuse to take a range away from what lies in it."""
    gone = set(change.before.get("address_prefixes") or ()) - set(change.after.get("address_prefixes") or ())
    user = next(users(change, "azurerm_subnet"), None) if gone else None
    if user:
        raise _refused(
            change,
            "InUsePrefixCannotBeDeleted",
            f"IpPrefix {min(gone)} on Subnet {change.after['name']} has active allocations and cannot be deleted. "
            f"It is in use by {user}",
        )
    subnet(change)


def vnet(change: Change) -> None:
    """Refuse a range that is none, and one that leaves subnets outside."""
    spaces = _ranges(change, change.after.get("address_space"))
    for each in _subnets(change, str(change.after["id"])):
        prefixes = [ipaddress.ip_network(prefix) for prefix in each.get("address_prefixes") or ()]
        if spaces and not all(_inside(prefix, spaces) for prefix in prefixes):
            raise _outside(change, each, change.after)


def routes(change: Change) -> None:
    """Refuse routes to a range that is none."""
    given = [route["address_prefix"] for route in change.after.get("route") or ()]
    # Anything else is the name of a service.
    _ranges(change, [each for each in given if each[:1].isdigit()])


def _ranges(change: Change, texts: Iterable[str] | None) -> list[Network]:
    found = []
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
        found.append(network)
    return found


def _inside(prefix: Network, spaces: Iterable[Network]) -> bool:
    return any(prefix.version == each.version and prefix.subnet_of(each) for each in spaces)  # type: ignore[arg-type]


def _of(change: Change, kind: str, id_: str) -> list[Object]:
    return [each for each in change.cloud.find(kind) if same(each["id"], id_)]


def _subnets(change: Change, vnet: str) -> list[Object]:
    return [each for each in change.cloud.find("azurerm_subnet") if same(each["id"].rpartition("/subnets/")[0], vnet)]


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
