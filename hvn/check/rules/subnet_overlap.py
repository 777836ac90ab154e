"""HVN121 subnet-overlap: two subnets of a VNet overlap."""

from collections import defaultdict
from collections.abc import Iterator
from ipaddress import IPv4Network

from hvn.check.free_ranges import RangeFixes
from hvn.check.overlapping import overlapping
from hvn.diagnostics.finding import Finding, Path, Rule
from hvn.topology.model import Topology
from hvn.topology.ranges import subnets

RULE = Rule(
    id="HVN121",
    name="subnet-overlap",
    reports="Two subnets of a VNet overlap.",
    why="Azure refuses the second subnet, but only at apply",
    fix="use a free range of the VNet for one of the subnets",
    example="""\
hub:
  runners: {cidr: 10.0.0.32/27}
""",
    see="https://learn.microsoft.com/azure/virtual-network/virtual-network-manage-subnet",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each subnet inside another subnet. The message names the widest subnet that contains it."""
    by_vnet: dict[Path, dict[Path, IPv4Network]] = defaultdict(dict)
    for path, cidr, _ in subnets(topology):
        by_vnet[path[:1] if path[0] == "hub" else path[:2]][path] = cidr
    fixes = RangeFixes(topology)
    for ranges in by_vnet.values():
        for _, narrow, message in overlapping(ranges):
            yield Finding(
                rule=RULE,
                path=narrow,
                message=message,
                fix=fixes.replace(narrow, ranges[narrow].prefixlen),
            )
