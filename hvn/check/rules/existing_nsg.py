"""HVN161 existing-nsg: a subnet has an NSG of another subscription, or both an existing NSG and rules."""

from collections.abc import Iterator

from hvn.check.other_subscription import other_subscription
from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.topology import locations
from hvn.topology.model import Topology
from hvn.topology.ranges import subnets_of_file

RULE = Rule(
    id="HVN161",
    name="existing-nsg",
    reports="A subnet has an NSG of another subscription, or has both an existing NSG and rules.",
    why="Azure accepts only an NSG of the VNet's subscription; this project adds no rules to an existing NSG",
    fix="use an NSG of the VNet's subscription; for an existing NSG, remove the rules from this file",
    example="""\
spokes:
  analytics:
    subnets:
      jobs: {cidr: 10.96.0.0/24, nsg: rg-network/nsg-jobs, rules: {web: {priority: 200}}}
""",
    see="https://learn.microsoft.com/azure/virtual-network/manage-network-security-group",
)
RULES = Message("this project does not change an existing NSG, so the rules would have no effect")


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each NSG of another subscription, and for the rules of each subnet with an existing NSG."""
    for path, subnet in subnets_of_file(topology):
        if subnet.nsg is None:
            continue
        if subnet.rules:
            yield Finding(
                rule=RULE,
                path=(*path, "rules"),
                at_key=True,
                message=Message("the subnet has the existing NSG {nsg}", nsg=subnet.nsg),
                why=RULES,
                fix=Message("remove rules, or remove nsg"),
            )
        vnet = locations.vnet_at(topology, path)
        yield from other_subscription(RULE, (*path, "nsg"), locations.existing_nsg(subnet.nsg, vnet), vnet)
