"""The peerings of `spokes.<spoke>.peerings` with other spokes, in both directions."""

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from ipaddress import IPv4Network

from hvn.topology.model import PeeringWithSpoke, Topology
from hvn.topology.once import once
from hvn.topology.shared_vnets import has_vnet, vnet_owner


@once
def named_in_peerings(topology: Topology) -> Mapping[str, tuple[str, ...]]:
    """Return for each spoke the existing spokes that its `peerings` name, in the order of the keys."""
    return {
        name: tuple(
            one.spoke
            for _, one in sorted(spoke.peerings.items())
            if isinstance(one, PeeringWithSpoke) and has_vnet(topology, one.spoke)
        )
        for name, spoke in topology.spokes.items()
    }


@once
def _named_by(topology: Topology) -> Mapping[str, list[str]]:
    """Return for each spoke the spokes with `peerings` that name it, by name."""
    spokes: dict[str, list[str]] = {}
    for name, others in sorted(named_in_peerings(topology).items()):
        for other in others:
            spokes.setdefault(other, []).append(name)
    return spokes


def peerings_with(topology: Topology, name: str) -> tuple[str, ...]:
    """Return the paths of other spokes' peerings with a spoke."""
    return tuple(
        f"spokes.{other}.peerings.{key}"
        for other, spoke in sorted(topology.spokes.items())
        for key, one in sorted(spoke.peerings.items())
        if isinstance(one, PeeringWithSpoke) and one.spoke == name
    )


def is_repeated(topology: Topology, one: str, other: str) -> bool:
    """Return whether the file lists the peering of two spokes more than once."""
    own = topology.spokes[one].peerings.values()
    others = topology.spokes[other].peerings.values() if other in topology.spokes else ()
    return (
        sum(
            isinstance(peering, PeeringWithSpoke) and peering.spoke == end
            for peerings, end in ((own, other), (others, one))
            for peering in peerings
        )
        > 1
    )


def peered_ranges(topology: Topology, name: str) -> Iterator[tuple[str, tuple[IPv4Network, ...]]]:
    """Yield the ranges of each VNet that is peered with a spoke, apart from the hub: with the other spoke's name, or an
    empty text for a VNet outside the file."""
    for other in dict.fromkeys((*named_in_peerings(topology)[name], *_named_by(topology).get(name, ()))):
        yield other, topology.spokes[other].cidrs
    for _, peering in sorted(topology.spokes[name].peerings.items()):
        if not isinstance(peering, PeeringWithSpoke):
            yield "", peering.cidrs


def spokes_in_order(topology: Topology) -> tuple[str, ...]:
    """Return the spokes by name, each after the spokes in its `peerings` and in `vnet_of`: Azure refuses a peering with
    a VNet that does not exist. HVN450 refuses peerings in a cycle, which have no order."""
    sorter, ordered = _sorter(topology), []
    for name in topology.spokes:
        sorter.add(name, *sorted({vnet_owner(topology, name)} - {name}))
    try:
        sorter.prepare()
    except CycleError:
        return tuple(sorted(topology.spokes))
    while ready := sorted(sorter.get_ready()):
        ordered += ready
        sorter.done(*ready)
    return tuple(ordered)


def cycle(topology: Topology) -> tuple[str, ...]:
    """Return three or more spokes with peerings in a cycle. The cycle begins with its first name by alphabet, and
    each spoke names the next. Return an empty tuple if no cycle exists."""
    try:
        _sorter(topology).prepare()
    except CycleError as error:
        names: list[str] = error.args[1][:0:-1]
        start = names.index(min(names))
        return (*names[start:], *names[:start]) if len(names) > 2 else ()
    return ()


def _sorter(topology: Topology) -> TopologicalSorter[str]:
    sorter = TopologicalSorter[str]()
    for name, others in sorted(named_in_peerings(topology).items()):
        sorter.add(name, *sorted({*others} - {name}))
    return sorter
