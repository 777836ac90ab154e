"""The lines of the file with the rules of network security groups (NSGs)."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from hvn.reach.network import HUB, Network, Place
from hvn.reach.nsg import HUB_NSG
from hvn.topology.model import Topology
from hvn.topology.ranges import rules_of_file

Path = tuple[str, ...]
Lines = tuple[tuple[str, int], ...]


def owner_path(network: str, subnet: str, key: str) -> Path:
    """Return the path of an NSG in the file: a key of `network_security_groups`, or the subnet with its own NSG."""
    if key.startswith(HUB_NSG):
        return (HUB, "network_security_groups", key.removeprefix(HUB_NSG))
    start = (HUB,) if network == HUB else ("spokes", network)
    return (*start, "network_security_groups", key) if key else (*start, "subnets", subnet)


def with_lines(topology: Topology, network: Network, line_of: Callable[[Path], int]) -> Network:
    """Return the network with the lines of the NSG rules in the file."""
    lines: dict[Path, Lines] = {}
    for path, owner in rules_of_file(topology):
        at = tuple(map(str, path))
        lines[at] = tuple((name, line_of((*at, "rules", name))) for name in owner.rules)
    return replace(network, places=_all(network.places, lines), parts=_all(network.parts, lines))


def _all(places: Mapping[str, tuple[Place, ...]], lines: Mapping[Path, Lines]) -> Mapping[str, tuple[Place, ...]]:
    return {name: tuple(_of(place, lines) for place in some) for name, some in places.items()}


def _of(place: Place, lines: Mapping[Path, Lines]) -> Place:
    known = lines.get(place.nsg.path) if place.nsg else None
    return replace(place, nsg=replace(place.nsg, lines=known)) if place.nsg and known else place
