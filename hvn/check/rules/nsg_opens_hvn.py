"""HVN166 nsg-opens-hvn: an NSG rule with a wide source opens a direct spoke to the HVN."""

from collections.abc import Iterator
from dataclasses import replace
from ipaddress import IPv4Network

from hvn.check.nsg_order import covers, free_priorities, own_rules
from hvn.diagnostics.finding import Finding, Level, Message, Path, Rule
from hvn.topology import security
from hvn.topology.model import NetworkSecurityGroup, Subnet, Topology
from hvn.topology.ranges import rules_of_file
from hvn.topology.security import ANY, HVN_IN, SecurityRule

RULE = Rule(
    id="HVN166",
    name="nsg-opens-hvn",
    level=Level.WARNING,
    reports="In a `direct` spoke, an NSG rule with a wide source precedes the rule `hvn-in`.",
    why="Azure applies the rule before hvn-in, which denies connections from the HVN, so the HVN reaches the subnet",
    fix="use a priority number above the number of hvn-in, or list only the sources that need access",
    example="""\
spokes:
  payments:
    subnets:
      web: {cidr: 10.64.32.0/24, rules: {https: {priority: 120, ports: ["443"]}}}
""",
    see="docs/how-to/dynamic-secrets.md",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each source that contains an HVN and other addresses, in a rule before the rule `hvn-in`."""
    for path, owner in rules_of_file(topology):
        own = own_rules(topology, path)
        hvn_in = next((rule for rule in own if rule.name == HVN_IN), None)
        if hvn_in is None:
            continue
        rules = security.of_file(owner)
        free = free_priorities(owner, own, hvn_in.priority + 1)
        for rule in sorted(rules, key=lambda rule: rule.priority):
            if (rule.direction, rule.access) == (security.INBOUND, "Allow") and rule.priority < hvn_in.priority:
                hvns = [hvn for hvn in topology.hvn.cidrs if not _denied(rules, rule, hvn)]
                opened = {source: [hvn for hvn in hvns if _is_wider(source, hvn)] for source in rule.sources}
                if any(opened.values()):
                    priority = next(free)
                    yield from (
                        _finding(path, owner, rule, source, some, priority) for source, some in opened.items() if some
                    )


def _is_wider(source: str, hvn: IPv4Network) -> bool:
    """Return whether a source contains the HVN and other addresses."""
    if not source[0].isdigit():
        return source in (ANY, "VirtualNetwork")
    cidr = IPv4Network(source, strict=False)
    return cidr != hvn and hvn.subnet_of(cidr)


def _denied(rules: tuple[SecurityRule, ...], rule: SecurityRule, hvn: IPv4Network) -> bool:
    """Return whether an earlier rule of the file denies the rule's traffic from the HVN."""
    of_hvn = replace(rule, sources=(str(hvn),))
    return any(one.access == "Deny" and covers(one, of_hvn, str(hvn)) for one in rules)


def _finding(
    path: Path,
    owner: Subnet | NetworkSecurityGroup,
    rule: SecurityRule,
    source: str,
    hvns: list[IPv4Network],
    free: int,
) -> Finding:
    sources = owner.rules[rule.name].source
    at = ("source", sources.index(source)) if source in sources else ()
    return Finding(
        rule=RULE,
        path=(*path, "rules", rule.name, *at),
        at_key=not at,
        message=Message(
            "the source {source} contains the HVN {hvns}, and the priority {priority} precedes {hvn_in}",
            source=source,
            hvns=hvns,
            priority=rule.priority,
            hvn_in=HVN_IN,
        ),
        fix=Message(
            "set the priority to {free}, which is free after {hvn_in}, or list only the sources that need access",
            free=free,
            hvn_in=HVN_IN,
        ),
    )
