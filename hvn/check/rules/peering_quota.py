"""HVN402 peering-quota: the topology needs more HVN peerings than HCP's default quota."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.topology.model import Topology
from hvn.topology.ranges import peerings

RULE = Rule(
    id="HVN402",
    name="peering-quota",
    level=Level.WARNING,
    reports="The topology needs more HVN peerings than HCP's default quota.",
    why=("the default quota of an HCP organization is 10 peerings; the apply of the 11th peering fails"),
    fix="ask HashiCorp's support to raise the quota, or move spokes into a transit pool (vault_route: via-hub)",
    example="""\
spokes:
  s1: {cidr: 10.66.0.0/20, vault_route: direct}
  s2: {cidr: 10.66.16.0/20, vault_route: direct}
  s3: {cidr: 10.66.32.0/20, vault_route: direct}
  s4: {cidr: 10.66.48.0/20, vault_route: direct}
  s5: {cidr: 10.66.64.0/20, vault_route: direct}
  s6: {cidr: 10.66.80.0/20, vault_route: direct}
  s7: {cidr: 10.66.96.0/20, vault_route: direct}
  s8: {cidr: 10.66.112.0/20, vault_route: direct}
""",
    see="https://developer.hashicorp.com/hcp/docs/hcp/admin/support",
)

QUOTA = 10


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding if the peerings of the hub and of direct spokes, with both HVNs, exceed the quota."""
    count = len(peerings(topology)) * len(topology.hvn.cidrs)
    if count > QUOTA:
        yield Finding(
            rule=RULE,
            path=("spokes",),
            message=Message(
                "hub and spokes need {count} peerings with the HVN, and the default quota is {quota}",
                count=count,
                quota=QUOTA,
            ),
            fix=Message(
                "ask HashiCorp's support to raise the quota to {count}, or move {more} of the spokes into a "
                "transit pool (vault_route: via-hub)",
                count=count,
                more=-(-(count - QUOTA) // len(topology.hvn.cidrs)),
            ),
        )
