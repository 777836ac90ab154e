"""HVN515 pool-subnet: a node pool cannot use a subnet for its nodes or its pods."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Path, Rule
from hvn.diagnostics.message import Field
from hvn.diagnostics.suggest import closest
from hvn.topology import locations
from hvn.topology.cluster_subnets import by_node_subnet, by_pod_subnet, first_subnet, used_subnets
from hvn.topology.model import Cluster, Spoke, Subnet, Topology
from hvn.topology.shared_vnets import clusters, lacks_vnet, vnet_owner

RULE = Rule(
    id="HVN515",
    name="pool-subnet",
    reports="A node pool's subnet is missing, has the wrong delegation or no route to the firewall, or has nodes of "
    "another cluster.",
    why="AKS refuses the node pool at apply",
    fix="add the subnet to subnets: a subnet for nodes has no delegation, and a subnet for pods is delegated to AKS",
    example="""\
spokes:
  payments:
    cluster:
      node_pools:
        batch: {vm_size: Standard_D4s_v5, min_count: 0, max_count: 3, subnet: batch}
""",
    see="https://learn.microsoft.com/azure/aks/node-pool-unique-subnet",
)
SERVICE = "Microsoft.ContainerService/managedClusters"
DELEGATED = Message("AKS does not accept a delegated subnet for nodes")
FOR_PODS = Message("AKS adds the delegation to a subnet of pods; the next apply would remove the delegation")
SHARED = Message("AKS needs separate subnets for nodes and pods")
ONE_CLUSTER = Message("Microsoft does not support the nodes of several clusters in one subnet")
DEFAULT = Message("with userDefinedRouting AKS requires a default route to an appliance")
ROUTE = Message(
    "with userDefinedRouting AKS requires a default route to an appliance, and the cluster's identity has rights "
    "only on the route table of the first pool"
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each subnet that AKS would refuse for the nodes or pods of a pool."""
    for name, spoke in topology.spokes.items():
        cluster, owner = spoke.new_cluster, vnet_owner(topology, name)
        if cluster is None or lacks_vnet(topology, name):
            continue
        at: Path = ("spokes", name, "cluster")
        vnet, subnets = topology.spokes[owner], Field(("spokes", owner, "subnets"))
        type_ = locations.outbound_type(topology, cluster)
        first = first_subnet(topology, spoke)
        for key, pools in by_node_subnet(cluster).items():
            wrong = _of_nodes(vnet, first, key, type_)
            for place in pools if key != cluster.node_key else ():
                yield from _finding((*at, *place, "subnet"), vnet, subnets, key, wrong)
        if cluster.node_key in vnet.subnets:
            yield from _of_first_pool((*subnets.path, cluster.node_key), vnet, type_)
        for key, pools in by_pod_subnet(cluster).items():
            for place in pools:
                yield from _finding((*at, *place, "pod_subnet"), vnet, subnets, key, _of_pods(cluster, vnet, key))
    for name in topology.spokes:
        yield from _shared(topology, name)


def _shared(topology: Topology, name: str) -> Iterator[Finding]:
    """Yield a finding for each subnet of a spoke that a new cluster uses together with another cluster, unless both
    have only pods there: https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-pod-subnet."""
    first: dict[str, str] = {}
    subnets = Field(("spokes", name, "subnets"))
    for owner, spoke in clusters(topology, name).items():
        for key in sorted(used_subnets(topology, spoke) & topology.spokes[name].subnets.keys()):
            other = first.setdefault(key, owner)
            both = (spoke, topology.spokes[other])
            pods = all(_has_pods(one, key, topology.spokes[name].subnet(key)) for one in both)
            if other != owner and not pods and any(one.new_cluster for one in both):
                yield Finding(
                    rule=RULE,
                    path=("spokes", owner, "cluster"),
                    at_key=True,
                    message=Message("the cluster of {other} also uses the subnet {key}", other=other, key=key),
                    why=ONE_CLUSTER,
                    fix=Message("add a subnet for this cluster to {subnets}", subnets=subnets),
                )


def _has_pods(spoke: Spoke, key: str, subnet: Subnet) -> bool:
    """Return whether a cluster's subnet is for pods. A delegated subnet of an existing cluster has no nodes."""
    return key in by_pod_subnet(spoke.new_cluster) if spoke.new_cluster else subnet.delegation == SERVICE


def _finding(
    path: Path, spoke: Spoke, subnets: Field, key: str, wrong: tuple[Message, Message, Message] | None
) -> Iterator[Finding]:
    if key not in spoke.subnets:
        similar = closest(key, spoke.subnets)
        yield Finding(
            rule=RULE,
            path=path,
            message=Message("{subnets} has no subnet {key}", subnets=subnets, key=key),
            fix=Message("use {similar}", similar=similar) if similar else Message("add the subnet to subnets"),
        )
    elif wrong:
        message, why, fix = wrong
        yield Finding(rule=RULE, path=path, message=message, why=why, fix=fix)


def _subnet(spoke: Spoke, key: str) -> Subnet | None:
    return spoke.subnet(key) if key in spoke.subnets else None


def _of_nodes(
    spoke: Spoke, nodes: Subnet | None, key: str, outbound_type: str
) -> tuple[Message, Message, Message] | None:
    """Return message, reason and fix for a subnet that cannot have nodes. `nodes` is the subnet of the first pool."""
    subnet = _subnet(spoke, key)
    if subnet and subnet.delegation:
        return (
            Message("{key} is delegated to {service}", key=key, service=subnet.delegation),
            DELEGATED,
            Message("remove the delegation of {key}", key=key),
        )
    first = nodes.route if nodes else "firewall"
    if subnet and subnet.route != first and outbound_type == "userDefinedRouting":
        message = Message("{key} has route: {route}", key=key, route=subnet.route)
        return message, ROUTE, Message("set route: {first} in {key}", first=first, key=key)
    return None


def _of_first_pool(path: Path, spoke: Spoke, outbound_type: str) -> Iterator[Finding]:
    """Yield a finding if a subnet cannot have the nodes of the first pool."""
    key = str(path[-1])
    subnet = spoke.subnet(key)
    if subnet.delegation:
        message = Message("{key} is delegated to {service}", key=key, service=subnet.delegation)
        fix = Message("remove the delegation of {key}", key=key)
        yield Finding(rule=RULE, path=(*path, "delegation"), message=message, why=DELEGATED, fix=fix)
    if outbound_type == "userDefinedRouting" and not _has_default_route(spoke, subnet.route):
        yield Finding(
            rule=RULE,
            path=(*path, "route"),
            message=Message("{key} has route: {route}, without a default route", key=key, route=subnet.route),
            why=DEFAULT,
            fix=Message("remove route, or set outbound_type: loadBalancer in the cluster"),
        )


def _has_default_route(spoke: Spoke, route: str) -> bool:
    """Return whether a route table may have a default route to an appliance. The routes of an existing table are
    unknown; HVN430 reports a missing firewall."""
    table = spoke.route_tables.get(route)
    if table is None:
        return route == "firewall" or "/" in route
    return any(
        one.destination == "0.0.0.0/0" and one.next_hop not in ("internet", "none", "vnet")
        for one in table.routes.values()
    )


def _of_pods(cluster: Cluster, spoke: Spoke, key: str) -> tuple[Message, Message, Message] | None:
    """Return message, reason and fix for a subnet that cannot have pods."""
    subnet = _subnet(spoke, key)
    if key in by_node_subnet(cluster):
        return Message("{key} also has nodes", key=key), SHARED, Message("use another subnet for the pods")
    if subnet and subnet.delegation != SERVICE:
        return (
            Message("{key} is not delegated to {service}", key=key, service=SERVICE),
            FOR_PODS,
            Message("write delegation: {service} in the subnet {key}", key=key, service=SERVICE),
        )
    return None
