"""Build the boxes of the networks outside the topology: on-premises networks and remote VNets."""

from collections.abc import Iterator

from hvn.graph.picture import Box, Kind
from hvn.reach.network import REMOTE, Network, is_remote
from hvn.topology.model import HubPeering, PeeringWithVnet, Topology
from hvn.topology.naming import parse


def sites(topology: Topology) -> Iterator[Box]:
    """Yield a box for each on-premises network."""
    for site, cidrs in sorted(topology.on_premises.items()):
        yield Box(
            id=f"on_premises.{site}",
            kind=Kind.SITE,
            title=f"on-premises {site}",
            facts=tuple(map(str, sorted(cidrs))),
            existing=True,
            path=("on_premises", site),
        )


def remotes(topology: Topology, network: Network) -> Iterator[Box]:
    """Yield the remote VNets of the hub's peerings, with the routes to the networks behind their firewalls. Then yield
    the remote VNets that only spokes are peered with."""
    for key, peering in sorted(topology.hub_peerings.items()):
        yield Box(
            id=f"{REMOTE}{key}",
            kind=Kind.SITE,
            title=f"remote VNet {parse(peering.vnet_id).name}",
            facts=(*map(str, sorted(peering.cidrs)), *_behind(peering)),
            existing=True,
            path=("hub", "peerings", key),
        )
    for name, cidrs in network.ranges.items():
        if is_remote(name) and not name.startswith(REMOTE):
            _, spoke, _, key = name.split(".")
            own = topology.spokes[spoke].peerings[key]
            yield Box(
                id=name,
                kind=Kind.SITE,
                title=f"remote VNet {parse(own.vnet_id).name if isinstance(own, PeeringWithVnet) else key}",
                facts=tuple(map(str, cidrs)),
                existing=True,
                path=("spokes", spoke, "peerings", key),
            )


def _behind(peering: HubPeering) -> Iterator[str]:
    if peering.firewall:
        yield from (f"{cidr} → {peering.firewall.private_ip}" for cidr in sorted(peering.firewall.cidrs))
