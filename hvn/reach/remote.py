"""The remote VNets and the peerings of `peerings`, of the hub and of the spokes, in the network model."""

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Network

from hvn.kinds.network.inputs import NetworkInputs
from hvn.kinds.peerings import VnetPeering
from hvn.reach.network import HUB, REMOTE, Half, Place, UserRoute
from hvn.topology import naming
from hvn.topology.model import HubPeering, NewHub, Topology

Networks = Mapping[str, NetworkInputs]
Halves = dict[tuple[str, str], Half]


class Remotes:
    """The remote VNets of a topology. A VNet with several peerings has the name of the first peering; `hub.peerings`
    come first."""

    def __init__(self, topology: Topology, networks: Networks) -> None:
        self._topology, self._networks = topology, networks
        self._names = {one.vnet_id.casefold(): f"{REMOTE}{key}" for key, one in sorted(topology.hub_peerings.items())}
        for path, peering in _of_spokes(networks):
            if not peering.spoke:
                self._names.setdefault(peering.vnet.id.casefold(), path)

    @property
    def ranges(self) -> Mapping[str, tuple[IPv4Network, ...]]:
        """Return the ranges of each remote VNet by its name."""
        own = {f"{REMOTE}{key}": one.cidrs for key, one in sorted(self._topology.hub_peerings.items())}
        for path, peering in _of_spokes(self._networks):
            if not peering.spoke and self._names[peering.vnet.id.casefold()] == path:
                own[path] = tuple(map(IPv4Network, peering.cidrs))
        return own

    @property
    def places(self) -> Mapping[str, tuple[Place, ...]]:
        """Return the ranges of each remote VNet, then the ranges behind its firewall, by the VNet's name."""
        of_hub = {
            f"{REMOTE}{key}": _places(f"{REMOTE}{key}", naming.parse(one.vnet_id).name, one.all_cidrs)
            for key, one in sorted(self._topology.hub_peerings.items())
        }
        return of_hub | {path: places for path, places in self._of_spokes() if path in self.ranges}

    @property
    def parts(self) -> Mapping[str, tuple[Place, ...]]:
        """Return the places of each peering that is not the first peering of its remote VNet, by the peering's path."""
        return {path: places for path, places in self._of_spokes() if path not in self.ranges}

    def _of_spokes(self) -> Iterator[tuple[str, tuple[Place, ...]]]:
        for path, one in _of_spokes(self._networks):
            if not one.spoke:
                network, cidrs = self._names[one.vnet.id.casefold()], tuple(map(IPv4Network, one.cidrs))
                yield path, _places(network, one.vnet.name, cidrs, path)

    @property
    def halves(self) -> Halves:
        """Return both halves of each peering."""
        new = isinstance(self._topology.hub, NewHub)
        halves: Halves = {}
        for key, peering in self._topology.hub_peerings.items():
            halves |= _of_hub(f"{REMOTE}{key}", peering, new=new)
        for path, one in _of_spokes(self._networks):
            name = path.split(".")[1]
            other = one.spoke or self._names[one.vnet.id.casefold()]
            unknown = "" if one.reverse else f"whether {one.vnet.name} is peered with {name}"
            halves[name, other] = Half(one.accepts_forwarded, unknown)
            halves[other, name] = Half(one.reverse_accepts_forwarded, unknown)
        return halves


def _of_spokes(networks: Networks) -> Iterator[tuple[str, VnetPeering]]:
    """Yield the peerings of the spokes by their paths in the file."""
    for name, inputs in networks.items():
        for peering in inputs.peerings:
            yield f"spokes.{name}.peerings.{peering.key}", peering


def _places(network: str, vnet: str, cidrs: Sequence[IPv4Network], name: str = "") -> tuple[Place, ...]:
    unknown = f"the routes and firewalls of the remote VNet {vnet}"
    return tuple(Place(name=name or network, network=network, cidr=cidr, unknown=unknown) for cidr in cidrs)


def _of_hub(name: str, peering: HubPeering, *, new: bool) -> Halves:
    """Return both halves of a peering of the hub. `new` is true for a new hub: an existing hub's half is unknown."""
    vnet = naming.parse(peering.vnet_id).name
    unknown = "" if peering.reverse else f"whether {vnet} is peered with the hub"
    own = unknown if new else f"the hub's existing peering with {vnet}"
    return {
        (HUB, name): Half(forwarded=peering.firewall is not None, unknown=own),
        (name, HUB): Half(forwarded=True, unknown=own if not new else unknown),
    }


def with_transit(topology: Topology) -> Mapping[str, bool]:
    """Return the remote VNets that may use the hub's gateway. The value is true if this project sets
    `use_remote_gateways` in the remote half."""
    return {
        f"{REMOTE}{key}": peering.reverse
        for key, peering in sorted(topology.hub_peerings.items())
        if peering.allow_gateway_transit
    }


def firewall_routes(topology: Topology) -> tuple[UserRoute, ...]:
    """Return the routes of an existing firewall to the networks behind remote firewalls. The file describes the routes
    of the peerings; the route table is managed outside this project."""
    return tuple(
        UserRoute(cidr, peering.firewall.private_ip)
        for _, peering in sorted(topology.hub_peerings.items())
        if peering.firewall
        for cidr in sorted(peering.firewall.cidrs)
    )
