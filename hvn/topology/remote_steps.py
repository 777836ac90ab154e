"""The manual steps for the owners of the remote VNets in `peerings` of the hub and of the spokes."""

from collections.abc import Iterator

from hvn.topology import locations, naming
from hvn.topology.model import NewHub, PeeringWithVnet, Topology
from hvn.topology.ranges import spoke_peerings
from hvn.topology.step import Step


def remote_steps(topology: Topology) -> Iterator[Step]:
    """Yield the steps for each remote VNet: its half of the peering, and its routes to the spokes.

    A peering carries traffic only if both halves exist. Peerings are not transitive, so the remote VNet needs routes to
    the hub's firewall (learn.microsoft.com/azure/firewall/firewall-multi-hub-spoke).
    """
    hub = locations.hub_vnet(topology) if topology.hub_peerings else None
    address = locations.firewall_ip(topology)
    new = isinstance(topology.hub, NewHub)
    for key, peering in sorted(topology.hub_peerings.items()):
        vnet = naming.parse(peering.vnet_id).name
        if hub and new and not peering.reverse:
            transit = " After the gateway exists, set use_remote_gateways." if peering.allow_gateway_transit else ""
            yield Step(
                f"Create a peering from {vnet} to {hub.id} (the remote half of {key}), and allow forwarded traffic."
                f"{transit}",
                "remote",
                after="hub",
            )
        if address:
            pools = ", ".join(map(str, sorted(topology.address_pools.values())))
            where = "the firewall's subnet" if peering.firewall else "the subnets"
            yield Step(
                f"Add routes for {pools} with the next hop {address} to the route table of {where} in {vnet}.", "remote"
            )
    for path, spoke_peering in spoke_peerings(topology):
        if isinstance(spoke_peering, PeeringWithVnet) and not spoke_peering.reverse:
            name, vnet = str(path[1]), naming.parse(spoke_peering.vnet_id).name
            own = locations.spoke_vnet(topology, name, topology.spokes[name])
            forwarded = ", and allow forwarded traffic" if spoke_peering.allow_forwarded_traffic else ""
            yield Step(
                f"Create a peering from {vnet} to {own.id} (the remote half of {path[3]} of {name}){forwarded}.",
                "remote",
                after=f"network-{name}",
            )
