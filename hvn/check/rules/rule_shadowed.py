"""HVN426 rule-shadowed: another firewall rule allows all the traffic of a rule."""

from collections.abc import Iterable, Iterator

from hvn.check.firewall_rules import Written, written
from hvn.check.rule_coverage import Ports, Traffic, Value, block, covered, ports
from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import Field, LineOf
from hvn.topology import default_rules, locations
from hvn.topology.firewall_rule import ApplicationRule
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
    blocks = _Blocks(topology)
    rules = [traffic for one in written(topology) if (traffic := _traffic(one, blocks))]
    if not rules:
        return
    for rule, wider in covered([*_defaults(topology, blocks), *rules]):
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


class _Blocks(dict[str, tuple[int, ...]]):
    """The ranges of places as numbers, which many rules share. A place that HVN420 reports has no ranges."""

    def __init__(self, topology: Topology) -> None:
        self._topology = topology

    def __missing__(self, place: str) -> tuple[int, ...]:
        self[place] = tuple(block(cidr) for cidr in ranges_of(self._topology, place) or ())
        return self[place]

    def of(self, places: Iterable[str]) -> tuple[int, ...]:
        """Return the ranges of all places."""
        return tuple(number for place in places for number in self[place])


def _traffic(one: Written, blocks: _Blocks) -> Traffic | None:
    """Return the traffic of a rule of the file; None if HVN420 or HVN421 reports it."""
    rule = one.rule
    sources, destinations = blocks.of(rule.sources), blocks.of(rule.destinations)
    values: tuple[Value, ...] = (*destinations, *rule.service_tags, *rule.fqdns, *rule.fqdn_tags)
    if not sources or not values or len(destinations) < len(rule.destinations):
        return None
    pairs = (text.partition("/") for text in rule.ports)
    return Traffic(one.path, str(one.path[-1]), sources, values, tuple(ports(name, port) for name, _, port in pairs))


def _defaults(topology: Topology, blocks: _Blocks) -> Iterator[Traffic]:
    """Yield the rules of this project that a rule of the file may repeat."""
    if locations.new_firewall(topology) is None:
        return
    for rule in default_rules.network_rules(topology):
        open_ports = tuple(ports("tcp", port) for port in rule.ports)
        yield Traffic((), rule.name, blocks.of(rule.sources), blocks.of(rule.destinations), open_ports)
    for application in default_rules.application_rules(topology):
        yield _application(application, blocks)
    for name, spoke in topology.spokes.items():
        if any(rule.fqdns or rule.fqdn_tags for rule in spoke.firewall_rules.values()):
            yield from (_application(rule, blocks) for rule in default_rules.cluster_rules(topology, name))


def _application(rule: ApplicationRule, blocks: _Blocks) -> Traffic:
    pairs = tuple(Ports(name.lower(), port, port) for name, port in rule.protocols)
    return Traffic((), rule.name, blocks.of(rule.sources), (*rule.fqdns, *rule.fqdn_tags), pairs)
