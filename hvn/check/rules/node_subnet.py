"""HVN525 node-subnet: the subnet of a new cluster's first pool is missing, or set twice."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Path, Rule
from hvn.diagnostics.message import Field
from hvn.diagnostics.suggest import closest
from hvn.topology.model import Cluster, Topology
from hvn.topology.shared_vnets import lacks_vnet, vnet_owner

RULE = Rule(
    id="HVN525",
    name="node-subnet",
    reports="The subnet of a new cluster's first pool is missing, or set twice.",
    why="a cluster has exactly one subnet for the nodes of its first pool",
    fix="set node_cidr, or write subnets.nodes for a subnet with its own route table, rules or service endpoints",
    example="""\
spokes:
  payments:
    subnets: {nodes: 10.64.32.0/20}
""",
    see="https://learn.microsoft.com/azure/aks/concepts-network-ip-address-planning",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each new cluster with two node subnets, and for each without a node subnet."""
    for name, spoke in topology.spokes.items():
        if spoke.new_cluster and not lacks_vnet(topology, name):
            yield from _of_cluster(topology, name, spoke.new_cluster)


def _of_cluster(topology: Topology, name: str, cluster: Cluster) -> Iterator[Finding]:
    owner, at, key = vnet_owner(topology, name), ("spokes", name, "cluster"), cluster.node_key
    vnet, subnets = topology.spokes[owner], Field(("spokes", owner, "subnets"))
    shares, listed = owner != name, key in vnet.subnets
    if cluster.node_cidr and (shares or cluster.node_subnet or listed):
        message = Message("the VNet belongs to {owner}", owner=Field(subnets.path[:2]))
        fix = Message("remove node_cidr, add a subnet to {subnets}, and write its key as node_subnet", subnets=subnets)
        if not shares and cluster.node_subnet:
            message, fix = Message("node_subnet is {key}", key=key), Message("remove node_cidr")
        elif not shares:
            message = Message("{subnets} already has the subnet {key}", subnets=subnets, key=key)
            fix = Message("remove node_cidr, or rename the subnet {key}", key=key)
        yield Finding(rule=RULE, path=(*at, "node_cidr"), message=message, fix=fix)
    elif not cluster.node_cidr and not listed and (shares or cluster.node_subnet):
        path: Path = (*at, "node_subnet") if cluster.node_subnet else at
        near = closest(key, vnet.subnets) if cluster.node_subnet else ""
        add = Message("add the subnet to {subnets}, and write its key as node_subnet", subnets=subnets)
        yield Finding(
            rule=RULE,
            path=path,
            message=Message("{subnets} has no subnet {key}", subnets=subnets, key=key),
            fix=Message("use {near}", near=near) if near else add,
        )
    elif not cluster.node_cidr and not listed:
        yield Finding(
            rule=RULE,
            path=at,
            message=Message("the cluster has neither node_cidr nor the subnet {nodes}", nodes=key),
            fix=Message("add node_cidr: a free range inside {cidrs}", cidrs=vnet.cidrs),
        )
