"""HVN110 overlap: the ranges of HVN, hub and address pools overlap."""

from collections.abc import Iterator

from hvn.check.free_ranges import RangeFixes
from hvn.check.overlapping import overlapping
from hvn.diagnostics.finding import Finding, Rule
from hvn.topology.model import Topology
from hvn.topology.ranges import top_ranges

RULE = Rule(
    id="HVN110",
    name="overlap",
    reports="Two ranges of HVN, hub and address pools overlap.",
    why=("only one of the ranges gets the traffic to a shared address, and HCP refuses a route inside another route"),
    fix="change one of the ranges: HVN, hub and pools must not share an address",
    example="""\
hvn:
  cidr: 10.64.0.0/20
""",
    see="https://developer.hashicorp.com/hcp/docs/hcp/network/hvn-azure/routes",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each range of HVN, hub and pools inside another one, with the widest range around it."""
    ranges = dict(top_ranges(topology))
    fixes = RangeFixes(topology)
    for wide, narrow, message in overlapping(ranges):
        yield Finding(
            rule=RULE,
            path=narrow,
            message=message,
            fix=fixes.separate(narrow, ranges[narrow], wide, ranges[wide]),
        )
