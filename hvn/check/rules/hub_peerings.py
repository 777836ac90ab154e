"""HVN407 hub-peerings: the hub's VNet needs more peerings than Azure allows."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.topology import locations
from hvn.topology.model import Topology
from hvn.topology.shared_vnets import vnets

RULE = Rule(
    id="HVN407",
    name="hub-peerings",
    level=Level.WARNING,
    reports="The hub's VNet needs more than 500 peerings (spokes, HVNs, remote VNets).",
    why="Azure refuses the 501st peering of a VNet at apply",
    fix="move spokes to a second hub with its own topology file",
    example="""\
spokes: # and so on, to s500
  s001: {cidr: 10.66.0.0/24, vault_route: none}
  s002: {cidr: 10.66.1.0/24, vault_route: none}
""",
    see="https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits",
)

LIMIT = 500


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding if the peerings of the hub in this file, new and existing, exceed the limit."""
    if not locations.has_hub(topology):
        return
    count = (
        len(vnets(topology))
        + len(topology.hub_peerings)
        + len(topology.hvn.cidrs) * (topology.vault_peering is not None)
    )
    if count > LIMIT:
        yield Finding(
            rule=RULE,
            path=("spokes",),
            message=Message(
                "the hub's VNet needs {count} peerings, and Azure's limit is {limit}", count=count, limit=LIMIT
            ),
            fix=Message("move {more} of the spokes to a second hub with its own topology file", more=count - LIMIT),
        )
