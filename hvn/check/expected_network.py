"""The network of a topology for rules about routes."""

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

from hvn.reach.build import built
from hvn.reach.network import FirewallRule, Network, UserRoute
from hvn.topology import locations
from hvn.topology.manual_steps import gateway_ranges
from hvn.topology.model import Topology
from hvn.topology.once import once
from hvn.topology.site_hops import appliance_ranges

ALL_PORTS = ((0, 65535),)


@once
def expected_network(topology: Topology) -> Network:
    """Return the network without NSGs, because NSGs do not change routes, and other rules check NSGs. Each firewall
    rule allows all ports, because a route is for all ports. GatewaySubnet of an existing hub has the routes of the
    manual steps."""
    network = built(topology)
    places = {name: tuple(replace(one, nsg=None) for one in places) for name, places in network.places.items()}
    gateway = network.gateway
    if gateway and gateway.routes is None and locations.has_gateway(topology) and (hops := _hops(topology)):
        routes = tuple(UserRoute(IPv4Network(cidr), IPv4Address(hop)) for cidr, hop in hops.items())
        gateway = replace(gateway, routes=routes)
    firewall = network.firewall
    if firewall:
        rules = None if firewall.rules is None else _with_all_ports(firewall.rules)
        firewall = replace(firewall, rules=rules, declared=_with_all_ports(firewall.declared))
    return replace(network, places=places, gateway=gateway, firewall=firewall)


def _hops(topology: Topology) -> dict[str, str]:
    hop = locations.firewall_ip(topology)
    to_firewall = dict.fromkeys(gateway_ranges(topology)[0], hop) if hop else {}
    return {**to_firewall, **appliance_ranges(topology)}


def _with_all_ports(rules: tuple[FirewallRule, ...]) -> tuple[FirewallRule, ...]:
    return tuple(replace(rule, ports=ALL_PORTS) for rule in rules)
