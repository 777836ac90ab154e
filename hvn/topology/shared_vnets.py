"""The spokes without their own VNet: with `vnet_of`, the cluster of a spoke is in the VNet of another spoke."""

from collections.abc import Mapping

from hvn.topology.model import Spoke, Topology
from hvn.topology.once import once


def vnet_owner(topology: Topology, name: str) -> str:
    """Return the name of the spoke with the VNet of a spoke: `vnet_of`, or the spoke itself."""
    spoke = topology.spokes[name]
    return spoke.vnet_of if spoke.vnet_of and with_vnet(topology, spoke) is not spoke else name


def with_vnet(topology: Topology, spoke: Spoke) -> Spoke:
    """Return the spoke with the VNet of a spoke. HVN320 refuses an unknown spoke in `vnet_of`."""
    other = topology.spokes.get(spoke.vnet_of) if spoke.vnet_of else None
    return other if other and other.vnet_of is None else spoke


def has_vnet(topology: Topology, name: str) -> bool:
    """Return whether the topology has a spoke of this name with its own VNet."""
    return name in topology.spokes and not topology.spokes[name].vnet_of


def lacks_vnet(topology: Topology, name: str) -> bool:
    """Return whether `vnet_of` of a spoke names no VNet of the file. HVN320 reports this."""
    return bool(topology.spokes[name].vnet_of) and vnet_owner(topology, name) == name


def sharing(topology: Topology, name: str) -> tuple[str, ...]:
    """Return the names of the spokes that share the VNet of a spoke."""
    return _sharing(topology).get(name, ())


@once
def _sharing(topology: Topology) -> Mapping[str, tuple[str, ...]]:
    names: dict[str, tuple[str, ...]] = {}
    for name, spoke in sorted(topology.spokes.items()):
        if spoke.vnet_of:
            names[spoke.vnet_of] = (*names.get(spoke.vnet_of, ()), name)
    return names


def clusters(topology: Topology, name: str) -> Mapping[str, Spoke]:
    """Return the spokes with a cluster in the VNet of a spoke, its own first; empty for a spoke without its own
    VNet."""
    if topology.spokes[name].vnet_of:
        return {}
    spokes = {one: topology.spokes[one] for one in (name, *sharing(topology, name))}
    return {one: spoke for one, spoke in spokes.items() if spoke.cluster}


def vnets(topology: Topology) -> Mapping[str, Spoke]:
    """Return the spokes with their own VNet, in the order of their names."""
    return {name: spoke for name, spoke in sorted(topology.spokes.items()) if not spoke.vnet_of}
