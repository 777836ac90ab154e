"""HVN501: the node pool's two numbers."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Breach, Rule
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN501",
    name="node-counts",
    why="the autoscaler works between them",
    see="https://learn.microsoft.com/azure/aks/cluster-autoscaler",
)


def check(topology: Topology) -> Iterator[Breach]:
    """Pools whose least number of nodes is above their greatest."""
    for name, spoke in topology.spokes.items():
        if spoke.cluster and spoke.cluster.node_pool.min_count > spoke.cluster.node_pool.max_count:
            pool = spoke.cluster.node_pool
            yield Breach(
                ("spokes", name, "cluster", "node_pool", "min_count"),
                f"min_count {pool.min_count} is above max_count {pool.max_count}",
                "raise max_count or lower min_count",
            )
