"""HVN111 spoke-overlap: the ranges of two spokes overlap."""

from collections.abc import Iterator

from hvn.check.free_ranges import RangeFixes
from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.diagnostics.message import Field, LineOf
from hvn.topology.addresses import overlaps
from hvn.topology.model import Topology
from hvn.topology.ranges import spoke_ranges

RULE = Rule(
    id="HVN111",
    name="spoke-overlap",
    reports="The ranges of two spokes overlap.",
    why="both VNets are peered with the hub, and the hub can route an address to one of them only",
    fix="give one of the spokes another range of its pool",
    example="""\
spokes:
  orders:
    cidr: 10.64.128.0/17
    cluster: {node_cidr: 10.64.128.0/20}
""",
    see="https://learn.microsoft.com/azure/virtual-network/virtual-network-peering-overview",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each spoke's range inside another spoke's range, with the widest range around it."""
    ranges = dict(spoke_ranges(topology))
    fixes = RangeFixes(topology)
    for wide, narrow in overlaps((cidr, path) for path, cidr in ranges.items()):
        yield Finding(
            rule=RULE,
            path=narrow,
            message=Message(
                "{cidr} overlaps {other} {other_cidr} (line {line})",
                cidr=ranges[narrow],
                other=Field(wide),
                other_cidr=ranges[wide],
                line=LineOf(wide),
            ),
            fix=fixes.separate(narrow, ranges[narrow], wide, ranges[wide]),
        )
