"""HVN111: spokes must be apart."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Breach, Rule, dotted
from hvn.topology.addresses import overlaps
from hvn.topology.model import Topology
from hvn.topology.ranges import spoke_ranges

RULE = Rule(
    id="HVN111",
    name="spoke-overlap",
    why="both are peered with the hub, and it can route an address to one of them only",
    see="https://learn.microsoft.com/azure/virtual-network/virtual-network-peering-overview",
)


def check(topology: Topology) -> Iterator[Breach]:
    """Every pair of overlapping spokes, reported at the narrower one."""
    ranges = dict(spoke_ranges(topology))
    for wide, narrow in overlaps((cidr, path) for path, cidr in ranges.items()):
        yield Breach(
            narrow,
            f"{ranges[narrow]} overlaps {dotted(wide)} {ranges[wide]} (line {{line}})",
            "give one of them another range of its pool",
            other=wide,
        )
