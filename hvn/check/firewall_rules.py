"""The firewall rules of a file with their paths, and the reasons why traffic bypasses the firewall."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from enum import Enum
from ipaddress import IPv4Network
from typing import NamedTuple

from hvn.diagnostics.finding import Message, Path
from hvn.topology.addresses import UNROUTED, is_private
from hvn.topology.model import FirewallRule, NewHub, PeeringWithVnet, Topology
from hvn.topology.once import once
from hvn.topology.ranges import is_remote, routes_of_file, top_ranges
from hvn.topology.spoke_peerings import named_in_peerings


class Written(NamedTuple):
    """A rule of the file with its path and its owner: the spoke's name, or an empty string for the hub."""

    path: Path
    rule: FirewallRule
    owner: str


@once
def written(topology: Topology) -> tuple[Written, ...]:
    """Return the rules of the hub, then the rules of the spokes, in the order of the file."""
    return tuple(_written(topology))


def _written(topology: Topology) -> Iterator[Written]:
    for name, rule in topology.shared_rules.items():
        yield Written(("hub", "firewall_rules", name), rule, "")
    for owner, spoke in topology.spokes.items():
        for name, rule in spoke.firewall_rules.items():
            yield Written(("spokes", owner, "firewall_rules", name), rule, owner)


class Net(Enum):
    """A kind of network, as source or destination of traffic."""

    SPOKE = "spokes"
    POOL = "address_pools"
    HUB = "hub"
    HVN = "hvn"
    SITE = "on_premises"
    REMOTE = "hub.peerings"
    REMOTE_OF_SPOKE = "spokes.peerings"
    INTERNET = "internet"
    UNKNOWN = "unknown"


class Zone(NamedTuple):
    """A network of the file by its kind and name, the internet, or a private range outside all networks of the file."""

    net: Net
    name: str = ""


def _zone(path: Path) -> Zone:
    """Return the network with the range at `path` of the file."""
    if is_remote(path):
        return Zone(Net.REMOTE, str(path[2])) if path[0] == "hub" else Zone(Net.REMOTE_OF_SPOKE)
    return Zone(Net(str(path[0])), str(path[1]) if path[0] == "on_premises" else "")


def _outside(cidr: IPv4Network) -> Zone:
    nobody = is_private(cidr, shared=True) or any(cidr.subnet_of(block) for block in UNROUTED)
    return Zone(Net.UNKNOWN if nobody else Net.INTERNET)


class Zones:
    """Finds the networks that contain or overlap a source or destination."""

    def __init__(self, topology: Topology) -> None:
        self._topology = topology
        ranges = [(cidr, Zone(Net.SPOKE, name)) for name, one in topology.spokes.items() for cidr in one.cidrs]
        pools = []
        for path, cidr in top_ranges(topology):
            if path[0] == "address_pools":
                pools.append((cidr, Zone(Net.POOL, str(path[1]))))
            else:
                ranges.append((cidr, _zone(path)))
        # In a valid file, only pools overlap other ranges.
        self._ranges = sorted(ranges, key=lambda item: int(item[0].network_address))
        self._starts = [int(cidr.network_address) for cidr, _ in self._ranges]
        self._pools = pools
        self._known: dict[str, tuple[Zone, ...]] = {}
        self._peered = set()
        for name, others in named_in_peerings(topology).items():
            self._peered |= {pair for other in others for pair in ((name, other), (other, name))}
        # These networks have user-defined routes to the firewall, so the firewall may receive their traffic with the
        # hub and within the VNet.
        self._routed = {
            Zone(Net(str(path[0])), str(path[1]) if path[0] == "spokes" else "")
            for path, routes in routes_of_file(topology)
            if any(route.next_hop == "firewall" for route in routes.values())
        }

    def of(self, place: str) -> tuple[Zone, ...]:
        """Return the networks of a source or destination. HVN420 refuses unknown objects earlier."""
        if place not in self._known:
            self._known[place] = self._of(place)
        return self._known[place]

    def _of(self, place: str) -> tuple[Zone, ...]:
        match place.split(".", 3):
            case ["vault"]:
                return (Zone(Net.HVN),)
            case ["hub", "peerings", name]:
                return (Zone(Net.REMOTE, name),)
            case ["hub", *_]:
                return (Zone(Net.HUB),)
            case ["spokes" | "address_pools" | "on_premises" as section, name, *_]:
                return (Zone(Net(section), name),)
        cidr = IPv4Network(place)
        networks = self.overlapping(cidr)
        zones = tuple(zone for _, zone in networks)
        return zones if any(cidr.subnet_of(range_) for range_, _ in networks) else (*zones, _outside(cidr))

    def overlapping(self, cidr: IPv4Network) -> list[tuple[IPv4Network, Zone]]:
        """Return the networks of the file that a range overlaps. If the range overlaps no network, return the pools
        that it overlaps."""
        first, last = int(cidr.network_address), int(cidr.broadcast_address)
        begin = max(bisect_right(self._starts, first) - 1, 0)
        near = self._ranges[begin : bisect_left(self._starts, last + 1)]
        networks = [item for item in near if item[0].overlaps(cidr)]
        return networks or [item for item in self._pools if item[0].overlaps(cidr)]

    def bypass(self, source: Zone, destination: Zone) -> Message | None:
        """Return the reason why packets between two networks bypass the firewall or have no route, or None."""
        nets = (source.net, destination.net)
        if Net.REMOTE_OF_SPOKE in nets:
            return Message("only the peered spokes reach this VNet, and this traffic bypasses the firewall")
        match nets:
            case (Net.UNKNOWN | Net.INTERNET, _):
                return Message("this source does not belong to a network that sends packets to the firewall")
            case (_, Net.UNKNOWN):
                return Message(
                    "this destination is not in a network of this file, so the hub has no route to this destination"
                )
            case (Net.HUB, Net.HUB | Net.SPOKE | Net.POOL) | (Net.SPOKE, Net.HUB | Net.SPOKE) if source in self._routed:
                return None
            case (Net.HUB, Net.REMOTE) | (Net.REMOTE, Net.HUB):
                remote = source if source.net is Net.REMOTE else destination
                if self._topology.hub_peerings[remote.name].firewall or source in self._routed:
                    return None
                return Message("traffic between the hub's VNet and its peers bypasses the firewall")
            case (Net.REMOTE, Net.REMOTE) if source == destination:
                return Message("traffic between networks of one peering bypasses this firewall")
            case (Net.SPOKE, Net.SPOKE) if source == destination:
                return Message("traffic inside a VNet bypasses the firewall")
            case (Net.SPOKE, Net.SPOKE) if (source.name, destination.name) in self._peered:
                return Message(
                    "{source} and {destination} are peered, and traffic between peered VNets bypasses the firewall",
                    source=source.name,
                    destination=destination.name,
                )
            case (Net.SPOKE, Net.REMOTE) | (Net.REMOTE, Net.SPOKE):
                spoke, remote = (source, destination) if source.net is Net.SPOKE else (destination, source)
                if self._has_peering(spoke.name, remote.name) and source not in self._routed:
                    return Message("traffic between peered VNets bypasses the firewall")
            case (Net.HUB, Net.HUB | Net.SPOKE | Net.POOL | Net.HVN) | (Net.SPOKE | Net.POOL, Net.HUB):
                return Message("traffic between the hub's VNet and its peers bypasses the firewall")
            case (Net.SPOKE, Net.SITE) | (Net.SITE, Net.SPOKE):
                spoke = source if source.net is Net.SPOKE else destination
                if self._topology.spokes[spoke.name].bgp_route_propagation:
                    return Message(
                        "{spoke} has bgp_route_propagation, so its on-premises traffic bypasses the firewall",
                        spoke=spoke.name,
                    )
            case (Net.SITE, Net.SITE) if isinstance(self._topology.hub, NewHub):
                # The routes of an existing GatewaySubnet are unknown.
                return Message("GatewaySubnet has no route to an on-premises network through the firewall")
            case (Net.SITE, Net.REMOTE) | (Net.REMOTE, Net.SITE) if isinstance(self._topology.hub, NewHub):
                return Message("GatewaySubnet has no route to a VNet of hub.peerings through the firewall")
            case (_, Net.HVN) | (Net.HVN, _):
                return self._bypass_hvn(source if destination.net is Net.HVN else destination)
        return None

    def _has_peering(self, spoke: str, remote: str) -> bool:
        """Return whether a spoke has its own peering with a VNet of `hub.peerings`."""
        vnet = self._topology.hub_peerings[remote].vnet_id.casefold()
        peerings = self._topology.spokes[spoke].peerings.values()
        return any(isinstance(one, PeeringWithVnet) and one.vnet_id.casefold() == vnet for one in peerings)

    def _bypass_hvn(self, other: Zone) -> Message | None:
        peering = self._topology.vault_peering
        transit = set(peering.transit_pools) if peering else set()
        if other.net is Net.POOL:
            return (
                None
                if other.name in transit
                else Message(
                    "{pool} is not a transit pool, so its traffic with the HVN bypasses the firewall",
                    pool=other.name,
                )
            )
        if other.net is Net.SPOKE:
            match self._topology.spokes[other.name].vault_route:
                case "via-hub":
                    return None
                case "direct":
                    template = (
                        "{spoke} has its own peering with the HVN, so its traffic with the HVN bypasses the firewall"
                    )
                    return Message(template, spoke=other.name)
                case _:
                    return Message("the HVN has no route to {spoke}: its vault_route is none", spoke=other.name)
        if other.net is Net.SITE and peering and other.name in peering.on_premises:
            return None
        return Message("the HVN has no route to this network")
