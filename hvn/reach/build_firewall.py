"""The hub's firewall of a topology, with its rules."""

from collections.abc import Callable, Iterator
from ipaddress import IPv4Address, IPv4Network

from hvn.kinds.hub.inputs import HubInputs
from hvn.reach.dnat import dnat_rules
from hvn.reach.network import Firewall, FirewallRule
from hvn.reach.traffic import Protocol
from hvn.topology import firewall, locations, naming
from hvn.topology.firewall_rule import ApplicationRule, NetworkRule
from hvn.topology.model import Topology

LineOf = Callable[[tuple[str, ...]], int]


def egress(hub: HubInputs | None) -> str:
    """Return the public address of the firewall's outbound connections; empty for an existing firewall."""
    if hub is None:
        return ""
    nat = hub.nat_gateway
    behind = nat and naming.FIREWALL in {subnet.key for subnet in nat.subnets}
    return f"the NAT gateway {nat.resource.name}" if nat and behind else "its public address"


def firewall_of(topology: Topology, hub: HubInputs | None, address: str, line_of: LineOf | None) -> Firewall:
    """Return the firewall with this address. `hub` is None for an existing hub, with unknown rules."""
    every = tuple(_rules(topology, line_of))
    rules, public = (tuple(one for one in every if bool(one.destinations) is ranges) for ranges in (True, False))
    known, new = hub is not None, locations.new_firewall(topology)
    return Firewall(
        IPv4Address(address),
        rules if known else None,
        declared=() if known else rules,
        public=public,
        egress=egress(hub),
        base_policy=new.base_policy_id or "" if new else "",
        dnat=tuple(dnat_rules(topology, line_of)),
        subnet=new.cidr if new else None,
        forced_tunneling=bool(new and new.management_cidr),
    )


def _rules(topology: Topology, line_of: LineOf | None) -> Iterator[FirewallRule]:
    """Yield the firewall's rules."""
    for path, rule in firewall.rules_with_paths(topology):
        line = line_of(path) if line_of and path else 0
        ranges = rule.destinations if isinstance(rule, NetworkRule) else ()
        yield FirewallRule(
            rule.name,
            tuple(map(IPv4Network, rule.sources)),
            tuple(IPv4Network(cidr) for cidr in ranges if cidr[:1].isdigit()),
            _ports(rule),
            path,
            line,
            hosts=rule.fqdns,
            service_tags=tuple(text for text in ranges if not text[:1].isdigit()),
            fqdn_tags=rule.fqdn_tags if isinstance(rule, ApplicationRule) else (),
            protocols=_protocols(rule),
        )


def _protocols(rule: NetworkRule | ApplicationRule) -> tuple[Protocol, ...]:
    """Return the protocols. Application rules match names in TCP connections, so they never match UDP (QUIC)."""
    if isinstance(rule, NetworkRule):
        return tuple(Protocol(name.lower()) for name in rule.protocols)
    return (Protocol.TCP,)


def _ports(rule: NetworkRule | ApplicationRule) -> tuple[tuple[int, int], ...]:
    if isinstance(rule, NetworkRule):
        return tuple(map(firewall.port_range, rule.ports))
    return tuple((port, port) for _, port in rule.protocols)
