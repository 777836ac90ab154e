"""HVN514 cluster-network: AKS or azurerm does not support a combination of network settings of a cluster."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Path, Rule
from hvn.topology.model import Cluster, Topology

RULE = Rule(
    id="HVN514",
    name="cluster-network",
    reports="Two network settings of a cluster exclude each other.",
    why="AKS or azurerm refuses the settings at apply, or AKS does not support them",
    fix="change one of the two settings",
    example="""\
spokes:
  payments:
    cluster: {pod_cidr: 100.80.0.0/16, network: {mode: node_subnet}, node_pool: {max_pods: 30}}
""",
    see="https://learn.microsoft.com/azure/aks/concepts-network-cni-overview",
)
OVERLAY = Message("azurerm accepts pod_cidr only with the modes overlay and none")
PLUGIN = Message("AKS installs its policy engines only with Azure CNI")
PODS = Message("AKS needs a subnet for the pods of each pool")
ALL = Message("AKS accepts a pod subnet only if all pools of the cluster have one, as in the mode pod_subnet")
NPM = Message("AKS limits the number of nodes with the policy azure")
ISOLATED = Message("AKS supports this outbound type only in a private cluster")
LIMIT = 250


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each setting that contradicts the mode, the policy or the outbound type of a cluster."""
    for name, spoke in topology.spokes.items():
        if spoke.new_cluster:
            yield from _modes(("spokes", name, "cluster"), spoke.new_cluster)
            yield from _others(("spokes", name, "cluster"), spoke.new_cluster)


def _modes(at: Path, cluster: Cluster) -> Iterator[Finding]:
    mode = cluster.network.mode
    if cluster.pod_range is None and "pod_cidr" in cluster.model_fields_set:
        yield Finding(
            rule=RULE,
            path=(*at, "pod_cidr"),
            message=Message("the mode is {mode}", mode=mode),
            why=OVERLAY,
            fix=Message("remove pod_cidr, or use mode: overlay"),
        )
    if mode == "none" and "policy" in cluster.network.model_fields_set and cluster.network.policy != "none":
        yield Finding(
            rule=RULE,
            path=(*at, "network", "policy"),
            message=Message("the mode is {mode}", mode=mode),
            why=PLUGIN,
            fix=Message("remove policy, and install the engine with your CNI plugin"),
        )
    for place, pool in cluster.pools.items():
        if mode == "pod_subnet" and pool.pod_subnet is None:
            yield Finding(
                rule=RULE,
                path=(*at, *place),
                at_key=True,
                message=Message("the mode is {mode}, and the pool has no pod_subnet", mode=mode),
                why=PODS,
                fix=Message("add pod_subnet with the name of a subnet in subnets"),
            )
        elif mode != "pod_subnet" and pool.pod_subnet:
            yield Finding(
                rule=RULE,
                path=(*at, *place, "pod_subnet"),
                message=Message("the mode is {mode}", mode=mode),
                why=ALL,
                fix=Message("remove pod_subnet, or use mode: pod_subnet"),
            )


def _others(at: Path, cluster: Cluster) -> Iterator[Finding]:
    nodes = sum(pool.max_count for pool in cluster.pools.values())
    if cluster.network.engine == "azure" and nodes > LIMIT:
        yield Finding(
            rule=RULE,
            path=(*at, "network", "policy"),
            message=Message("the pools have up to {nodes} nodes, more than {limit}", nodes=nodes, limit=LIMIT),
            why=NPM,
            fix=Message("use policy: cilium, or lower max_count"),
        )
    if cluster.outbound_type == "none" and cluster.api_server.public:
        yield Finding(
            rule=RULE,
            path=(*at, "outbound_type"),
            message=Message("the API server is public"),
            why=ISOLATED,
            fix=Message("use outbound_type: userDefinedRouting, or remove api_server.public"),
        )
