"""HVN101 private-range: a range is outside the private address blocks."""

from collections.abc import Iterator

from hvn.check.free_ranges import RangeFixes
from hvn.diagnostics.finding import Finding, Message, Path, Rule
from hvn.topology.addresses import RFC1918, RFC6598, is_private
from hvn.topology.model import Topology
from hvn.topology.ranges import cluster_ranges, spoke_ranges, top_ranges

RULE = Rule(
    id="HVN101",
    name="private-range",
    reports="A range is outside the private address blocks of RFC 1918 and RFC 6598.",
    why="HCP creates an HVN only in RFC 1918 and routes only to RFC 1918 and 100.64.0.0/10",
    fix="use a range in 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16, or, except for the HVN, in 100.64.0.0/10",
    example="""\
hub:
  cidr: 172.40.0.0/22
  firewall: {cidr: 172.40.0.0/26}
  runners: {cidr: 172.40.0.64/27}
""",
    see="https://developer.hashicorp.com/hcp/docs/hcp/network/hvn-azure/routes",
)

WHY = {
    "hvn": Message("HCP creates an HVN only in RFC 1918"),
    "pod_cidr": Message("AKS supports pods only in private ranges"),
    "service_cidr": Message("pods cannot reach the public addresses that a range of Services covers"),
}
ROUTED = Message("an HVN routes only to RFC 1918 and 100.64.0.0/10")


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for an HVN outside RFC 1918, and for each other range outside RFC 1918 and RFC 6598."""
    fixes = RangeFixes(topology)
    for path, cidr in [*top_ranges(topology), *spoke_ranges(topology), *cluster_ranges(topology)]:
        shared = path[0] != "hvn"
        if not is_private(cidr, shared=shared):
            yield Finding(
                rule=RULE,
                path=path,
                message=Message(
                    "{cidr} is outside the private address blocks {blocks}",
                    cidr=cidr,
                    blocks=(*RFC1918, RFC6598) if shared else RFC1918,
                ),
                why=WHY.get("hvn" if path[0] == "hvn" else str(path[-1]), ROUTED),
                fix=_fix(fixes, path, cidr.prefixlen),
            )


def _fix(fixes: RangeFixes, path: Path, length: int) -> Message:
    # No private block is larger than 10.0.0.0/8.
    return fixes.replace(path, max(8, length))
