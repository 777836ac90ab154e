"""Connections to private endpoints, which ignore settings of their subnet.

Without the policies for private endpoints, no NSG of the subnet filters connections to them, and their /32 routes in
the VNet and its peers precede wider user-defined routes. Their replies ignore the subnet's route table, so the firewall
must translate the source (SNAT): https://learn.microsoft.com/azure/private-link/disable-private-endpoint-network-policy
and https://learn.microsoft.com/azure/private-link/inspect-traffic-with-azure-firewall
"""

from dataclasses import replace
from ipaddress import IPv4Network

from hvn.reach.internet import API_SERVER
from hvn.reach.network import HUB, INTERNET, ON_PREMISES, OUTSIDE, PLATFORM, Network, Place, UserRoute
from hvn.reach.traffic import Protocol, Traffic
from hvn.reach.walk import walk
from hvn.reach.way import Way
from hvn.topology.model import NewHub, Spoke

FILTERED = ("Enabled", "NetworkSecurityGroupEnabled")
ROUTED = ("Enabled", "RouteTableEnabled")


def policies(owner: NewHub | Spoke, key: str) -> str:
    """Return the policies of a subnet for private endpoints; empty if the file does not set them."""
    return (owner.subnet(key).private_endpoint_network_policies or "") if key in owner.subnets else ""


def checked(
    network: Network,
    source: Place,
    destination: Place,
    traffic: Traffic,
    blocked: str,
    request: Way,
    reply: Way | None,
) -> tuple[Way, Way | None]:
    """Return the request and the reply. `blocked` is the reason why the connection fails, or empty. If a private
    endpoint with an address of the destination may have a different result, the result is unknown."""
    api_server = destination.api_server if traffic == API_SERVER and not destination.private_endpoints else ""
    if not (destination.private_endpoints or api_server):
        return request, reply
    if source.network in (INTERNET, OUTSIDE, PLATFORM):
        return request, reply
    other = _request(network, source, destination, traffic)
    if blocked and other.blocked_by:
        return request, reply
    endpoint = f"whether a private endpoint in {destination.label} has the address"
    if api_server:
        endpoint = f"whether the private API server of {api_server} has the address"
    if blocked:
        other.rule_missing, other.peering_missing = request.rule_missing, request.peering_missing
        other.denied_by = request.denied_by
        other.add_unknown(f"{endpoint}; otherwise {blocked}")
        return other, _reply(source, destination, other)
    if other.blocked_by:
        request.add_unknown(f"{endpoint}: {other.blocked_by}")
    elif other.by_firewall or other.by_appliance:
        request.add_unknown(f"{endpoint}: its replies pass the firewall or appliance only with SNAT")
    return request, reply


def _request(network: Network, source: Place, destination: Place, traffic: Traffic) -> Way:
    """Return the route of a request to a private endpoint. Private Link carries only TCP and UDP:
    https://learn.microsoft.com/azure/private-link/private-link-service-overview#limitations"""
    if traffic.protocol is Protocol.ICMP:
        return Way(blocked_by="private endpoints carry only TCP and UDP")
    endpoint = replace(destination, nsg=destination.nsg if destination.private_endpoints in FILTERED else None)
    here = HUB if source.network == ON_PREMISES else source.network
    near = here == destination.network or (here, destination.network) in network.halves
    if near and destination.private_endpoints not in ROUTED:
        source = replace(source, routes=_without(source.routes, destination.cidr))
        if source.network == ON_PREMISES and network.gateway and network.gateway.routes:
            routes = _without(network.gateway.routes, destination.cidr)
            network = replace(network, gateway=replace(network.gateway, routes=routes))
    return walk(network, source, endpoint, traffic)


def _without(routes: tuple[UserRoute, ...], cidr: IPv4Network) -> tuple[UserRoute, ...]:
    return tuple(route for route in routes if not cidr.subnet_of(route.cidr))


def _reply(source: Place, destination: Place, request: Way) -> Way:
    way = Way(by_firewall=request.by_firewall, by_appliance=request.by_appliance)
    way.hop(f"{destination.label} {destination.cidr}", "back along the route of the request")
    way.hop(f"{source.label} {source.cidr}", "arrives")
    return way
