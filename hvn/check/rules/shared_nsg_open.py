"""HVN168 shared-nsg-open: an NSG of the hub does not deny the HVN in a direct spoke."""

from collections.abc import Iterator
from dataclasses import replace

from hvn.check.nsg_order import covers, free_priorities
from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import Text
from hvn.topology import locations, security
from hvn.topology.model import NewHub, Topology
from hvn.topology.ranges import spoke_at, subnets_of_file

RULE = Rule(
    id="HVN168",
    name="shared-nsg-open",
    level=Level.WARNING,
    reports="A subnet of a `direct` spoke has an NSG of the hub without a rule that denies the HVN.",
    why="the NSGs of the hub lack the rule hvn-in, so the HVN may open connections to the subnet over its peering",
    fix="add a deny rule for the HVN to the hub's NSG, or use an NSG of the spoke, which has hvn-in",
    example="""\
hub:
  network_security_groups: {web: {rules: {https: {priority: 200, source: [10.0.0.64/27], ports: ["443"]}}}}
spokes:
  payments:
    subnets:
      web: {cidr: 10.64.32.0/24, nsg: rg-platform-hub/nsg-platform-hub-web}
""",
    see="docs/how-to/dynamic-secrets.md",
)
LAST = 4097
"""A priority after all rules of an NSG."""


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each subnet of a `direct` spoke with an NSG of the hub, if no rule of the NSG denies the HVN.
    The check ignores allow rules with a higher precedence than the deny rule: they may be intended."""
    for path, subnet in subnets_of_file(topology):
        spoke, vnet = spoke_at(topology, path), locations.vnet_at(topology, path)
        key = locations.hub_nsg(topology, subnet.nsg, vnet) if subnet.nsg else ""
        if spoke is None or spoke.vault_route != "direct" or not key or not isinstance(topology.hub, NewHub):
            continue
        group = topology.hub.network_security_groups[key]
        rules = [rule for rule in security.of_file(group) if rule.access == "Deny"]
        closed = [replace(rule, priority=LAST) for rule in security.of_any_subnet(topology, spoke)]
        hvns = topology.hvn.cidrs
        if not all(any(covers(rule, deny, str(hvn)) for rule in rules) for deny in closed for hvn in hvns):
            yield Finding(
                rule=RULE,
                path=(*path, "nsg"),
                message=Message("hub.network_security_groups.{key} does not deny {hvns}", key=key, hvns=hvns),
                fix=Message(
                    "add to hub.network_security_groups.{key}: {rule}, or use an NSG of the spoke",
                    key=key,
                    rule=Text(
                        f"rules: {{deny-hvn: {{priority: {next(free_priorities(group, ()))}, access: deny, "
                        f"protocol: any, source: [{', '.join(map(str, hvns))}]}}}}"
                    ),
                ),
            )
