"""HVN519 load-balancer-unused: the public address of a cluster's load balancer is not used for egress."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.topology import locations
from hvn.topology.cluster_subnets import first_subnet
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN519",
    name="load-balancer-unused",
    level=Level.WARNING,
    reports="A cluster has the outbound type loadBalancer, although its node subnet routes egress to the firewall.",
    why="the route sends all egress to the firewall, so the cluster's public address costs money and carries no egress",
    fix="remove outbound_type, or accept the warning",
    example="""\
spokes:
  payments:
    cluster: {outbound_type: loadBalancer}
""",
    see="https://learn.microsoft.com/azure/aks/egress-outboundtype",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each cluster with a load balancer for egress in a network with a firewall."""
    if locations.firewall_ip(topology) is None:
        return
    for name, spoke in topology.spokes.items():
        if spoke.new_cluster is None or spoke.new_cluster.outbound_type != "loadBalancer":
            continue
        nodes = first_subnet(topology, spoke)
        if nodes and nodes.route == "firewall":
            yield Finding(
                rule=RULE,
                path=("spokes", name, "cluster", "outbound_type"),
                message=Message("the route table of the node subnet of {name} sends egress to the firewall", name=name),
            )
