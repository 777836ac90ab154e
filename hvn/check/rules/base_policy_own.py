"""HVN439 base-policy-own: the base policy is the policy that this project creates."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.topology import locations
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN439",
    name="base-policy-own",
    reports="The base policy of the firewall is the firewall policy that this topology creates.",
    why="the base policy must exist before the hub, and a policy cannot be its own base",
    fix="write the id of an existing policy, or remove base_policy_id",
    example="""\
hub:
  firewall:
    base_policy_id: /subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/rg-platform-hub/providers/\
Microsoft.Network/firewallPolicies/afwp-platform
""",
    see="https://learn.microsoft.com/azure/firewall-manager/policy-overview",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding if base_policy_id is the id of the policy that the workspace `hub` creates."""
    firewall = locations.new_firewall(topology)
    if firewall is None or firewall.base_policy_id is None:
        return
    own = locations.firewall_policy(topology).id
    if firewall.base_policy_id.casefold() == own.casefold():
        yield Finding(
            rule=RULE,
            path=("hub", "firewall", "base_policy_id"),
            message=Message("the hub's new policy has the id {id}", id=own),
        )
