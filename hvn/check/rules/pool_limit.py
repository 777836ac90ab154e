"""HVN503: more nodes than a pool can have while it is upgraded."""

from collections.abc import Iterator

from hvn.check.rules.node_subnet_size import surge
from hvn.diagnostics.finding import Breach, Rule
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN503",
    name="pool-limit",
    why="a node pool has 1,000 nodes at most, and AKS refuses an upgrade whose surge would exceed that",
    see="https://learn.microsoft.com/azure/aks/quotas-skus-regions",
)

LIMIT = 1000


def check(topology: Topology) -> Iterator[Breach]:
    """Pools whose max_count with its surge is above the limit."""
    for name, spoke in topology.spokes.items():
        if spoke.cluster is None:
            continue
        pool = spoke.cluster.node_pool
        nodes = pool.max_count + surge(pool)
        if nodes > LIMIT:
            yield Breach(
                ("spokes", name, "cluster", "node_pool", "max_count"),
                f"{pool.max_count} nodes with a surge of {surge(pool)} are {nodes}",
                f"lower max_count or max_surge until both together are {LIMIT} at most",
            )
