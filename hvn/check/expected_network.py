"""The network of a topology for rules about routes."""

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

from hvn.reach.build import built
from hvn.reach.network import Network, UserRoute
from hvn.topology import locations
from hvn.topology.manual_steps import gateway_ranges
from hvn.topology.model import Topology
from hvn.topology.once import once
from hvn.topology.site_hops import appliance_ranges


@once
def expected_network(topology: Topology) -> Network:
    """Return the network without NSGs, because NSGs do not change routes, and other rules check NSGs. GatewaySubnet of
    an existing hub has the routes of the manual steps."""
    network = built(topology)
    places = {name: tuple(replace(one, nsg=None) for one in places) for name, places in network.places.items()}
    gateway = network.gateway
    if gateway and gateway.routes is None and locations.has_gateway(topology) and (hops := _hops(topology)):
        routes = tuple(UserRoute(IPv4Network(cidr), IPv4Address(hop)) for cidr, hop in hops.items())
        gateway = replace(gateway, routes=routes)
    return replace(network, places=places, gateway=gateway)


def _hops(topology: Topology) -> dict[str, str]:
    hop = locations.firewall_ip(topology)
    to_firewall = dict.fromkeys(gateway_ranges(topology)[0], hop) if hop else {}
    return {**to_firewall, **appliance_ranges(topology)}
