"""HVN502 node-subnet-size: the node subnet or the pod range is too small for the node pools during an upgrade."""

from collections.abc import Iterator, Mapping
from math import ceil

from hvn.check.free_ranges import RangeFixes
from hvn.diagnostics.finding import Finding, Message, Path, Rule
from hvn.topology.addresses import RESERVED, usable
from hvn.topology.model import MoreNodes, NodePool, Topology

RULE = Rule(
    id="HVN502",
    name="node-subnet-size",
    reports="The node subnet or the pod range is too small for max_count nodes and the surge of an upgrade.",
    why=(
        "every node takes an address of the subnet and a /24 of the pod range, and an upgrade adds nodes before it "
        "removes old nodes"
    ),
    fix="use a larger node_cidr or pod_cidr, or a smaller max_count",
    example="""\
spokes:
  payments:
    cluster: {node_cidr: 10.64.0.0/29}
""",
    see="https://learn.microsoft.com/azure/aks/concepts-network-ip-address-planning",
)

WHY_NODES = Message(
    "each node and the API server's private endpoint take an address, Azure reserves five, and an upgrade adds nodes "
    "before it removes old nodes"
)
WHY_PODS = Message("every node takes a /24 of the pod range, and an upgrade adds nodes before it removes old nodes")

# The API server's private endpoint is also in the node subnet.
API_ENDPOINT = 1
NODE_PODS = 24
"""Prefix length of the block that each node gets from the pod range."""


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each node_cidr and pod_cidr without room for max_count nodes and the surge."""
    fixes = RangeFixes(topology)
    for name, spoke in topology.spokes.items():
        if spoke.cluster is None:
            continue
        at = ("spokes", name, "cluster")
        cidr, pods = spoke.cluster.node_cidr, spoke.cluster.pod_cidr
        nodes = sum(_nodes(pool) for pool in spoke.cluster.pools.values())
        wanted = _wanted(spoke.cluster.pools)
        room = max(0, usable(cidr) - API_ENDPOINT)
        if nodes > room:
            length = 32 - (nodes + API_ENDPOINT + RESERVED - 1).bit_length()
            larger = fixes.enlarge((*at, "node_cidr"), cidr, length)
            message = Message("{cidr} has room for {room} nodes, but {wanted}", cidr=cidr, room=room, wanted=wanted)
            count = _smaller(spoke.cluster.pools, room)
            yield _finding((*at, "node_cidr"), message, WHY_NODES, larger, count)
        room = 2 ** (NODE_PODS - pods.prefixlen) if pods.prefixlen <= NODE_PODS else 0
        if nodes > room:
            larger = fixes.enlarge((*at, "pod_cidr"), pods, NODE_PODS - (nodes - 1).bit_length())
            message = Message("{cidr} has a /24 for {room} nodes, but {wanted}", cidr=pods, room=room, wanted=wanted)
            count = _smaller(spoke.cluster.pools, room)
            yield _finding((*at, "pod_cidr"), message, WHY_PODS, larger, count)


def _nodes(pool: NodePool | MoreNodes) -> int:
    return pool.max_count + surge(pool.max_surge, pool.max_count)


def _wanted(pools: Mapping[Path, NodePool | MoreNodes]) -> Message:
    """Return the number of nodes that the pools need, in words."""
    most, nodes = sum(pool.max_count for pool in pools.values()), sum(_nodes(pool) for pool in pools.values())
    numbers = {"most": most, "surge": nodes - most, "nodes": nodes}
    if len(pools) == 1:
        return Message("max_count {most} with a surge of {surge} is {nodes}", **numbers)
    return Message("the node pools together have max_count {most} and a surge of {surge}, {nodes} nodes", **numbers)


def _smaller(pools: Mapping[Path, NodePool | MoreNodes], room: int) -> int:
    """Return a max_count that fits; 0 if there is none, or if there are several pools to choose from."""
    return largest_max_count(next(iter(pools.values())), room) if len(pools) == 1 else 0


def _finding(path: Path, message: Message, why: Message, larger: Message, count: int) -> Finding:
    # A smaller max_count is not a fix if min_count is larger.
    fix = Message("{larger}, or lower max_count to {count}", larger=larger, count=count) if count else larger
    return Finding(rule=RULE, path=path, message=message, why=why, fix=fix)


def largest_max_count(pool: NodePool | MoreNodes, room: int) -> int:
    """Return the largest max_count, not below min_count, that has room with its surge; 0 if min_count has no room."""
    counts = range(min(room, pool.max_count), pool.min_count - 1, -1)
    return next((count for count in counts if count + surge(pool.max_surge, count) <= room), 0)


def surge(max_surge: str, nodes: int) -> int:
    """Return the number of nodes that an upgrade adds: `max_surge`, or its percentage of the nodes rounded up."""
    if max_surge.endswith("%"):
        return ceil(nodes * int(max_surge[:-1]) / 100)
    return int(max_surge)
