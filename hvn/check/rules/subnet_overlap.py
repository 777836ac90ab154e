"""HVN121 subnet-overlap: two subnets of a VNet overlap."""

from collections import defaultdict
from collections.abc import Iterator
from ipaddress import IPv4Network

from hvn.check.free_ranges import RangeFixes
from hvn.check.overlapping import overlapping, overlaps_message
from hvn.diagnostics.finding import Finding, Message, Path, Rule
from hvn.diagnostics.message import Field
from hvn.topology.model import Topology
from hvn.topology.ranges import subnets, subnets_in_use

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
    for path, cidr, _ in (*subnets(topology), *subnets_in_use(topology)):
        by_vnet[path[:1] if path[0] == "hub" else path[:2]][path] = cidr
    fixes = RangeFixes(topology)
    for ranges in by_vnet.values():
        reported: set[Path] = set()
        for wide, narrow, message in overlapping(ranges):
            path, other = (wide, narrow) if _in_use(narrow) else (narrow, wide)
            existing = "existing" in path  # the nodes of an existing cluster can be in an existing subnet
            if path in reported or (_in_use(other) and existing):
                continue
            reported.add(path)
            fix = fixes.replace(path, ranges[path].prefixlen)
            if _in_use(other):
                message = overlaps_message(ranges[path], other, ranges[other])
                fix = Message("{fix}, or remove {other} if this file created the subnet", fix=fix, other=Field(other))
            yield Finding(rule=RULE, path=path, message=message, fix=fix)


def _in_use(path: Path) -> bool:
    """Return whether the path has a subnet of an existing VNet outside the file."""
    return path[3:4] == ("subnets_in_use",)
