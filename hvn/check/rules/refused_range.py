"""HVN150 refused-range: a range of a cluster overlaps a range that AKS reserves."""

from collections.abc import Iterator
from ipaddress import IPv4Network

from hvn.check.free_ranges import RangeFixes
from hvn.diagnostics.finding import Finding, Message, Path, Rule
from hvn.topology.addresses import AKS_RESERVED, overlap
from hvn.topology.model import Topology
from hvn.topology.ranges import cluster_ranges, spoke_ranges
from hvn.topology.shared_vnets import clusters

RULE = Rule(
    id="HVN150",
    name="refused-range",
    reports="The VNet, pods or Services of a cluster overlap a range that AKS reserves.",
    why="AKS refuses 169.254.0.0/16, 172.30.0.0/16, 172.31.0.0/16 and 192.0.2.0/24",
    fix="use a range that does not overlap the reserved ranges",
    example="""\
spokes:
  payments:
    cluster: {pod_cidr: 172.30.0.0/16}
""",
    see="https://learn.microsoft.com/azure/aks/concepts-network-cni-overlay",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each range of a cluster's VNet, pods or Services that overlaps a reserved range."""
    ranges: list[tuple[Path, IPv4Network]] = [
        (path, cidr) for path, cidr in spoke_ranges(topology) if clusters(topology, str(path[1]))
    ]
    fixes = RangeFixes(topology)
    for path, cidr in [*ranges, *cluster_ranges(topology)]:
        for reserved in AKS_RESERVED:
            if overlap(cidr, reserved):
                yield Finding(
                    rule=RULE,
                    path=path,
                    message=Message("{cidr} overlaps {reserved}, which AKS reserves", cidr=cidr, reserved=reserved),
                    fix=fixes.replace(path, cidr.prefixlen),
                )
