"""Find the hub's gateway, and the on-premises networks behind it, in the resources that exist in Azure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Network

from hvn.commands.init.azure_json import Azure
from hvn.commands.init.azure_resources import LocalGateway, Vnet

UNKNOWN_TYPE = "yes"
_TYPES = {frozenset({"vpn"}): "vpn", frozenset({"expressroute"}): "express_route"}
_TYPES[frozenset({"vpn", "expressroute"})] = "both"
_PREFIXES = {"lgw", "lng", "lngw"}
"""Parts of the names of local network gateways that do not name the site."""
_LONGEST = 24
"""The maximum length of a site's name, as in `SiteName`."""


def gateway_type(azure: Azure, hub: Vnet) -> str:
    """Return `vpn`, `express_route`, `both`, or `yes` for a gateway of unknown type; an empty text without a gateway.

    Without the gateway itself in the files, an address in GatewaySubnet, a peering with `useRemoteGateways`, and a
    local network gateway show that the gateway exists.
    """
    subnet = f"{hub.id}/subnets/GatewaySubnet".lower()
    types = frozenset(
        gateway.type.lower()
        for gateway in azure.gateways.values()
        if any(part.subnet and part.subnet.id.lower() == subnet for part in gateway.configurations)
    )
    if types:
        return _TYPES.get(types, UNKNOWN_TYPE)
    own = hub.subnet("GatewaySubnet")
    exists = (own and own.used) or _is_used_by_peering(azure, hub) or _local_gateways(azure, hub)
    return UNKNOWN_TYPE if exists else ""


def sites(azure: Azure, hub: Vnet, in_azure: Sequence[IPv4Network]) -> Mapping[str, list[IPv4Network]]:
    """Return the ranges behind the local network gateways, by the name of the on-premises network.

    Skips the gateways of ranges that overlap a VNet, such as a VNet behind a VPN, the addresses of BGP peers, and
    ranges inside the range of another site.
    """
    gateways = _local_gateways(azure, hub)
    named = [(cidr, _site(gateway.id.rpartition("/")[2])) for gateway in gateways for cidr in gateway.cidrs]
    found: dict[str, list[IPv4Network]] = {}
    for cidr, name in sorted(named, key=lambda item: item[0].prefixlen):
        known = (*in_azure, *(one for cidrs in found.values() for one in cidrs))
        if name and cidr.prefixlen < cidr.max_prefixlen and not any(cidr.overlaps(one) for one in known):
            found.setdefault(name, []).append(cidr)
    return {name: sorted(found[name]) for name in sorted(found)}


def _is_used_by_peering(azure: Azure, hub: Vnet) -> bool:
    return any(
        peering.use_remote_gateways and peering.remote.id.lower() == hub.id.lower()
        for vnet in azure.vnets.values()
        for peering in vnet.peerings
    )


def _local_gateways(azure: Azure, hub: Vnet) -> Sequence[LocalGateway]:
    """Return the local network gateways, if only the hub can have their gateway. Their connections are unknown."""
    owners = [vnet.id for vnet in azure.vnets.values() if vnet.subnet("GatewaySubnet")]
    return [azure.local_gateways[key] for key in sorted(azure.local_gateways)] if owners == [hub.id] else []


def _site(name: str) -> str:
    """Return the name of the on-premises network behind a local network gateway; an empty text if no part of the name
    can begin the network's name."""
    return "-".join(_words(name))


def _words(name: str) -> Iterator[str]:
    length = -1
    for word in re.findall("[a-z0-9]+", name.lower()):
        if word in _PREFIXES or (length < 0 and not word[0].isalpha()):
            continue
        length += len(word) + 1
        if length > _LONGEST:
            return
        yield word
