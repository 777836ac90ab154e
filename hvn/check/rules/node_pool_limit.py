"""HVN503 node-pool-limit: a node pool has more than 1,000 nodes during an upgrade."""

from collections.abc import Iterator

from hvn.check.rules.node_subnet_size import largest_max_count
from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN503",
    name="node-pool-limit",
    reports="A node pool's max_count and an upgrade's surge exceed 1,000 nodes.",
    why="AKS refuses an upgrade that would exceed 1,000 nodes in a pool",
    fix="lower max_count or max_surge until both together are at most 1,000",
    example="""\
spokes:
  payments:
    cluster:
      pod_cidr: 100.72.0.0/13
      node_pool: {max_count: 1000}
""",
    see="https://learn.microsoft.com/azure/aks/quotas-skus-regions",
)

LIMIT = 1000


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each node pool that exceeds the limit with max_count nodes and the surge."""
    for name, spoke in topology.spokes.items():
        for at, pool in spoke.new_cluster.pools.items() if spoke.new_cluster else ():
            more = pool.surge(pool.max_count)
            if pool.max_count + more > LIMIT:
                count = largest_max_count(pool, LIMIT)
                yield Finding(
                    rule=RULE,
                    path=("spokes", name, "cluster", *at, "max_count"),
                    message=Message(
                        "max_count {most} with a surge of {surge} is {nodes} nodes, and the limit is {limit}",
                        most=pool.max_count,
                        surge=more,
                        nodes=pool.max_count + more,
                        limit=LIMIT,
                    ),
                    fix=Message("lower max_count to {count}, or lower max_surge", count=count)
                    if count
                    else Message("lower max_surge, or lower both min_count and max_count"),
                )
