"""HVN120: a subnet lies in its VNet."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Breach, Rule
from hvn.topology.model import Topology
from hvn.topology.ranges import subnets

RULE = Rule(
    id="HVN120",
    name="subnet-outside-vnet",
    why="Azure refuses a subnet outside its VNet, when it is applied",
    see="https://learn.microsoft.com/azure/virtual-network/virtual-network-manage-subnet",
)


def check(topology: Topology) -> Iterator[Breach]:
    """Subnets that do not lie in one range of their VNet."""
    for path, cidr, vnet in subnets(topology):
        # Without any range HVN303 says so.
        if vnet and not any(cidr.subnet_of(each) for each in vnet):
            ranges = ", ".join(str(each) for each in vnet)
            yield Breach(path, f"{cidr} does not lie in its VNet, {ranges}", f"choose a range inside {ranges}")
