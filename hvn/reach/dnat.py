"""The DNAT rules of the hub's firewall, and the connections that they forward."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from ipaddress import IPv4Network

from hvn.reach.find import find
from hvn.reach.network import HUB, Firewall, FirewallRule, Network, Place
from hvn.reach.ranges import ALL
from hvn.reach.traffic import Protocol, Traffic
from hvn.reach.way import Way
from hvn.topology.firewall import DNAT_RULES, INTERNET
from hvn.topology.model import Topology

Walk = Callable[[Network, Place, Place, Traffic], Way]
Target = tuple[FirewallRule, Place]


def dnat_rules(topology: Topology, line_of: Callable[[tuple[str, ...]], int] | None) -> Iterator[FirewallRule]:
    """Yield the rules, each with the translated address as destination and the translated port."""
    for name, rule in sorted(topology.dnat_rules.items()):
        path = (*DNAT_RULES, name)
        protocol, _, public_port = rule.port.partition("/")
        yield FirewallRule(
            name,
            tuple(ALL if one == INTERNET else IPv4Network(one) for one in rule.sources),
            (IPv4Network(rule.translated_address),),
            ((rule.translated_port, rule.translated_port),),
            path,
            line_of(path) if line_of else 0,
            protocols=(Protocol(protocol),),
            public_port=int(public_port),
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
    targets = [(rule, replace(destination, cidr=rule.destinations[0])) for rule in rules]
    for rule, target in _follow(network, targets, source, traffic.protocol, way, walk):
        if target.cidr != destination.cidr:
            way.add_unknown(f"the DNAT rule {rule.label} forwards only to {target.cidr.network_address}")


def enter(network: Network, source: Place, traffic: Traffic, way: Way, walk: Walk) -> None:
    """Follow the connections from the internet to a port at the public addresses of a firewall with known rules."""
    rules = [
        rule
        for rule in (network.firewall.dnat if network.firewall else ())
        if (rule.public_port, rule.protocols) == (traffic.port, (traffic.protocol,))
        and any(map(source.cidr.overlaps, rule.sources))
    ]
    if not rules:
        way.blocked_by = f"no DNAT rule of the firewall forwards {traffic} from {source.cidr}"
        return
    targets = [(rule, find(network, str(rule.destinations[0].network_address))[0]) for rule in rules]
    followed = _follow(network, targets, source, traffic.protocol, way, walk)
    if not way.blocked_by and len(followed) < len(rules):
        way.add_unknown("which public address of the firewall the connection uses")


def _follow(
    network: Network, targets: list[Target], source: Place, protocol: Protocol, way: Way, walk: Walk
) -> list[Target]:
    """Follow the connections of DNAT rules to their targets. Return the rules that decide, with their targets: the
    rules with an open way; without an open way, the first rule."""
    way.by_firewall = True
    start = firewall_subnet(network.firewall)
    ways = [walk(network, start, target, Traffic(rule.ports[0][0], protocol)) for rule, target in targets]
    way.blocked_by = "" if any(not one.blocked_by for one in ways) else ways[0].blocked_by
    followed = []
    for (rule, target), inner in zip(targets, ways, strict=True):
        if inner.blocked_by and not way.blocked_by:
            continue
        followed.append((rule, target))
        to = f"the DNAT rule {rule.label} forwards to {target.cidr.network_address}"
        way.hop(f"{source.label} {source.cidr}", f"to the public address of the firewall; {to}")
        way.hops += inner.hops
        for setting in inner.unknown:
            way.add_unknown(setting)
        if not any(map(source.cidr.subnet_of, rule.sources)):
            sources = ", ".join(map(str, rule.sources))
            way.add_unknown(f"the DNAT rule {rule.label} forwards only connections from {sources}")
        way.by_appliance |= inner.by_appliance
        if way.blocked_by:
            break
    return followed


def firewall_subnet(firewall: Firewall | None) -> Place:
    """Return AzureFirewallSubnet as a source of connections. Raises `AssertionError` without a new firewall."""
    if firewall is None or firewall.subnet is None:
        raise AssertionError("the subnet of an existing firewall is unknown")
    return Place(name="firewall", network=HUB, cidr=firewall.subnet, routes=firewall.routes, propagated=True)
