"""HVN426 rule-shadowed: another firewall rule allows all the traffic of a rule."""

from collections.abc import Iterator
from ipaddress import IPv4Network

from hvn.check.firewall_rules import Written, written
from hvn.check.rule_coverage import Ports, Traffic, Value, block, covered, ports
from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import Field, LineOf
from hvn.topology import default_rules, locations
from hvn.topology.firewall_rule import ApplicationRule, NetworkRule
from hvn.topology.model import Topology
from hvn.topology.rule_places import ranges_of

RULE = Rule(
    id="HVN426",
    name="rule-shadowed",
    level=Level.WARNING,
    reports="Another firewall rule allows all the traffic of a rule.",
    why="the rule has no effect: without the rule, the firewall allows the same traffic",
    fix="remove the rule, or remove the wider rule",
    example="""\
spokes:
  orders:
    firewall_rules:
      api: {sources: [spokes.orders], destinations: [spokes.payments], ports: [tcp/443], reason: api}
      again: {sources: [spokes.orders.cluster], destinations: [spokes.payments], ports: [tcp/443], reason: api}
""",
    see="docs/how-to/open-a-firewall-rule.md",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each rule that another rule of the file, or a built-in rule, covers."""
    blocks: dict[str, list[int]] = {}
    rules = [traffic for one in written(topology) if (traffic := _traffic(topology, one, blocks))]
    if not rules:
        return
    for rule, wider in covered([*_defaults(topology), *rules]):
        yield Finding(
            rule=RULE,
            path=rule.path,
            at_key=True,
            message=Message(
                "{wider} (line {line}) allows all traffic of this rule",
                wider=Field(wider.path),
                line=LineOf(wider.path),
            )
            if wider.path
            else Message("the built-in rule {name} allows all traffic of this rule", name=wider.name),
        )


def _traffic(topology: Topology, one: Written, blocks: dict[str, list[int]]) -> Traffic | None:
    """Return the traffic of a rule of the file; None if HVN420 or HVN421 reports it.

    `blocks` caches the ranges of places, because many rules share them.
    """
    rule = one.rule
    for place in (*rule.sources, *rule.destinations):
        if place not in blocks:
            blocks[place] = [block(cidr) for cidr in ranges_of(topology, place) or ()]
    sources, destinations = (
        [number for place in places for number in blocks[place]] for places in (rule.sources, rule.destinations)
    )
    values: list[Value] = [*destinations, *rule.service_tags, *rule.fqdns, *rule.fqdn_tags]
    if not sources or not values or len(destinations) < len(rule.destinations):
        return None
    pairs = (text.partition("/") for text in rule.ports)
    return Traffic(
        one.path, str(one.path[-1]), tuple(sources), tuple(values), tuple(ports(name, port) for name, _, port in pairs)
    )


def _defaults(topology: Topology) -> Iterator[Traffic]:
    """Yield the rules of this project that a rule of the file may repeat."""
    if locations.new_firewall(topology) is None:
        return
    for network in default_rules.network_rules(topology):
        values = tuple(block(IPv4Network(cidr)) for cidr in network.destinations)
        yield Traffic((), network.name, _sources(network), values, tuple(ports("tcp", port) for port in network.ports))
    for rule in default_rules.application_rules(topology):
        yield _application(rule, _sources(rule))
    for spoke in topology.spokes.values():
        if spoke.cluster and any(rule.fqdns or rule.fqdn_tags for rule in spoke.firewall_rules.values()):
            rules = default_rules.cluster_rules(topology, spoke)
            yield from (_application(rule, _sources(rule)) for rule in rules)


def _sources(rule: NetworkRule | ApplicationRule) -> tuple[int, ...]:
    return tuple(block(IPv4Network(cidr)) for cidr in rule.sources)


def _application(rule: ApplicationRule, sources: tuple[int, ...]) -> Traffic:
    pairs = tuple(Ports(name.lower(), port, port) for name, port in rule.protocols)
    return Traffic((), rule.name, sources, (*rule.fqdns, *rule.fqdn_tags), pairs)
