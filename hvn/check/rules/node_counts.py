"""HVN501 node-counts: a node pool's min_count is greater than its max_count."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN501",
    name="node-counts",
    reports="A node pool's min_count is greater than its max_count.",
    why="the cluster autoscaler keeps the number of nodes between min_count and max_count",
    fix="raise max_count or lower min_count",
    example="""\
spokes:
  payments:
    cluster:
      node_pool: {min_count: 4}
""",
    see="https://learn.microsoft.com/azure/aks/cluster-autoscaler",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each node pool with a min_count greater than its max_count."""
    for name, spoke in topology.spokes.items():
        for at, pool in spoke.new_cluster.pools.items() if spoke.new_cluster else ():
            if pool.min_count > pool.max_count:
                yield Finding(
                    rule=RULE,
                    path=("spokes", name, "cluster", *at, "min_count"),
                    message=Message(
                        "min_count {least} is greater than max_count {most}", least=pool.min_count, most=pool.max_count
                    ),
                    fix=Message(
                        "swap the numbers, raise max_count to {least}, or lower min_count to {most}",
                        least=pool.min_count,
                        most=pool.max_count,
                    ),
                )
