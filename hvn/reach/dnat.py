"""The DNAT rules of the hub's firewall, as rules for the translated traffic."""

from collections.abc import Callable, Iterator
from ipaddress import IPv4Network

from hvn.reach.network import FirewallRule
from hvn.reach.ranges import ALL
from hvn.topology.firewall import DNAT_RULES, INTERNET
from hvn.topology.model import Topology


def dnat_rules(topology: Topology, line_of: Callable[[tuple[str, ...]], int] | None) -> Iterator[FirewallRule]:
    """Yield the rules for TCP, each with the translated address as destination and the translated port."""
    for name, rule in sorted(topology.dnat_rules.items()):
        if rule.port.startswith("tcp/"):
            path = (*DNAT_RULES, name)
            sources = tuple(ALL if one == INTERNET else IPv4Network(one) for one in rule.sources)
            ports, line = ((rule.translated_port, rule.translated_port),), line_of(path) if line_of else 0
            yield FirewallRule(name, sources, (IPv4Network(rule.translated_address),), ports, path, line)
