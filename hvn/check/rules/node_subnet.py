"""HVN525 node-subnet: a new cluster has both node_cidr and the subnet `nodes`, or neither."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.diagnostics.message import Field
from hvn.topology.model import Topology
from hvn.topology.naming import NODE_SUBNET

RULE = Rule(
    id="HVN525",
    name="node-subnet",
    reports="A new cluster has both node_cidr and the subnet `nodes`, or neither.",
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
        cluster, listed = spoke.new_cluster, NODE_SUBNET in spoke.subnets
        if cluster is None or (cluster.node_cidr is None) == listed:
            continue
        if cluster.node_cidr is None:
            yield Finding(
                rule=RULE,
                path=("spokes", name, "cluster"),
                message=Message("the cluster has neither node_cidr nor the subnet {nodes}", nodes=NODE_SUBNET),
                fix=Message("add node_cidr: a free range inside {cidrs}", cidrs=spoke.cidrs),
            )
        else:
            subnets = Field(("spokes", name, "subnets"))
            yield Finding(
                rule=RULE,
                path=("spokes", name, "cluster", "node_cidr"),
                message=Message("{subnets} already has the subnet {nodes}", subnets=subnets, nodes=NODE_SUBNET),
                fix=Message("remove node_cidr, or rename the subnet {nodes}", nodes=NODE_SUBNET),
            )
