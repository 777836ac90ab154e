"""HVN111 spoke-overlap: the ranges of two spokes, or of a spoke and the hub, overlap."""

from collections.abc import Iterator

from hvn.check.free_ranges import RangeFixes
from hvn.check.invalid import valid_part
from hvn.check.overlapping import overlapping, overlaps_message
from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import Field
from hvn.topology.model import Topology
from hvn.topology.ranges import hub_ranges, in_use_ranges, pool_of, spoke_ranges

RULE = Rule(
    id="HVN111",
    name="spoke-overlap",
    reports="A spoke overlaps another spoke, `in_use` (warning), or the hub in an address pool.",
    why="Azure refuses to peer overlapping VNets with each other, or with one hub",
    fix="use a different range of the pool for one of the spokes",
    example="""\
spokes:
  orders:
    cidr: 10.64.128.0/17
    cluster: {node_cidr: 10.64.128.0/20}
""",
    see="https://learn.microsoft.com/azure/virtual-network/virtual-network-peering-overview",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each range inside another range. The message names the widest range that contains it."""
    ranges = dict(valid_part(spoke_ranges(topology)))
    # HVN110 compares the pools with a hub outside them, and HVN112 reports a spoke outside them.
    ranges |= {path: cidr for path, cidr in valid_part(hub_ranges(topology)) if pool_of(topology, cidr)}
    fixes = RangeFixes(topology)
    for wide, narrow, message in overlapping(ranges):
        yield Finding(
            rule=RULE,
            path=narrow,
            message=message,
            fix=fixes.separate(narrow, ranges[narrow], wide, ranges[wide]),
        )
    yield from _of_other_networks(topology, fixes)


def _of_other_networks(topology: Topology, fixes: RangeFixes) -> Iterator[Finding]:
    """Yield a warning for each range of a new VNet that overlaps a range of `in_use`. The other VNet may have
    no peering with this network."""
    used = list(in_use_ranges(topology))
    for path, cidr in valid_part(spoke_ranges(topology)) if used else ():
        other = next((one for one in used if one[1].overlaps(cidr)), None)
        # HVN112 reports a range outside the pools.
        if other and path[2] != "existing" and pool_of(topology, cidr):
            yield Finding(
                rule=RULE,
                level=Level.WARNING,
                path=path,
                message=overlaps_message(cidr, *other),
                fix=Message(
                    "{fix}, or remove the range from {other} if it is for this spoke",
                    fix=fixes.replace(path, cidr.prefixlen),
                    other=Field(other[0]),
                ),
            )
