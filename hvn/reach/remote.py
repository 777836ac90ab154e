"""The remote VNets of `hub.peerings` in the network model."""

from collections.abc import Mapping

from hvn.reach.network import HUB, REMOTE, Half, Place
from hvn.topology import naming
from hvn.topology.model import HubPeering, Topology


def remote_places(topology: Topology) -> Mapping[str, tuple[Place, ...]]:
    """Return the ranges of each remote VNet, then the ranges behind its firewall."""
    return {f"{REMOTE}{key}": tuple(_places(key, one)) for key, one in sorted(topology.hub_peerings.items())}


def _places(key: str, peering: HubPeering) -> list[Place]:
    name = f"{REMOTE}{key}"
    unknown = f"the routes and firewalls of the remote VNet {naming.parse(peering.vnet_id).name}"
    return [Place(name=name, network=name, cidr=cidr, unknown=unknown) for cidr in peering.all_cidrs]


def remote_halves(key: str, peering: HubPeering) -> Mapping[tuple[str, str], Half]:
    """Return both halves of a peering with a remote VNet."""
    name = f"{REMOTE}{key}"
    unknown = "" if peering.reverse else f"whether {naming.parse(peering.vnet_id).name} is peered with the hub"
    return {
        (HUB, name): Half(forwarded=peering.firewall is not None, unknown=unknown),
        (name, HUB): Half(forwarded=True, unknown=unknown),
    }
