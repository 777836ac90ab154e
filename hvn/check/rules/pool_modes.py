"""HVN512 pool-modes: AKS refuses a combination of settings of a node pool, or no pool accepts the pods of apps."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.topology.model import MoreNodes, NodePool, Topology

RULE = Rule(
    id="HVN512",
    name="pool-modes",
    reports="A node pool's settings contradict each other, or no pool runs the apps.",
    why="a system pool needs a node, and cannot have spot nodes. AKS has no upgrade settings for spot nodes",
    fix="correct or remove the setting",
    example="""\
spokes:
  payments:
    cluster:
      node_pools:
        batch: {vm_size: Standard_D4s_v5, min_count: 0, max_count: 3, mode: System}
""",
    see="https://learn.microsoft.com/azure/aks/use-system-pools",
)
WHY_APPS = Message("pods of apps and of Vault Secrets Operator do not tolerate the pool's taint, so they stay pending")
# https://learn.microsoft.com/azure/aks/concepts-network-ip-address-planning
LEAST_PODS = 30
WHY_PODS = Message("AKS refuses a pool without room for 30 pods")
SETTINGS = ("drain_timeout_minutes", "max_surge", "node_soak_minutes")


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for settings of a pool that exclude each other, and for a cluster without a pool for apps."""
    for name, spoke in topology.spokes.items():
        if spoke.new_cluster is None:
            continue
        at = ("spokes", name, "cluster")
        if message := _few_pods(spoke.new_cluster.node_pool):
            yield Finding(rule=RULE, path=(*at, "node_pool", "max_pods"), message=message, why=WHY_PODS)
        for key, pool in spoke.new_cluster.node_pools.items():
            for field, message in _wrong(pool):
                yield Finding(rule=RULE, path=(*at, "node_pools", key, field), message=message)
            if message := _few_pods(pool):
                yield Finding(rule=RULE, path=(*at, "node_pools", key, "max_pods"), message=message, why=WHY_PODS)
        apps = any(not pool.spot and not _closed(pool) for pool in spoke.new_cluster.node_pools.values())
        if spoke.new_cluster.node_pool.only_critical_addons and not apps:
            yield Finding(
                rule=RULE,
                path=(*at, "node_pool", "only_critical_addons"),
                message=Message("no other pool accepts pods without tolerations"),
                why=WHY_APPS,
                fix=Message("add a pool without taints and without spot nodes to node_pools, or remove the setting"),
            )


def _wrong(pool: MoreNodes) -> Iterator[tuple[str, Message]]:
    if pool.spot and pool.mode == "System":
        yield "spot", Message("a system pool cannot have spot nodes")
    if pool.mode == "System" and pool.min_count == 0:
        yield "min_count", Message("a system pool cannot be empty")
    for field in SETTINGS if pool.spot else ():
        if field in pool.model_fields_set:
            yield field, Message("{field} has no effect on spot nodes", field=field)


def _few_pods(pool: MoreNodes | NodePool) -> Message | None:
    """Return the message about a pool without room for 30 pods on min_count nodes, or None."""
    if pool.max_pods is None or pool.max_pods >= LEAST_PODS or pool.max_pods * pool.min_count >= LEAST_PODS:
        return None
    return Message("{nodes} nodes with {pods} pods each", nodes=pool.min_count, pods=pool.max_pods)


def _closed(pool: MoreNodes) -> bool:
    return any(not taint.endswith(":PreferNoSchedule") for taint in pool.taints)
