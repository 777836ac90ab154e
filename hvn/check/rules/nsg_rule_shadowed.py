"""HVN167 nsg-rule-shadowed: an earlier NSG rule matches all the traffic of a rule."""

from collections.abc import Iterator

from hvn.check.nsg_order import covers, free_priorities, own_rules
from hvn.diagnostics.finding import Finding, Level, Message, Path, Rule
from hvn.topology import security
from hvn.topology.model import NetworkSecurityGroup, Subnet, Topology
from hvn.topology.ranges import rules_of_file
from hvn.topology.security import SecurityRule

RULE = Rule(
    id="HVN167",
    name="nsg-rule-shadowed",
    level=Level.WARNING,
    reports="An earlier NSG rule matches all the traffic of a rule.",
    why="Azure applies only the matching rule with the lowest priority number, so this rule has no effect",
    fix="remove the rule, or use a lower priority number",
    example="""\
spokes:
  payments:
    subnets:
      data: {cidr: 10.64.32.0/24, rules: {vault: {priority: 200, source: [172.25.16.0/20], ports: ["5432"]}}}
""",
    see="https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each rule, or for each of its sources, that an earlier rule of the NSG covers."""
    for path, owner in rules_of_file(topology):
        own, rules = own_rules(topology, path), security.of_file(owner)
        earlier = sorted((*own, *rules), key=lambda rule: rule.priority)
        for rule in rules:
            by_source = {
                source: next((one for one in earlier if covers(one, rule, source)), None) for source in rule.sources
            }
            wholly = all(by_source.values())
            for source, wider in by_source.items():
                if wider:
                    yield _finding(path, owner, own, rule, "" if wholly else source, wider)
                    if wholly:
                        break


def _finding(
    path: Path,
    owner: Subnet | NetworkSecurityGroup,
    own: tuple[SecurityRule, ...],
    rule: SecurityRule,
    source: str,
    wider: SecurityRule,
) -> Finding:
    """Return the finding about a whole rule, or about one source."""
    at = ("source", owner.rules[rule.name].source.index(source)) if source else ()
    free = next(free_priorities(owner, own))
    earlier = wider.access != rule.access and free < wider.priority
    return Finding(
        rule=RULE,
        path=(*path, "rules", rule.name, *at),
        at_key=not at,
        message=Message(
            "the rule {wider} with the priority {priority} matches all {direction} traffic of {part} first",
            wider=wider.name,
            priority=wider.priority,
            direction=rule.direction.lower(),
            part=source or rule.name,
        ),
        fix=Message("set the priority to {free}, which is free before {wider}", free=free, wider=wider.name)
        if earlier
        else Message("remove {part}", part=source or rule.name),
    )
