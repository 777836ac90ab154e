"""The sources and destinations of firewall rules: objects of the file by their paths, and ranges."""

from collections.abc import Iterator
from ipaddress import IPv4Network

from hvn.topology.cluster_subnets import vnet_addresses
from hvn.topology.model import NewHub, Spoke, Topology
from hvn.topology.once import once
from hvn.topology.ranges import pool_addresses, runners

VAULT = "vault"
RUNNERS = "hub.runners"
HUB_SUBNET = "hub.subnets."


def ranges_of(topology: Topology, place: str) -> tuple[IPv4Network, ...] | None:
    """Return the ranges of a source or destination; None for an object that the file does not have."""
    known = _known(topology)
    if place not in known:
        known[place] = _ranges(topology, place)
    return known[place]


@once
def _known(_topology: Topology) -> dict[str, tuple[IPv4Network, ...] | None]:
    """Return the dictionary in which `ranges_of` keeps the ranges of each place, because many rules share them."""
    return {}


def _ranges(topology: Topology, place: str) -> tuple[IPv4Network, ...] | None:
    if place[:1].isdigit():
        return (IPv4Network(place),)
    if place.startswith(HUB_SUBNET):
        name, hub = place.removeprefix(HUB_SUBNET), topology.hub
        return (hub.subnet(name).cidr,) if isinstance(hub, NewHub) and name in hub.subnets else None
    match place.split(".", 3):  # the name of a subnet may have dots
        case ["vault"]:
            return topology.hvn.cidrs
        case ["hub", "runners"]:
            cidr = runners(topology)
            return (cidr,) if cidr else None
        case ["hub", "peerings", name] if name in topology.hub_peerings:
            return topology.hub_peerings[name].all_cidrs
        case ["address_pools", name] if name in topology.address_pools:
            return tuple(pool_addresses(topology, name))
        case ["on_premises", name] if name in topology.on_premises:
            return topology.on_premises[name]
        case ["spokes", name, *inside] if name in topology.spokes:
            return _in_spoke(topology, topology.spokes[name], inside)
    return None


def _in_spoke(topology: Topology, spoke: Spoke, inside: list[str]) -> tuple[IPv4Network, ...] | None:
    match inside:
        case [] if not spoke.vnet_of:
            return spoke.cidrs
        case ["cluster"] if spoke.cluster:
            return vnet_addresses(topology, spoke)
        case ["subnets", subnet] if subnet in spoke.subnets:
            return (spoke.subnet(subnet).cidr,)
    return None


def objects(topology: Topology) -> Iterator[str]:
    """Yield the paths of all objects that a rule can name."""
    yield from (VAULT, RUNNERS) if runners(topology) else (VAULT,)
    if isinstance(topology.hub, NewHub):
        yield from (f"{HUB_SUBNET}{name}" for name in topology.hub.subnets)
    yield from (f"hub.peerings.{name}" for name in topology.hub_peerings)
    yield from (f"address_pools.{name}" for name in topology.address_pools)
    yield from (f"on_premises.{name}" for name in topology.on_premises)
    for name, spoke in topology.spokes.items():
        if not spoke.vnet_of:
            yield f"spokes.{name}"
        if spoke.cluster:
            yield f"spokes.{name}.cluster"
        yield from (f"spokes.{name}.subnets.{subnet}" for subnet in spoke.subnets)
