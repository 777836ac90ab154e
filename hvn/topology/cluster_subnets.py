"""The subnets of a cluster's nodes and pods, and the addresses of both."""

from collections.abc import Mapping
from ipaddress import IPv4Network

from hvn.diagnostics.message import Path
from hvn.topology.model import Cluster, ExistingCluster, MoreNodes, NodePool, Spoke
from hvn.topology.naming import NODE_SUBNET


def node_subnet(pool: NodePool | MoreNodes) -> str:
    """Return the key of the subnet with the pool's nodes."""
    return (pool.subnet if isinstance(pool, MoreNodes) else None) or NODE_SUBNET


def by_node_subnet(cluster: Cluster) -> Mapping[str, Mapping[Path, NodePool | MoreNodes]]:
    """Return the pools by the key of their nodes' subnet, and by their paths below the cluster."""
    pools: dict[str, dict[Path, NodePool | MoreNodes]] = {}
    for at, pool in cluster.pools.items():
        pools.setdefault(node_subnet(pool), {})[at] = pool
    return pools


def by_pod_subnet(cluster: Cluster) -> Mapping[str, Mapping[Path, NodePool | MoreNodes]]:
    """Return the pools by the key of their pods' subnet; empty if pods do not have a subnet."""
    pools: dict[str, dict[Path, NodePool | MoreNodes]] = {}
    for at, pool in cluster.pools.items() if cluster.network.mode == "pod_subnet" else ():
        if pool.pod_subnet:
            pools.setdefault(pool.pod_subnet, {})[at] = pool
    return pools


def used_subnets(spoke: Spoke) -> frozenset[str]:
    """Return the keys of the subnets with nodes or pods; empty without a cluster."""
    cluster = spoke.cluster
    if isinstance(cluster, ExistingCluster):
        ranges = cluster.existing.node_cidrs
        return frozenset(
            key for key in spoke.subnets if any(nodes.subnet_of(spoke.subnet(key).cidr) for nodes in ranges)
        )
    return frozenset({NODE_SUBNET, *by_node_subnet(cluster), *by_pod_subnet(cluster)} if cluster else ())


def vnet_addresses(spoke: Spoke) -> tuple[IPv4Network, ...]:
    """Return the ranges of the subnets with nodes or pods. With an overlay, packets that leave the cluster have the
    addresses of nodes.

    HVN515 reports names of missing subnets.
    """
    cluster = spoke.cluster
    if cluster is None:
        return ()
    if isinstance(cluster, ExistingCluster):
        return tuple(sorted(set(cluster.existing.node_cidrs)))
    keys = used_subnets(spoke) & spoke.subnets.keys()
    nodes = (spoke.node_subnet.cidr,) if spoke.node_subnet else ()  # HVN525 reports a missing subnet.
    return tuple(sorted({*nodes, *(spoke.subnet(key).cidr for key in keys)}))


def addresses(spoke: Spoke) -> tuple[IPv4Network, ...]:
    """Return all ranges of the nodes and pods, with the overlay range last."""
    overlay = overlay_range(spoke)
    return (*vnet_addresses(spoke), *((overlay,) if overlay else ()))


def overlay_range(spoke: Spoke) -> IPv4Network | None:
    """Return the overlay range of the pods; None without a cluster or an overlay."""
    if isinstance(spoke.cluster, ExistingCluster):
        return spoke.cluster.existing.pod_cidr
    return spoke.cluster.pod_cidr if spoke.cluster and spoke.cluster.network.mode == "overlay" else None
