"""HVN437 backup-hvn-blocked: a rule allows connections from the HVN, but not from the backup HVN."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from ipaddress import IPv4Network

from hvn.check.firewall_rules import written
from hvn.check.nsg_order import covers, own_rules
from hvn.diagnostics.finding import Finding, Level, Message, Path, Rule
from hvn.topology import security
from hvn.topology.model import FirewallRule, Topology
from hvn.topology.ranges import rules_of_file
from hvn.topology.rule_places import VAULT
from hvn.topology.security import SecurityRule

RULE = Rule(
    id="HVN437",
    name="backup-hvn-blocked",
    level=Level.WARNING,
    reports="An NSG rule or a firewall rule allows connections from the HVN, but not from the backup HVN.",
    why="after a failover, Vault connects from the backup HVN, so Vault cannot reach the destinations of this rule",
    fix="add hvn.backup.cidr to the sources",
    example="""\
hvn:
  backup: {id: hvn-backup, cidr: 172.26.16.0/20, region: southeastasia}
spokes:
  payments:
    subnets:
      db: {cidr: 10.64.200.0/24, rules: {vault: {priority: 100, source: [172.25.16.0/20], ports: ["5432"]}}}
""",
    see="docs/how-to/disaster-recovery.md",
)
LAST = 4097
"""A priority after all rules of an NSG."""


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each source that contains the HVN, if no rule allows the traffic from the backup HVN."""
    if topology.hvn.backup is None:
        return
    for path, owner in rules_of_file(topology):
        rules = [rule for rule in security.of_file(owner) if rule.direction == security.INBOUND]
        by_priority = sorted((*own_rules(topology, path), *rules), key=lambda rule: rule.priority)
        for rule in rules:
            if rule.access == "Allow" and _is_denied(by_priority, rule, str(topology.hvn.cidrs[-1])):
                at = (*path, "rules", rule.name, "source")
                yield from _findings(topology, at, owner.rules[rule.name].source, [rule.sources])
    from_hvn = [one for one in written(topology) if _index(topology.hvn.cidrs, one.rule.sources) is not None]
    for one in from_hvn:
        same = [
            other.rule.sources for other in from_hvn if _firewall_traffic(other.rule) == _firewall_traffic(one.rule)
        ]
        yield from _findings(topology, (*one.path, "sources"), one.rule.sources, same)


def _is_denied(by_priority: Sequence[SecurityRule], rule: SecurityRule, backup: str) -> bool:
    """Return whether the NSG denies the rule's traffic from the backup HVN. Azure's default rules allow the traffic. If
    no rule matches all of the traffic, a deny rule may match a part of it."""
    traffic = replace(rule, sources=(backup,), priority=LAST)
    first = next((one for one in by_priority if covers(one, traffic, backup)), None)
    if first:
        return first.access == "Deny"
    return any((one.access, one.direction) == ("Deny", security.INBOUND) for one in by_priority)


def _firewall_traffic(rule: FirewallRule) -> tuple[tuple[str, ...], ...]:
    return rule.destinations, rule.service_tags, rule.fqdns, rule.fqdn_tags, rule.ports


def _findings(
    topology: Topology, path: Path, sources: Sequence[str], same: Iterable[Sequence[str]]
) -> Iterator[Finding]:
    """Yield a finding for the first source with the HVN in it. `same` has the sources of all rules for the traffic."""
    hvn, backup = topology.hvn.cidrs
    index = _index((hvn,), sources)
    if index is None or any(_index((backup,), other) is not None for other in same):
        return
    yield Finding(
        rule=RULE,
        path=(*path, index),
        message=Message(
            "{source} contains the HVN, but not the backup HVN {cidr}",
            source=IPv4Network(sources[index], strict=False),
            cidr=backup,
        ),
        fix=Message("add {cidr}", cidr=backup),
    )


def _index(hvns: Iterable[IPv4Network], sources: Sequence[str]) -> int | None:
    """Return the index of the first source that overlaps one of these ranges; `vault` overlaps both HVNs."""
    for index, source in enumerate(sources):
        if source == VAULT:
            return index
        if source[:1].isdigit() and any(IPv4Network(source, strict=False).overlaps(cidr) for cidr in hvns):
            return index
    return None
