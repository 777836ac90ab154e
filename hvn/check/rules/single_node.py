"""HVN504: a cluster that may shrink to one node."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Breach, Level, Rule
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN504",
    name="single-node",
    level=Level.WARNING,
    why="the cluster's own services run in this pool: Microsoft asks for two nodes at least, better three",
    see="https://learn.microsoft.com/azure/aks/use-system-pools",
)


def check(topology: Topology) -> Iterator[Breach]:
    """Pools with a min_count of 1."""
    for name, spoke in topology.spokes.items():
        if spoke.cluster and spoke.cluster.node_pool.min_count < 2:
            yield Breach(
                ("spokes", name, "cluster", "node_pool", "min_count"),
                "lets the only pool shrink to one node",
                "raise it to 2 or more",
            )
