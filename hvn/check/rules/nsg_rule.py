"""HVN160 nsg-rule: Azure refuses an NSG because of the name, priority or values of a rule, or a value never matches."""

from collections.abc import Iterator
from ipaddress import IPv4Network
from itertools import chain

from hvn.check.nsg_order import free_priorities, own_rules
from hvn.diagnostics.finding import Finding, Level, Message, Path, Rule
from hvn.topology import security
from hvn.topology.addresses import UNROUTED, overlaps
from hvn.topology.model import NetworkSecurityGroup, NsgRule, Subnet, Topology
from hvn.topology.ranges import rules_of_file
from hvn.topology.security import SecurityRule

RULE = Rule(
    id="HVN160",
    name="nsg-rule",
    reports="Two rules of an NSG share a name or priority, or the values of a rule conflict or never match.",
    why="Azure refuses the NSG, but only at apply",
    fix="use an unused name and priority, and either ranges or one service tag",
    example="""\
spokes:
  analytics:
    subnets:
      jobs: {cidr: 10.96.0.0/24, rules: {a: {priority: 200}, b: {priority: 200}}}
""",
    see="https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview",
)

OWN_NAMES = {security.HVN_IN, "nodes-and-pods-in", "nodes-and-pods-out"}
PORTS = Message("ICMP has no ports")
ONE_TAG = Message("azurerm accepts either one service tag or a list of ranges")
OVERLAP = Message("Azure refuses a rule with overlapping ranges")
ORDER = Message("a range of ports begins with its lowest port")
HOST_BITS = Message("Azure refuses a prefix that does not begin with the first address of its range")
# https://learn.microsoft.com/azure/virtual-network/virtual-networks-faq: no multicast and no broadcast. Rules with
# ranges do not apply to the metadata service: azure/virtual-network/network-security-groups-overview.
UNSEEN = Message("Azure carries no packets with these addresses, or does not apply the rule to them")
IMDS = IPv4Network("169.254.169.254")
TAKEN = Message("Azure refuses two rules with the same name, or with the same priority and direction, in an NSG")


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each rule with the name or priority of another rule, and for each value that Azure
    refuses."""
    for path, owner in rules_of_file(topology):
        yield from _taken(path, owner, own_rules(topology, path))
        for name, rule in owner.rules.items():
            yield from _values((*path, "rules", name), rule)


def _taken(path: Path, owner: Subnet | NetworkSecurityGroup, own: tuple[SecurityRule, ...]) -> Iterator[Finding]:
    names: dict[str, str] = {name: name for name in OWN_NAMES}
    priorities: dict[tuple[str, int], str] = {}
    for name in sorted(owner.rules):
        rule = owner.rules[name]
        other = names.setdefault(name.casefold(), name)
        if other != name or name in OWN_NAMES:
            yield Finding(
                rule=RULE,
                path=(*path, "rules", name),
                at_key=True,
                message=Message("{name} is the name of another rule of the NSG", name=name),
                why=TAKEN,
                fix=Message("rename the rule"),
            )
        first = priorities.setdefault((rule.direction, rule.priority), name)
        if first != name:
            # Prefer a higher number, because a lower number could precede hvn-in.
            free = chain(free_priorities(owner, own, rule.priority), free_priorities(owner, own))
            yield Finding(
                rule=RULE,
                path=(*path, "rules", name, "priority"),
                message=Message(
                    "{direction} rule {other} also has the priority {priority}",
                    direction=rule.direction,
                    other=first,
                    priority=rule.priority,
                ),
                why=TAKEN,
                fix=Message("set the priority to {free}, which is free", free=next(free)),
            )


def _values(path: Path, rule: NsgRule) -> Iterator[Finding]:
    for end, values in (("source", rule.source), ("destination", rule.destination)):
        yield from _addresses((*path, end), values)
    if rule.protocol == "icmp" and rule.ports:
        yield Finding(
            rule=RULE,
            path=(*path, "ports"),
            message=Message("the rule has the protocol icmp and the ports {ports}", ports=rule.ports),
            why=PORTS,
            fix=Message("remove ports, or change the protocol"),
        )
    for index, port in enumerate(rule.ports):
        first, _, last = port.partition("-")
        if last and int(first) > int(last):
            yield Finding(
                rule=RULE,
                path=(*path, "ports", index),
                message=Message("the first port of {port} is higher than the last port", port=port),
                why=ORDER,
                fix=Message("write {right}", right=f"{last}-{first}"),
            )


def _addresses(path: Path, values: tuple[str, ...]) -> Iterator[Finding]:
    tags = [value for value in values if not value[0].isdigit()]
    if tags and len(values) > 1:
        yield Finding(
            rule=RULE,
            path=path,
            message=Message("{tags} and other values are in one rule", tags=tags),
            why=ONE_TAG,
            fix=Message("write another rule for {tags}", tags=tags),
        )
    ranges: list[tuple[IPv4Network, int]] = []
    for index, value in enumerate(values):
        if not value[0].isdigit():
            continue
        cidr = IPv4Network(value, strict=False)
        if "/" in value and str(cidr) != value:
            yield Finding(
                rule=RULE,
                path=(*path, index),
                message=Message("{value} does not begin with the first address of its range", value=value),
                why=HOST_BITS,
                fix=Message("write {cidr}", cidr=cidr),
            )
        ranges.append((cidr, index))
        if any(cidr.subnet_of(block) for block in UNROUTED):
            yield Finding(
                rule=RULE,
                level=Level.WARNING,
                path=(*path, index),
                message=Message("{value} never matches", value=value),
                why=UNSEEN,
                fix=Message("remove {value}, or use the service tag {tag}", value=value, tag="AzurePlatformIMDS")
                if IMDS.subnet_of(cidr)
                else Message("remove {value}", value=value),
            )
    for wide, narrow in overlaps(ranges):
        yield Finding(
            rule=RULE,
            path=(*path, narrow),
            message=Message("{narrow} overlaps {wide}", narrow=values[narrow], wide=values[wide]),
            why=OVERLAP,
            fix=Message("remove {narrow}", narrow=values[narrow]),
        )
