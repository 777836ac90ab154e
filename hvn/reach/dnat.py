"""The DNAT rules of the hub's firewall, and the connections that they forward."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from ipaddress import IPv4Network

from hvn.reach.network import HUB, Firewall, FirewallRule, Network, Place
from hvn.reach.ranges import ALL
from hvn.reach.traffic import Protocol, Traffic
from hvn.reach.way import Way
from hvn.topology.firewall import DNAT_RULES, INTERNET
from hvn.topology.model import Topology

Walk = Callable[[Network, Place, Place, Traffic], Way]


def dnat_rules(topology: Topology, line_of: Callable[[tuple[str, ...]], int] | None) -> Iterator[FirewallRule]:
    """Yield the rules, each with the translated address as destination and the translated port."""
    for name, rule in sorted(topology.dnat_rules.items()):
        path = (*DNAT_RULES, name)
        yield FirewallRule(
            name,
            tuple(ALL if one == INTERNET else IPv4Network(one) for one in rule.sources),
            (IPv4Network(rule.translated_address),),
            ((rule.translated_port, rule.translated_port),),
            path,
            line_of(path) if line_of else 0,
            protocols=(Protocol(rule.port.partition("/")[0]),),
        )


def forward(
    network: Network,
    rules: list[FirewallRule],
    source: Place,
    destination: Place,
    traffic: Traffic,
    way: Way,
    walk: Walk,
) -> None:
    """Follow the connections that DNAT rules forward to the destination. `walk` follows a connection in the network.

    The firewall also translates the source, to an address of AzureFirewallSubnet. Network rules do not apply:
    https://techcommunity.microsoft.com/blog/azurenetworksecurityblog/azure-firewall-nat-behaviors/3825834
    """
    way.by_firewall = True
    translated = [replace(destination, cidr=rule.destinations[0]) for rule in rules]
    ways = [walk(network, firewall_subnet(network.firewall), target, traffic) for target in translated]
    way.blocked_by = "" if any(not one.blocked_by for one in ways) else ways[0].blocked_by
    for rule, target, inner in zip(rules, translated, ways, strict=True):
        if inner.blocked_by and not way.blocked_by:
            continue
        to = f"the DNAT rule {rule.label} forwards to {target.cidr.network_address}"
        way.hop(f"{source.label} {source.cidr}", f"to the public address of the firewall; {to}")
        way.hops += inner.hops
        for setting in inner.unknown:
            way.add_unknown(setting)
        if target.cidr != destination.cidr:
            way.add_unknown(f"the DNAT rule {rule.label} forwards only to {target.cidr.network_address}")
        if not any(map(source.cidr.subnet_of, rule.sources)):
            sources = ", ".join(map(str, rule.sources))
            way.add_unknown(f"the DNAT rule {rule.label} forwards only connections from {sources}")
        way.by_appliance |= inner.by_appliance
        if way.blocked_by:
            return


def firewall_subnet(firewall: Firewall | None) -> Place:
    """Return AzureFirewallSubnet as a source of connections. Raises `AssertionError` without a new firewall."""
    if firewall is None or firewall.subnet is None:
        raise AssertionError("the subnet of an existing firewall is unknown")
    return Place(name="firewall", network=HUB, cidr=firewall.subnet, routes=firewall.routes, propagated=True)
