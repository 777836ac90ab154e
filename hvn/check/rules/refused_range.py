"""HVN150 refused-range: a range of a cluster or DNS resolver overlaps a reserved range."""

from collections.abc import Iterator
from ipaddress import IPv4Network

from hvn.check.free_ranges import RangeFixes
from hvn.diagnostics.finding import Finding, Level, Message, Path, Rule
from hvn.topology.addresses import AKS_RESERVED, RESOLVER_RESERVED, overlap
from hvn.topology.model import Topology
from hvn.topology.ranges import cluster_ranges, spoke_ranges, subnets_of_file
from hvn.topology.shared_vnets import clusters

RULE = Rule(
    id="HVN150",
    name="refused-range",
    reports="The VNet, pods or Services of a cluster, or a DNS resolver's subnet (warning), overlap a reserved range.",
    why="AKS refuses 169.254.0.0/16, 172.30.0.0/16, 172.31.0.0/16 and 192.0.2.0/24",
    fix="use a range that does not overlap the reserved ranges",
    example="""\
spokes:
  payments:
    cluster: {pod_cidr: 172.30.0.0/16}
""",
    see="https://learn.microsoft.com/azure/aks/concepts-network-cni-overlay",
)
RESOLVER = "Microsoft.Network/dnsResolvers"
NO_ENDPOINT = Message("an endpoint of Azure DNS Private Resolver cannot use 10.0.1.0 to 10.0.16.255")
RESOLVER_PAGE = "https://learn.microsoft.com/azure/dns/dns-private-resolver-overview#subnet-restrictions"


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each range of a cluster's VNet, pods or Services, and each subnet of a DNS resolver, that
    overlaps a reserved range."""
    yield from _clusters(topology)
    yield from _resolvers(topology)


def _clusters(topology: Topology) -> Iterator[Finding]:
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


def _resolvers(topology: Topology) -> Iterator[Finding]:
    fixes = RangeFixes(topology, avoid=RESOLVER_RESERVED)
    for path, subnet in subnets_of_file(topology):
        reserved = subnet.delegation == RESOLVER and next(filter(subnet.cidr.overlaps, RESOLVER_RESERVED), None)
        if reserved:
            yield Finding(
                rule=RULE,
                # Public examples use these ranges.
                level=Level.WARNING,
                path=(*path, "cidr"),
                message=Message(
                    "{cidr} overlaps {reserved}, which Azure DNS Private Resolver reserves",
                    cidr=subnet.cidr,
                    reserved=reserved,
                ),
                why=NO_ENDPOINT,
                see=RESOLVER_PAGE,
                fix=fixes.replace((*path, "cidr"), subnet.cidr.prefixlen),
            )
