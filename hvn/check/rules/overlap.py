"""HVN110: the ranges that are routed at the top must be apart: HVN, hub and pools."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Breach, Rule, dotted
from hvn.topology.addresses import overlaps
from hvn.topology.model import Topology
from hvn.topology.ranges import top_ranges

RULE = Rule(
    id="HVN110",
    name="overlap",
    why="an address in both could be routed to one of them only, and HCP refuses a route inside another",
    see="https://developer.hashicorp.com/hcp/docs/hcp/network/hvn-azure/routes",
)


def check(topology: Topology) -> Iterator[Breach]:
    """Every pair of overlapping ranges, reported at the narrower one."""
    ranges = dict(top_ranges(topology))
    for wide, narrow in overlaps((cidr, path) for path, cidr in ranges.items()):
        yield Breach(
            narrow,
            f"{ranges[narrow]} overlaps {dotted(wide)} {ranges[wide]} (line {{line}})",
            "move one of them: HVN, hub and pools must not share an address",
            other=wide,
        )
