"""HVN121: the subnets of a VNet are apart."""

from collections import defaultdict
from collections.abc import Iterator
from ipaddress import IPv4Network

from hvn.diagnostics.finding import Breach, Path, Rule, dotted
from hvn.topology.addresses import overlaps
from hvn.topology.model import Topology
from hvn.topology.ranges import subnets

RULE = Rule(
    id="HVN121",
    name="subnet-overlap",
    why="Azure refuses overlapping subnets, when they are applied",
    see="https://learn.microsoft.com/azure/virtual-network/virtual-network-manage-subnet",
)


def check(topology: Topology) -> Iterator[Breach]:
    """Every pair of overlapping subnets of one VNet, reported at the narrower one."""
    by_vnet: dict[str, dict[Path, IPv4Network]] = defaultdict(dict)
    for path, cidr, _ in subnets(topology):
        by_vnet["hub" if path[0] == "hub" else str(path[1])][path] = cidr
    for ranges in by_vnet.values():
        for wide, narrow in overlaps((cidr, path) for path, cidr in ranges.items()):
            yield Breach(
                narrow,
                f"{ranges[narrow]} overlaps {dotted(wide)} {ranges[wide]} (line {{line}})",
                "move one of them",
                other=wide,
            )
