"""HVN504 single-node: a system node pool can shrink to one node."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN504",
    name="single-node",
    level=Level.WARNING,
    reports="A cluster's node_pool has min_count 1.",
    why="system pods run in this pool: Microsoft requires two nodes and recommends three",
    fix="set min_count to 2 or more",
    example="""\
spokes:
  payments:
    cluster:
      node_pool: {min_count: 1}
""",
    see="https://learn.microsoft.com/azure/aks/use-system-pools",
)

LEAST = 2


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each node_pool with a min_count below 2."""
    for name, spoke in topology.spokes.items():
        if spoke.new_cluster and spoke.new_cluster.node_pool.min_count < LEAST:
            count = spoke.new_cluster.node_pool.min_count
            yield Finding(
                rule=RULE,
                path=("spokes", name, "cluster", "node_pool", "min_count"),
                message=Message("min_count {count} lets the system node pool shrink to one node", count=count),
                fix=Message("use {least} or more", least=LEAST)
                if spoke.new_cluster.node_pool.max_count >= LEAST
                else Message("use {least} or more for min_count and max_count", least=LEAST),
            )
