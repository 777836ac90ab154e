"""Build the boxes of a cluster and its apps."""

from collections.abc import Iterator

from hvn.graph.picture import Box, Kind
from hvn.topology.model import AnyCluster, ApiServer, App, Cluster, ClusterFacts, Subnet
from hvn.topology.naming import parse


def cluster_boxes(inside: str, name: str, nodes: Subnet | None, cluster: AnyCluster, *, shares: bool) -> Iterator[Box]:
    """Yield the boxes of a cluster and its apps. With `shares`, the cluster is in the VNet of another spoke."""
    id_ = f"spokes.{name}.cluster"
    title = f"AKS {cluster.kubernetes_version}" if isinstance(cluster, Cluster) else "AKS"
    yield Box(
        id=id_,
        kind=Kind.CLUSTER,
        title=f"{title} of {name}" if shares else title,
        facts=_of_new(cluster, nodes) if isinstance(cluster, Cluster) else _of_existing(cluster.existing),
        inside=inside,
        existing=not isinstance(cluster, Cluster),
        path=("spokes", name, "cluster"),
    )
    for key, app in sorted(cluster.apps.items()):
        yield Box(
            id=f"{id_}.apps.{key}",
            kind=Kind.APP,
            title=key,
            facts=(_secrets(app),),
            inside=id_,
            path=("spokes", name, "cluster", "apps", key),
        )


def _of_new(cluster: Cluster, nodes: Subnet | None) -> tuple[str, ...]:
    return (*((f"nodes {nodes.cidr}",) if nodes else ()), _pods(cluster), *_public(cluster.api_server))


def _of_existing(facts: ClusterFacts) -> tuple[str, ...]:
    nodes = f"nodes {', '.join(map(str, sorted(facts.node_cidrs)))}"
    return (parse(facts.cluster_id).name, nodes, *((f"pods {facts.pod_cidr} (overlay)",) if facts.pod_cidr else ()))


def _pods(cluster: Cluster) -> str:
    plugin = "own CNI plugin" if cluster.network.mode == "none" else "overlay"
    return f"pods {cluster.pod_range} ({plugin})" if cluster.pod_range else f"pods {cluster.network.mode}"


def _public(api_server: ApiServer) -> tuple[str, ...]:
    if not api_server.public:
        return ()
    users = ", ".join(map(str, sorted(api_server.authorized_ip_ranges))) or "all addresses"
    return (f"public API server, open to {users}",)


def _secrets(app: App) -> str:
    count = len(list(app.synced))
    return f"{count} secret{'s' if count != 1 else ''}"
