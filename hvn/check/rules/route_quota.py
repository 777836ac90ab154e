"""HVN403: more HVN routes than HCP allows at first."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Breach, Level, Rule
from hvn.topology.model import Topology
from hvn.topology.ranges import peerings

RULE = Rule(
    id="HVN403",
    name="route-quota",
    level=Level.WARNING,
    why="an HCP organization has 15 HVN routes unless HashiCorp has raised it; one more fails when applied",
    see="https://developer.hashicorp.com/hcp/docs/hcp/admin/support",
)

QUOTA = 15


def check(topology: Topology) -> Iterator[Breach]:
    """A route for the runners, for each transit pool, and for each range of a direct spoke."""
    count = sum(peerings(topology).values())
    if count > QUOTA:
        yield Breach(
            ("spokes",),
            f"need {count} routes of the HVN",
            f"ask HashiCorp's support to raise the quota from {QUOTA}, or move spokes into a transit pool (via-hub)",
        )
