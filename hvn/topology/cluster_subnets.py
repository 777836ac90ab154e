"""The subnets of a cluster's nodes and pods, and the addresses of both."""

from collections.abc import Mapping
from ipaddress import IPv4Network

from hvn.diagnostics.message import Path
from hvn.topology.model import Cluster, ExistingCluster, MoreNodes, NodePool, Spoke, Subnet, Topology, subnet
from hvn.topology.shared_vnets import clusters, with_vnet


def node_subnet(cluster: Cluster, pool: NodePool | MoreNodes) -> str:
    """Return the key of the subnet with the pool's nodes."""
    return (pool.subnet if isinstance(pool, MoreNodes) else None) or cluster.node_key


def first_subnet(topology: Topology, spoke: Spoke) -> Subnet | None:
    """Return the subnet of a new cluster's first pool: of `subnets`, or the subnet of `node_cidr`; None if the spoke
    has neither."""
    cluster, vnet = spoke.new_cluster, with_vnet(topology, spoke)
    if cluster is None:
        return None
    if cluster.node_key in vnet.subnets:
        return vnet.subnet(cluster.node_key)
    return subnet(cluster.node_cidr) if cluster.node_cidr else None


def by_node_subnet(cluster: Cluster) -> Mapping[str, Mapping[Path, NodePool | MoreNodes]]:
    """Return the pools by the key of their nodes' subnet, and by their paths below the cluster."""
    pools: dict[str, dict[Path, NodePool | MoreNodes]] = {}
    for at, pool in cluster.pools.items():
        pools.setdefault(node_subnet(cluster, pool), {})[at] = pool
    return pools


def by_pod_subnet(cluster: Cluster) -> Mapping[str, Mapping[Path, NodePool | MoreNodes]]:
    """Return the pools by the key of their pods' subnet; empty if pods do not have a subnet."""
    pools: dict[str, dict[Path, NodePool | MoreNodes]] = {}
    for at, pool in cluster.pools.items() if cluster.network.mode == "pod_subnet" else ():
        if pool.pod_subnet:
            pools.setdefault(pool.pod_subnet, {})[at] = pool
    return pools


def used_subnets(topology: Topology, spoke: Spoke) -> frozenset[str]:
    """Return the keys of the subnets with nodes or pods of the spoke's cluster; empty without a cluster."""
    cluster, vnet = spoke.cluster, with_vnet(topology, spoke)
    if isinstance(cluster, ExistingCluster):
        ranges = cluster.existing.node_cidrs
        return frozenset(key for key in vnet.subnets if any(nodes.subnet_of(vnet.subnet(key).cidr) for nodes in ranges))
    return frozenset({cluster.node_key, *by_node_subnet(cluster), *by_pod_subnet(cluster)} if cluster else ())


def users(topology: Topology, name: str, key: str) -> tuple[Spoke, ...]:
    """Return the spokes with nodes or pods in a subnet of the spoke `name`."""
    return tuple(one for one in clusters(topology, name).values() if key in used_subnets(topology, one))


def vnet_addresses(topology: Topology, spoke: Spoke) -> tuple[IPv4Network, ...]:
    """Return the ranges of the subnets with nodes or pods. With an overlay, packets that leave the cluster have the
    addresses of nodes.

    HVN515 reports names of missing subnets.
    """
    cluster = spoke.cluster
    if cluster is None:
        return ()
    if isinstance(cluster, ExistingCluster):
        return tuple(sorted(set(cluster.existing.node_cidrs)))
    first, vnet = first_subnet(topology, spoke), with_vnet(topology, spoke)
    keys = used_subnets(topology, spoke) & vnet.subnets.keys()
    nodes = (first.cidr,) if first else ()  # HVN525 reports a missing subnet.
    return tuple(sorted({*nodes, *(vnet.subnet(key).cidr for key in keys)}))


def addresses(topology: Topology, spoke: Spoke) -> tuple[IPv4Network, ...]:
    """Return all ranges of the nodes and pods, with the overlay range last."""
    overlay = overlay_range(spoke)
    return (*vnet_addresses(topology, spoke), *((overlay,) if overlay else ()))


def overlay_range(spoke: Spoke) -> IPv4Network | None:
    """Return the overlay range of the pods; None without a cluster or an overlay."""
    if isinstance(spoke.cluster, ExistingCluster):
        return spoke.cluster.existing.pod_cidr
    return spoke.cluster.pod_range if spoke.cluster else None
