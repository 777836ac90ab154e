"""HVN502: the node subnet and the pod range hold the pool at its largest."""

from collections.abc import Iterator
from math import ceil

from hvn.diagnostics.finding import Breach, Rule
from hvn.topology.addresses import usable
from hvn.topology.model import NodePool, Topology

RULE = Rule(
    id="HVN502",
    name="node-subnet-size",
    why="every node takes an address of the subnet and a /24 of the pod range, and an upgrade adds nodes first",
    see="https://learn.microsoft.com/azure/aks/concepts-network-ip-address-planning",
)

# The API server's private endpoint stands in the node subnet as well.
API_ENDPOINT = 1


def check(topology: Topology) -> Iterator[Breach]:
    """Pools whose max_count with its surge does not fit."""
    for name, spoke in topology.spokes.items():
        if spoke.cluster is None:
            continue
        at = ("spokes", name, "cluster")
        nodes = spoke.cluster.node_pool.max_count + surge(spoke.cluster.node_pool)
        room = usable(spoke.cluster.node_cidr) - API_ENDPOINT
        if nodes > room:
            yield Breach(
                (*at, "node_cidr"),
                f"{spoke.cluster.node_cidr} has room for {max(0, room)} nodes, max_count with its surge is {nodes}",
                "choose a larger node_cidr or a smaller max_count",
            )
        pods = 2 ** max(0, 24 - spoke.cluster.pod_cidr.prefixlen) if spoke.cluster.pod_cidr.prefixlen <= 24 else 0
        if nodes > pods:
            yield Breach(
                (*at, "pod_cidr"),
                f"{spoke.cluster.pod_cidr} has a /24 for {pods} nodes, max_count with its surge is {nodes}",
                "choose a larger pod_cidr or a smaller max_count",
            )


def surge(pool: NodePool) -> int:
    """Nodes that an upgrade adds: a number, or a percentage of max_count rounded up."""
    if pool.max_surge.endswith("%"):
        return ceil(pool.max_count * int(pool.max_surge[:-1]) / 100)
    return int(pool.max_surge)
