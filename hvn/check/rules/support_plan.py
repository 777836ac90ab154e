"""HVN518 support-plan: the tier of a cluster is too low for its support plan or its nodes."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN518",
    name="support-plan",
    reports="A cluster has long-term support without the Premium tier, or too many nodes for the Free tier.",
    why="AKS sells long-term support with Premium only, and supports up to 1,000 nodes with Free",
    fix="use another sku_tier, or the default support_plan",
    example="""\
spokes:
  payments:
    cluster: {support_plan: AKSLongTermSupport}
""",
    see="https://learn.microsoft.com/azure/aks/long-term-support",
)
FREE_NODES = 1000


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each support plan and each number of nodes that the tier does not allow."""
    for name, spoke in topology.spokes.items():
        cluster = spoke.new_cluster
        if cluster is None:
            continue
        at = ("spokes", name, "cluster")
        if cluster.support_plan == "AKSLongTermSupport" and cluster.sku_tier != "Premium":
            yield Finding(
                rule=RULE,
                path=(*at, "support_plan"),
                message=Message("sku_tier is {tier}", tier=cluster.sku_tier),
                fix=Message("write sku_tier: Premium, or remove support_plan"),
            )
        nodes = sum(pool.max_count for pool in cluster.pools.values())
        if cluster.sku_tier == "Free" and nodes > FREE_NODES:
            yield Finding(
                rule=RULE,
                path=(*at, "sku_tier"),
                message=Message("the pools have up to {nodes} nodes", nodes=nodes),
                fix=Message("use sku_tier: Standard, or lower max_count"),
            )
