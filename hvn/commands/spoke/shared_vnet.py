"""Choose the fields of a new spoke with a cluster in the VNet of another spoke, and the subnet of its nodes."""

from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import Any

from hvn.check.free_blocks import FreeBlocks
from hvn.commands.spoke.new_spoke import NewCluster, Refused, cluster_fields
from hvn.diagnostics.message import plain_text
from hvn.diagnostics.suggest import unknown
from hvn.topology.model import Topology
from hvn.topology.ranges import subnets, subnets_in_use
from hvn.topology.shared_vnets import vnets


def node_subnet(topology: Topology, name: str, owner: str, size: int) -> IPv4Network:
    """Return the first free range of this prefix length in the VNet of the spoke `owner`. Raises `Refused` if the other
    subnets of an existing VNet are unknown, or if the VNet has no free range."""
    own_vnets = vnets(topology)
    if owner not in own_vnets:
        message, fix = unknown(owner, own_vnets, "spoke with its own VNet")
        raise Refused(plain_text(f"{message}; {fix}"))
    spoke = own_vnets[owner]
    if spoke.existing and not spoke.existing.subnets_in_use:
        raise Refused(
            f"{owner} is an existing VNet, and its other subnets are unknown: list their ranges in "
            f"spokes.{owner}.existing.subnets_in_use"
        )
    if name in spoke.subnets:
        raise Refused(f"spokes.{owner}.subnets.{name} exists: choose another name for the spoke")
    used = [cidr for _, cidr, vnet in (*subnets(topology), *subnets_in_use(topology)) if vnet == spoke.cidrs]
    if cidr := FreeBlocks(spoke.cidrs, used).take(size):
        return cidr
    largest = next((length for length in range(size, 30) if FreeBlocks(spoke.cidrs, used).take(length)), None)
    left = f"the largest free block is a /{largest}" if largest else "it is full"
    key = "existing.cidrs" if spoke.existing else "more_cidrs"
    raise Refused(f"the VNet of {owner} has no free /{size}: {left}; spokes.{owner}.{key} adds a range")


def written(name: str, owner: str, cluster: NewCluster) -> Mapping[str, Any]:
    """Return the spoke's fields for the topology file. The subnet of the nodes has the name of the spoke."""
    return {"vnet_of": owner, "cluster": cluster_fields(name, cluster, {"node_subnet": name})}
