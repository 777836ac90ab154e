"""HVN403 route-quota: the topology needs more HVN routes than HCP's default quota."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.topology.model import Topology
from hvn.topology.ranges import peerings

RULE = Rule(
    id="HVN403",
    name="route-quota",
    level=Level.WARNING,
    reports="The topology needs more HVN routes than HCP's default quota.",
    why="the default quota of an HCP organization is 15 HVN routes; the apply of the 16th route fails",
    fix="ask HashiCorp's support to raise the quota, or move spokes into a transit pool (vault_route: via-hub)",
    example="""\
spokes:
  search:
    vault_route: direct
    existing:
      vnet_id: /subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/rg-network/providers/\
Microsoft.Network/virtualNetworks/vnet-search
      cidrs: [10.66.0.0/24, 10.66.2.0/24, 10.66.4.0/24, 10.66.6.0/24, 10.66.8.0/24, 10.66.10.0/24,
              10.66.12.0/24, 10.66.14.0/24, 10.66.16.0/24, 10.66.18.0/24, 10.66.20.0/24, 10.66.22.0/24]
""",
    see="https://developer.hashicorp.com/hcp/docs/hcp/admin/support",
)

QUOTA = 15


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding if the routes of both HVNs exceed the quota."""
    count = sum(peerings(topology).values()) * len(topology.hvn.cidrs)
    if count > QUOTA:
        yield Finding(
            rule=RULE,
            path=("spokes",),
            message=Message(
                "hub and spokes need {count} routes of the HVN, and the default quota is {quota}",
                count=count,
                quota=QUOTA,
            ),
            fix=Message(
                "ask HashiCorp's support to raise the quota to {count}, or move spokes into a transit pool "
                "(vault_route: via-hub)",
                count=count,
            ),
        )
