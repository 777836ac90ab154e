"""The subnets that use the NAT gateway of a spoke or of the hub.

Microsoft describes the priority of a NAT gateway, routes and other outbound access:
https://learn.microsoft.com/azure/nat-gateway/nat-overview
"""

from collections.abc import Iterator

from hvn.topology import locations
from hvn.topology.cluster_subnets import used_subnets
from hvn.topology.model import Firewall, NewHub, Topology
from hvn.topology.shared_vnets import clusters

CLUSTER_TYPE = "userAssignedNATGateway"
"""The outbound type of a cluster that uses the spoke's NAT gateway."""


def of_spoke(topology: Topology, name: str) -> frozenset[str]:
    """Return the keys of a spoke's subnets that use the NAT gateway, `nodes` for the subnet of `node_cidr`."""
    spoke = topology.spokes[name]
    chosen = {key for key in spoke.subnets if spoke.subnet(key).nat_gateway}
    for one in clusters(topology, name).values():
        if one.new_cluster and one.new_cluster.outbound_type == CLUSTER_TYPE:
            chosen |= used_subnets(topology, one)
    return frozenset(chosen)


def of_hub(hub: NewHub) -> Iterator[tuple[str, ...]]:
    """Yield the path, relative to `hub`, of each subnet and firewall that uses the hub's NAT gateway."""
    if isinstance(hub.firewall, Firewall) and hub.firewall.nat_gateway:
        yield ("firewall",)
    if hub.runners.nat_gateway:
        yield ("runners",)
    yield from (("subnets", key) for key in sorted(hub.subnets) if hub.subnet(key).nat_gateway)


def runners_lack_egress(topology: Topology) -> bool:
    """Return whether the runners of a new hub have no firewall, no NAT gateway and no default route of the file. The
    file does not contain a default route that a gateway learns."""
    hub = topology.hub
    if not isinstance(hub, NewHub) or hub.runners.nat_gateway or locations.firewall_ip(topology) is not None:
        return False
    # A route to the internet needs default outbound access or a NAT gateway.
    without = ("internet", "none")
    return not any(one.destination == "0.0.0.0/0" and one.next_hop not in without for one in hub.routes.values())
