"""The traffic that routes lead through an appliance, and that the NSG of the appliance's subnet denies."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from itertools import product

from hvn.diagnostics.message import Path
from hvn.reach.appliance import subnet_of
from hvn.reach.index import Index
from hvn.reach.network import HUB, ON_PREMISES, RUNNERS, Network, Place
from hvn.reach.nsg import DEFAULTS, Decision, decide
from hvn.reach.pass_nsg import virtual_network
from hvn.reach.ranges import is_public
from hvn.topology.firewall import port_range
from hvn.topology.security import HIGHEST, INBOUND, LOWEST, OUTBOUND, SecurityRule


@dataclass(frozen=True, slots=True)
class Denied:
    """Traffic from `start` to `to` through the appliance `hop`. `rule` denies the traffic. `path` is the NSG, or its
    subnet, in the file, and `allow` the YAML of a rule that allows the traffic."""

    path: Path
    rule: SecurityRule
    start: str
    to: IPv4Network
    hop: IPv4Address
    allow: str


@dataclass(frozen=True, slots=True)
class _Flow:
    start: str
    network: str
    cidr: IPv4Network
    to: IPv4Network
    hop: IPv4Address


def denied(network: Network) -> Iterator[Denied]:
    """Yield the traffic that the file's NSGs deny on all ports, once for each rule."""
    groups: dict[IPv4Address, _Group | None] = {}
    whole: dict[tuple[object, ...], bool] = {}
    seen = set()
    for flow in _flows(network):
        if flow.hop not in groups:
            groups[flow.hop] = _group(network, flow.hop)
        group = groups[flow.hop]
        if group is None:
            continue
        key = (flow.network, flow.to, flow.hop)
        if key not in whole:
            vnet = network.ranges[flow.network]
            whole[key] = all(group.allows(cidr, flow.to) for cidr in vnet)
        for rule in () if whole[key] else group.denying(flow.cidr, flow.to):
            if (group.path, rule) not in seen:
                seen.add((group.path, rule))
                yield Denied(group.path, rule, flow.start, flow.to, flow.hop, group.allow(rule, flow.cidr))


def _flows(network: Network) -> Iterator[_Flow]:
    """Yield the traffic of subnets and on-premises networks with a route to an appliance."""
    firewall = network.firewall.address if network.firewall else None
    gateway = network.gateway.routes or () if network.gateway else ()
    for places in network.places.values():
        for place in places:
            routes = gateway if place.network == ON_PREMISES else place.routes
            is_firewall = place.network == HUB and not (place.subnet or place.name == RUNNERS)
            for route in () if is_firewall else routes:
                if route.next_hop and route.next_hop != firewall and route.next_hop not in place.cidr:
                    yield _Flow(place.label, place.network, place.cidr, route.cidr, route.next_hop)


def _group(network: Network, hop: IPv4Address) -> "_Group | None":
    """Return the NSG of the appliance's subnet; None if the NSG is not in the file."""
    own = subnet_of(network, hop)
    if own is None or own.nsg is None or own.nsg.rules is None:
        return None
    if not (own.network == HUB or own.in_file):
        return None  # a subnet of nodes: HVN164
    return _Group(network, own, own.nsg.rules)


class _Group:
    """The NSG of an appliance's subnet."""

    def __init__(self, network: Network, own: Place, rules: tuple[SecurityRule, ...]) -> None:
        self.path: Path = ("hub", "runners") if own.name == RUNNERS or own.nsg is None else own.nsg.path
        self._rules = rules
        tag = virtual_network(network, own)
        self._tag = Index((cidr, cidr) for cidr in tag)
        self._public = tuple(cidr for cidr in tag if is_public(cidr))
        texts = [text for rule in rules for text in rule.ports]
        starts = {443, *(port for text in texts for port in (port_range(text)[0], port_range(text)[1] + 1))}
        self._points = tuple(product(("Tcp", "Udp"), sorted(port for port in starts if 0 < port < 65536)))

    def allows(self, cidr: IPv4Network, to: IPv4Network) -> bool:
        """Return whether the NSG allows some packets of each address of a range."""
        tag, (protocol, port) = self._near(cidr, to), self._points[0]
        decisions = (self._decide(direction, cidr, to, port, protocol, tag) for direction in (INBOUND, OUTBOUND))
        return all(decision.allows and not decision.partly for decision in decisions)

    def denying(self, cidr: IPv4Network, to: IPv4Network) -> Iterator[SecurityRule]:
        """Yield the inbound and the outbound rule that deny the packets on all ports. For outbound packets, ignore the
        default rules: an appliance may have a tunnel to the destination."""
        tag = self._near(cidr, to)
        for direction in (INBOUND, OUTBOUND):
            rule = None
            for protocol, port in self._points:
                decision = self._decide(direction, cidr, to, port, protocol, tag)
                if decision.allows or decision.partly:
                    break
                rule = rule or decision.rule
            else:
                if rule and (direction == INBOUND or rule not in DEFAULTS):
                    yield rule

    def allow(self, rule: SecurityRule, cidr: IPv4Network) -> str:
        """Return the YAML of a rule that precedes a denying rule."""
        used = {one.priority for one in self._rules if one.direction == rule.direction}
        last = HIGHEST if rule in DEFAULTS else rule.priority
        priority = next((number for number in range(LOWEST, last + 1) if number not in used), LOWEST)
        direction = "" if rule.direction == INBOUND else "direction: outbound, "
        return f"transit: {{priority: {priority}, {direction}protocol: any, source: [{cidr}]}}"

    def _near(self, cidr: IPv4Network, to: IPv4Network) -> tuple[IPv4Network, ...]:
        """Return the ranges of the tag VirtualNetwork that matter for two ranges."""
        ends = self._public if is_public(to) else self._tag.overlapping(to)
        return (*self._tag.overlapping(cidr), *ends)

    def _decide(
        self, direction: str, cidr: IPv4Network, to: IPv4Network, port: int, protocol: str, tag: tuple[IPv4Network, ...]
    ) -> Decision:
        rules, public = self._rules, is_public(to)
        return decide(rules, direction, cidr, to, port, tag=tag, to_internet=public, protocol=protocol)
