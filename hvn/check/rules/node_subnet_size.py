"""HVN502 node-subnet-size: a subnet or the overlay range is too small for the node pools during an upgrade."""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network

from hvn.check.free_ranges import RangeFixes
from hvn.diagnostics.finding import Finding, Level, Message, Path, Rule
from hvn.topology.addresses import RESERVED, usable
from hvn.topology.cluster_subnets import by_node_subnet, by_pod_subnet
from hvn.topology.model import Cluster, MoreNodes, NodePool, Spoke, Subnet, Topology
from hvn.topology.shared_vnets import clusters, vnet_owner, vnets

RULE = Rule(
    id="HVN502",
    name="node-subnet-size",
    reports="A subnet of nodes or pods, or the overlay range, is too small for max_count nodes and an upgrade's surge.",
    why="an upgrade adds nodes before it removes old nodes, and every node and pod takes an address",
    fix="use a larger range, or a smaller max_count or max_pods",
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
WHY_BOTH = Message("every node takes an address for itself and for each of its max_pods, and Azure reserves five")
WHY_BATCHES = Message("every node takes addresses for its pods in blocks of 16, and Azure reserves five")

API_ENDPOINT = 1
"""The number of addresses of the API server's private endpoint, in the subnet of the first pool."""
NODE_PODS = 24
"""Prefix length of the block that each node gets from the overlay range."""
BATCH = 16
"""The number of addresses that a node takes at once from a subnet for pods."""

# AKS counts max_count and one node of each pool, also with a larger surge:
# https://github.com/Azure/AKS/issues/4467
ACCEPTED = Message("AKS accepts this size, but an upgrade fails if the pools have max_count nodes")

Pools = Mapping[Path, NodePool | MoreNodes]


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each range without room for the nodes and pods of max_count nodes and the surge."""
    fixes = RangeFixes(topology)
    for name, spoke in topology.spokes.items():
        if spoke.new_cluster is None:
            continue
        nodes = spoke.new_cluster.node_cidr
        owner = vnet_owner(topology, name)
        own = {spoke.new_cluster.node_key: (_at(name, "node_cidr"), nodes)} if nodes else {}
        places = {**own, **_places(owner, topology.spokes[owner])}
        for key, pools in by_node_subnet(spoke.new_cluster).items():
            if key in places:
                yield from _of_nodes(fixes, spoke.new_cluster, key, pools, *places[key])
        if spoke.new_cluster.network.mode == "overlay":
            yield from _overlay(fixes, spoke.new_cluster, _at(name, "pod_cidr"))
    for name, spoke in vnets(topology).items():
        yield from _of_pods(fixes, clusters(topology, name), _places(name, spoke))


def _at(name: str, field: str) -> Path:
    return ("spokes", name, "cluster", field)


def _places(name: str, spoke: Spoke) -> Mapping[str, tuple[Path, IPv4Network]]:
    """Return path and range of each subnet in `subnets`, by key."""
    at = ("spokes", name, "subnets")
    return {
        key: ((*at, key, "cidr") if isinstance(value, Subnet) else (*at, key), spoke.subnet(key).cidr)
        for key, value in spoke.subnets.items()
    }


def _of_nodes(
    fixes: RangeFixes, cluster: Cluster, key: str, pools: Pools, path: Path, cidr: IPv4Network
) -> Iterator[Finding]:
    endpoint = API_ENDPOINT if key == cluster.node_key and not cluster.api_server.public else 0
    if cluster.network.mode == "node_subnet":
        needed = {at: 1 + cluster.max_pods(pool) for at, pool in pools.items()}
        yield from _addresses(fixes, pools, needed, endpoint, WHY_BOTH, path, cidr)
        return
    nodes, room = sum(pool.most_nodes for pool in pools.values()), max(0, usable(cidr) - endpoint)
    if nodes > room:
        larger = fixes.enlarge(path, cidr, _length(nodes + endpoint))
        message = Message("{cidr} has room for {room} nodes, but {wanted}", cidr=cidr, room=room, wanted=_wanted(pools))
        why = ACCEPTED if _counted(pools) <= room else WHY_NODES
        yield _finding(path, message, why, larger, _smaller(pools, room))


def _of_pods(
    fixes: RangeFixes, spokes: Mapping[str, Spoke], places: Mapping[str, tuple[Path, IPv4Network]]
) -> Iterator[Finding]:
    """Yield a finding for each subnet of a VNet that is too small for the pods of all clusters of the VNet."""
    pools: dict[str, dict[Path, NodePool | MoreNodes]] = {}
    needed: dict[Path, int] = {}
    for name, spoke in spokes.items():
        cluster = spoke.new_cluster
        if cluster is None:
            continue
        for key, own in by_pod_subnet(cluster).items():
            for at, pool in own.items():
                pools.setdefault(key, {})[name, *at] = pool
                needed[name, *at] = -(-cluster.max_pods(pool) // BATCH) * BATCH
    for key in sorted(pools.keys() & places.keys()):
        yield from _addresses(fixes, pools[key], needed, 0, WHY_BATCHES, *places[key])


def _addresses(
    fixes: RangeFixes,
    pools: Pools,
    needed: Mapping[Path, int],
    more: int,
    why: Message,
    path: Path,
    cidr: IPv4Network,
) -> Iterator[Finding]:
    """Yield a finding if a subnet has too few addresses. `needed` has the addresses per node of each pool, `more` the
    other addresses."""
    addresses, room = more + sum(pool.most_nodes * needed[at] for at, pool in pools.items()), usable(cidr)
    if addresses > room:
        counted = more + sum(_counted({at: pool}) * needed[at] for at, pool in pools.items())
        why = ACCEPTED if counted <= room else why
        yield Finding(
            rule=RULE,
            level=_level(why),
            path=path,
            message=Message(
                "{cidr} has {room} addresses, but needs {addresses}: {wanted}",
                cidr=cidr,
                room=room,
                wanted=_wanted(pools),
                addresses=addresses,
            ),
            why=why,
            fix=fixes.enlarge(path, cidr, _length(addresses)),
        )


def _overlay(fixes: RangeFixes, cluster: Cluster, path: Path) -> Iterator[Finding]:
    pods, nodes = cluster.pod_cidr, sum(pool.most_nodes for pool in cluster.pools.values())
    room = 2 ** (NODE_PODS - pods.prefixlen) if pods.prefixlen <= NODE_PODS else 0
    if nodes > room:
        larger = fixes.enlarge(path, pods, NODE_PODS - (nodes - 1).bit_length())
        wanted = _wanted(cluster.pools)
        message = Message("{cidr} has a /24 for {room} nodes, but {wanted}", cidr=pods, room=room, wanted=wanted)
        why = ACCEPTED if _counted(cluster.pools) <= room else WHY_PODS
        if "pod_cidr" not in cluster.model_fields_set:
            most = max(cluster.pools, key=lambda one: cluster.pools[one].max_count)
            path = (*path[:-1], *most, "max_count")
            message = Message("the default pod_cidr {message}", message=message)
        yield _finding(path, message, why, larger, _smaller(cluster.pools, room))


def _counted(pools: Pools) -> int:
    """Return the number of nodes that AKS counts."""
    return sum(min(pool.most_nodes, pool.max_count + 1) for pool in pools.values())


def _length(addresses: int) -> int:
    """Return the prefix length of the smallest subnet with this number of usable addresses."""
    return 32 - (addresses + RESERVED - 1).bit_length()


def _wanted(pools: Pools) -> Message:
    """Return the number of nodes that the pools need, in words."""
    most, nodes = sum(pool.max_count for pool in pools.values()), sum(pool.most_nodes for pool in pools.values())
    numbers = {"most": most, "surge": nodes - most, "nodes": nodes}
    if len(pools) == 1:
        return Message("max_count {most} with a surge of {surge} is {nodes}", **numbers)
    return Message("the node pools together have max_count {most} and a surge of {surge}, {nodes} nodes", **numbers)


def _smaller(pools: Pools, room: int) -> int:
    """Return a max_count for which the range has room; 0 if no max_count has room, or if the cluster has several
    pools."""
    return largest_max_count(next(iter(pools.values())), room) if len(pools) == 1 else 0


def _level(why: Message) -> Level | None:
    return Level.WARNING if why is ACCEPTED else None


def _finding(path: Path, message: Message, why: Message, larger: Message, count: int) -> Finding:
    # A smaller max_count is not a fix if min_count is larger.
    fix = Message("{larger}, or lower max_count to {count}", larger=larger, count=count) if count else larger
    return Finding(rule=RULE, level=_level(why), path=path, message=message, why=why, fix=fix)


def largest_max_count(pool: NodePool | MoreNodes, room: int) -> int:
    """Return the largest max_count for which the range has room, including the surge. Return 0 if the range has no room
    for min_count nodes."""
    counts = range(min(room, pool.max_count), pool.min_count - 1, -1)
    return next((count for count in counts if count + pool.surge(count) <= room), 0)
