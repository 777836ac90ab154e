"""The peerings of one file with the hub or the spokes of another file (`hvn check --with`)."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from hvn.diagnostics.finding import Message, Path
from hvn.topology import locations
from hvn.topology.model import NewHub, PeeringWithVnet, Topology
from hvn.topology.ranges import spoke_peerings
from hvn.topology.shared_vnets import vnets

HUB = ""
"""The owner of a peering of the hub."""


@dataclass(frozen=True, slots=True)
class _Peering:
    """A peering of a file with a remote VNet. `owner` is a spoke or HUB. `new` is false for an existing hub."""

    path: Path
    owner: str
    vnet_id: str
    cidrs: frozenset[IPv4Network]
    firewall: IPv4Address | None
    forwarded: bool
    reverse: bool
    new: bool


def differences(one: Topology, other: Topology) -> Iterator[tuple[Path, Message]]:
    """Yield the path and the message of each contradiction between a peering of the first file and the other file. The
    function compares the ranges, the firewall's address, the halves, and whether both halves allow forwarded
    traffic."""
    vnets, back = _vnets(other), list(_peerings(other))
    own = {owner: vnet_id for vnet_id, (owner, _) in _vnets(one).items()}
    for peering in _peerings(one):
        if peering.vnet_id not in vnets:
            continue
        owner, cidrs = vnets[peering.vnet_id]
        if peering.cidrs != cidrs:
            message = Message("the VNet has the ranges {cidrs} in the other file", cidrs=sorted(cidrs))
            yield (*peering.path, "cidrs"), message
        address = locations.firewall_ip(other) if owner == HUB else None
        if peering.firewall and address and peering.firewall != IPv4Address(address):
            message = Message("the firewall has the address {address} in the other file", address=address)
            yield (*peering.path, "firewall", "private_ip"), message
        halves = [half for half in back if half.owner == owner and half.vnet_id == own[peering.owner]]
        yield from ((peering.path, message) for message in _halves(peering, halves))


def _halves(peering: _Peering, halves: list[_Peering]) -> Iterator[Message]:
    """Yield the contradictions between a peering and the other half in the other file."""
    if not halves and not peering.reverse and peering.new:
        yield Message("the other file has no half of this peering: add it there, or set reverse: true here")
    for half in halves:
        if peering.new and half.new and (peering.reverse or half.reverse):
            if peering.reverse and half.reverse:
                yield Message("both files create both halves of this peering: remove reverse in one file")
            else:
                yield Message("both files create a half of this peering: remove reverse, or the peering in one file")
        if peering.forwarded != half.forwarded and peering.owner and half.owner:
            yield Message("only one of the two halves allows forwarded traffic")


def _vnets(topology: Topology) -> dict[str, tuple[str, frozenset[IPv4Network]]]:
    """Return the VNets of a file by their ids, each with its owner and its ranges."""
    by_id = {
        locations.spoke_vnet(topology, name, spoke).id.casefold(): (name, frozenset(spoke.cidrs))
        for name, spoke in vnets(topology).items()
    }
    if locations.has_hub(topology):
        cidrs = frozenset(map(IPv4Network, locations.hub_cidrs(topology)))
        by_id[locations.hub_vnet(topology).id.casefold()] = (HUB, cidrs)
    return by_id


def _peerings(topology: Topology) -> Iterator[_Peering]:
    new = isinstance(topology.hub, NewHub)
    for key, one in sorted(topology.hub_peerings.items()):
        firewall = IPv4Address(str(one.firewall.private_ip)) if one.firewall else None
        yield _Peering(
            ("hub", "peerings", key),
            HUB,
            one.vnet_id.casefold(),
            frozenset(one.cidrs),
            firewall,
            firewall is not None,
            one.reverse,
            new,
        )
    for path, peering in spoke_peerings(topology):
        if isinstance(peering, PeeringWithVnet):
            yield _Peering(
                path,
                str(path[1]),
                peering.vnet_id.casefold(),
                frozenset(peering.cidrs),
                None,
                peering.allow_forwarded_traffic,
                peering.reverse,
                True,
            )
