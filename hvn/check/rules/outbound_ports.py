"""HVN524 outbound-ports: a load balancer has too few SNAT ports for the nodes, or serves no cluster."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.topology import locations
from hvn.topology.model import Topology
from hvn.topology.model.load_balancer import PORTS

RULE = Rule(
    id="HVN524",
    name="outbound-ports",
    reports="A cluster has load_balancer with a different outbound type, or with too few SNAT ports for max_count and "
    "an upgrade's surge.",
    why="only the outbound type loadBalancer uses the settings, and AKS refuses nodes without ports",
    fix="increase public_ips, or reduce ports_per_node",
    example="""\
spokes:
  payments:
    cluster: {load_balancer: {public_ips: 2}}
""",
    see="https://learn.microsoft.com/azure/aks/configure-load-balancer-standard",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each cluster with an unused load balancer, or with too few ports."""
    for name, spoke in topology.spokes.items():
        cluster = spoke.new_cluster
        if cluster is None or cluster.load_balancer is None:
            continue
        path = ("spokes", name, "cluster", "load_balancer")
        type_ = locations.outbound_type(topology, cluster)
        if type_ != "loadBalancer":
            yield Finding(
                rule=RULE,
                path=path,
                message=Message("the outbound type is {type}", type=type_),
                fix=Message("write outbound_type: loadBalancer, or remove load_balancer"),
            )
            continue
        settings = cluster.load_balancer
        nodes = sum(pool.most_nodes for pool in cluster.pools.values())
        needed, ports = nodes * settings.ports_per_node, settings.public_ips * PORTS
        if needed > ports:
            yield Finding(
                rule=RULE,
                path=(*path, "ports_per_node"),
                message=Message(
                    "{nodes} nodes need {needed} ports, and the load balancer has {ports}",
                    nodes=nodes,
                    needed=needed,
                    ports=ports,
                ),
            )
