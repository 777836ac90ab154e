"""Choose the fields of a new spoke: the range from the address plan, and defaults for all other fields."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any

from hvn.commands.spoke import node_pools
from hvn.commands.spoke.new_app import NewApp
from hvn.commands.spoke.node_pools import NewPool
from hvn.topology import address_plan
from hvn.topology.model import Topology
from hvn.topology.shared_vnets import vnets
from hvn.yamlfile.writing import OneLine

KUBERNETES_VERSION = "1.36"
VM_SIZE = "Standard_D4s_v5"
SMALLEST = 27
"""The longest prefix length of a spoke with a new cluster: half of a /27 has addresses for three nodes and an
upgrade."""
NODE_SUBNET = 20
"""The prefix length of the nodes' subnet. In a spoke smaller than a /19, the subnet is half of the spoke's range."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCluster:
    """The cluster of a new spoke, with its apps."""

    apps: Sequence[NewApp] = ()
    kubernetes_version: str = KUBERNETES_VERSION
    vm_size: str = VM_SIZE
    admin_groups: Sequence[str] = ()
    node_pools: Sequence[NewPool] = ()


def like_others(
    topology: Topology, apps: Sequence[NewApp], vm_size: str | None = None, pools: Sequence[NewPool] = ()
) -> NewCluster:
    """Return a new cluster. If all clusters of the topology have the same version, VM size or administrators, the new
    cluster has the same value. An explicit VM size takes precedence."""
    clusters = [spoke.new_cluster for spoke in topology.spokes.values() if spoke.new_cluster]
    common: dict[str, Any] = {}
    for name, values in (
        ("kubernetes_version", {cluster.kubernetes_version for cluster in clusters}),
        ("vm_size", {cluster.node_pool.vm_size for cluster in clusters}),
        ("admin_groups", {cluster.admin_groups for cluster in clusters}),
    ):
        if len(values) == 1:
            (common[name],) = values
    if vm_size:
        common["vm_size"] = vm_size
    return NewCluster(apps=apps, node_pools=pools, **common)


def dns_servers(topology: Topology) -> list[str]:
    """Return the DNS servers of a new VNet: the servers of the other new VNets, if these have the same servers."""
    servers = {spoke.dns_servers for spoke in vnets(topology).values() if not spoke.existing}
    return [str(server) for server in servers.pop()] if len(servers) == 1 else []


class Refused(Exception):
    """Raised if the new spoke is impossible, for example because the pool lacks a free block. The message is one line,
    with the problem and a fix."""


def next_block(topology: Topology, size: int, pool: str | None, vault_route: str) -> tuple[str, IPv4Network]:
    """Return the pool of the new spoke, and the pool's next free block of this prefix length. Raises `Refused` if the
    pool lacks such a block."""
    pools = {candidate.name: candidate for candidate in address_plan.pools(topology)}
    suitable = [name for name, candidate in pools.items() if _fits(candidate, vault_route)]
    if pool is not None and pool not in pools:
        raise Refused(f"address pool {pool} does not exist; the pools are: {', '.join(pools) or 'none yet'}")
    if pool is None and len(suitable) > 1:
        # The pool of an existing VNet has no free block.
        suitable = [name for name in suitable if pools[name].next_free(size)] or suitable
    if pool is None and len(suitable) != 1:
        several = f"several pools are suitable for the spoke: choose one with --pool {'|'.join(suitable)}"
        missing = "address_pools has no pool: add one"
        if pools:
            missing = "every pool is a transit pool: add --vault-route via-hub, or a pool for direct spokes"
        if vault_route == "via-hub":
            missing = "no transit pool: add a pool without other spokes to hub.vault_peering.transit_pools"
        raise Refused(several if suitable else missing)
    chosen = pools[pool or suitable[0]]
    if not _fits(chosen, vault_route):
        kind = "a transit pool" if chosen.transit else "not a transit pool"
        raise Refused(
            f"{chosen.name} is {kind}, so a spoke with vault_route {vault_route} cannot use it; "
            f"suitable pools: {', '.join(suitable) or 'none'}"
        )
    block = chosen.next_free(size)
    if block is None:
        largest = chosen.largest_free
        left = f"the largest free block is {largest}" if largest else "it is full"
        raise Refused(f"{chosen.name} {chosen.cidr} has no free /{size}: {left}")
    return chosen.name, block


def _fits(pool: address_plan.Pool, vault_route: str) -> bool:
    return pool.transit == (vault_route == "via-hub")


def written(
    name: str,
    cidr: IPv4Network,
    vault_route: str,
    *,
    has_gateway: bool,
    cluster: NewCluster | None,
    dns_servers: Sequence[str] = (),
    subscription_id: str | None = None,
) -> Mapping[str, Any]:
    """Return the spoke's fields for the topology file. With `has_gateway`, the spoke uses the hub's gateway. Raises
    `Refused` if two apps would have the same name."""
    spoke: dict[str, Any] = {"cidr": str(cidr)}
    if subscription_id:
        spoke["subscription_id"] = subscription_id
    spoke["vault_route"] = vault_route
    if has_gateway:
        spoke["use_remote_gateways"] = True
    if dns_servers:
        spoke["dns_servers"] = list(dns_servers)
    if cluster is None:
        return spoke
    nodes = IPv4Network((cidr.network_address, min(32, max(NODE_SUBNET, cidr.prefixlen + 1))))
    spoke["cluster"] = cluster_fields(name, cluster, {"node_cidr": str(nodes)})
    return spoke


def cluster_fields(spoke: str, cluster: NewCluster, nodes: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields of a new cluster. `nodes` is the field with the nodes' subnet. Raises `Refused` if two apps
    would have the same name."""
    fields: dict[str, Any] = {
        "kubernetes_version": cluster.kubernetes_version,
        **nodes,
        "node_pool": OneLine(vm_size=cluster.vm_size, min_count=2, max_count=3),
        **node_pools.fields(cluster.node_pools),
    }
    if cluster.admin_groups:
        fields["admin_groups"] = list(cluster.admin_groups)
    if cluster.apps:
        fields["apps"] = app_fields(spoke, cluster.apps)
    return fields


def app_fields(spoke: str, apps: Sequence[NewApp]) -> Mapping[str, Any]:
    """Return the apps, each named after its service account, or after its namespace if the account is `default`. Raises
    `Refused` if two apps would have the same name."""
    fields: dict[str, Any] = {}
    for app in apps:
        namespace, account = app.namespace, app.service_account
        if any((other["namespace"], other["service_account"]) == (namespace, account) for other in fields.values()):
            raise Refused(f"app {namespace}/{account} is listed twice")
        short = (namespace if account == "default" else account).replace(".", "-")
        name = f"{namespace}-{short}" if short in fields else short
        if name in fields:
            raise Refused(f"app {namespace}/{account}: another app has the name {name}; add this app to the file")
        fields[name] = {
            "namespace": namespace,
            "service_account": account,
            "secrets": [{"path": app.path or f"{spoke}/{name}", "destination": name}],
        }
    return fields
