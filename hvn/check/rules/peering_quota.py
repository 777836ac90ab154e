"""HVN402: more peerings than HCP allows at first."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Breach, Level, Rule
from hvn.topology.model import Topology
from hvn.topology.ranges import peerings

RULE = Rule(
    id="HVN402",
    name="peering-quota",
    level=Level.WARNING,
    why="an HCP organization has 10 peering connections unless HashiCorp has raised it; one more fails when applied",
    see="https://developer.hashicorp.com/hcp/docs/hcp/admin/support",
)

QUOTA = 10


def check(topology: Topology) -> Iterator[Breach]:
    """The hub's peering and those of direct spokes, against the organization's quota."""
    count = len(peerings(topology))
    if count > QUOTA:
        yield Breach(
            ("spokes",),
            f"need {count} peering connections with the HVN",
            f"ask HashiCorp's support to raise the quota from {QUOTA}, or move spokes into a transit pool (via-hub)",
        )
