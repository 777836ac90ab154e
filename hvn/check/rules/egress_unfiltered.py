"""HVN432 egress-unfiltered: no firewall filters the traffic to the internet."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Path, Rule
from hvn.topology import locations
from hvn.topology.model import NewHub, Topology
from hvn.topology.nat import CLUSTER_TYPE

RULE = Rule(
    id="HVN432",
    name="egress-unfiltered",
    level=Level.WARNING,
    reports="The hub has no firewall, or the network has no hub.",
    why="no firewall filters or logs the traffic of machines with a public address or a NAT gateway",
    fix="add a firewall to the hub, or accept the warning",
    example="""\
hub:
  firewall: none
  vault_peering: {transit_pools: null}
spokes:
  analytics: null
""",
    see="https://learn.microsoft.com/azure/aks/egress-outboundtype",
)

NO_HUB = Message("add a hub with a firewall, or accept the warning")
CLUSTERS = Message("nodes and pods reach every host on the internet through a load balancer or a NAT gateway")


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for a hub without a firewall, and for a network without a hub."""
    if locations.firewall_ip(topology) is not None:
        return
    path: Path = ("hub",)
    if locations.has_hub(topology):
        path = ("hub", "firewall") if isinstance(topology.hub, NewHub) else ("hub", "existing", "firewall_private_ip")
    clusters = [
        name
        for name, spoke in topology.spokes.items()
        if spoke.new_cluster and locations.outbound_type(topology, spoke.new_cluster) in ("loadBalancer", CLUSTER_TYPE)
    ]
    yield Finding(
        rule=RULE,
        path=path,
        message=Message("no firewall filters the traffic of {clusters} to the internet", clusters=clusters)
        if clusters
        else Message("no firewall filters traffic to the internet"),
        why=CLUSTERS if clusters else RULE.why,
        fix=RULE.fix if locations.has_hub(topology) else NO_HUB,
    )
