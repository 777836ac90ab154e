"""HVN101 private-range: a range is outside the private address blocks."""

from collections.abc import Iterator

from hvn.check.free_ranges import RangeFixes
from hvn.diagnostics.finding import Finding, Level, Message, Path, Rule
from hvn.topology.addresses import RFC1918, RFC6598, UNROUTED, is_private
from hvn.topology.model import Topology
from hvn.topology.ranges import cluster_ranges, is_remote, pool_of, spoke_ranges, top_ranges

RULE = Rule(
    id="HVN101",
    name="private-range",
    reports=(
        "A range is outside RFC 1918 and RFC 6598 (an error for the HVN, its routes and pods, otherwise a warning)."
    ),
    why="HCP creates an HVN only with a range of RFC 1918, and an HVN routes only to RFC 1918 and 100.64.0.0/10",
    fix="use a range in 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16; all ranges except the HVN may be in 100.64.0.0/10",
    example="""\
hub:
  cidr: 172.40.0.0/22
  firewall: {cidr: 172.40.0.0/26}
  runners: {cidr: 172.40.0.64/27}
""",
    see="https://developer.hashicorp.com/hcp/docs/hcp/network/hvn-azure/routes",
)

WHY = {
    "hvn": Message("HCP creates an HVN only with a range of RFC 1918"),
    # AKS accepts public ranges: https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay
    "pod_cidr": Message("Microsoft supports pods only in RFC 1918 and RFC 6598, although AKS accepts other ranges"),
    "service_cidr": Message("pods cannot reach the public addresses that the Service range contains"),
}
UNROUTABLE = Message("no router forwards packets to these addresses")
ROUTED = Message("an HVN routes only to RFC 1918 and 100.64.0.0/10")
PUBLIC = Message(
    "Azure allows public addresses in a VNet, but machines then cannot reach internet hosts with these addresses"
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for an HVN outside RFC 1918, and for every other range outside RFC 1918 and RFC 6598.

    For a range without a route to the HVN, the rule yields a warning. A finding about a pool also covers the pool's
    spokes without a route to the HVN.
    """
    fixes = RangeFixes(topology)
    for path, cidr in [*top_ranges(topology), *spoke_ranges(topology), *cluster_ranges(topology)]:
        if path[0] == "on_premises":  # a company may use public addresses inside its network
            if any(cidr.overlaps(block) for block in UNROUTED):
                message = Message("{cidr} overlaps the special ranges {blocks}", cidr=cidr, blocks=UNROUTED)
                fix = Message("write the ranges that the network uses")
                yield Finding(rule=RULE, path=path, message=message, why=UNROUTABLE, fix=fix)
            continue
        shared = path[0] != "hvn"
        if is_private(cidr, shared=shared):
            continue
        routed = _needs_private(topology, path)
        if not routed and path[0] == "spokes" and pool_of(topology, cidr):
            continue
        replace = _fix(fixes, path, cidr.prefixlen)
        # AKS accepts public addresses: https://learn.microsoft.com/azure/aks/concepts-network-ip-address-planning
        accepted = path[-1] == "service_cidr" and not any(cidr.overlaps(block) for block in UNROUTED)
        yield Finding(
            rule=RULE,
            level=None if routed and not accepted else Level.WARNING,
            path=path,
            message=Message(
                "{cidr} is outside the private address blocks {blocks}",
                cidr=cidr,
                blocks=(*RFC1918, RFC6598) if shared else RFC1918,
            ),
            why=WHY.get("hvn" if path[0] == "hvn" else str(path[-1]), ROUTED) if routed else PUBLIC,
            fix=replace if routed and not accepted else Message("accept the warning, or {replace}", replace=replace),
        )


def _needs_private(topology: Topology, path: Path) -> bool:
    """Return whether a public range at this path is an error instead of a warning."""
    peering = topology.vault_peering
    if is_remote(path):
        return False
    match path:
        case ("hub", *_):
            return peering is not None
        case ("address_pools", pool):
            return peering is not None and pool in peering.transit_pools
        case ("spokes", str(name), "cidr" | "more_cidrs" | "existing", *_):
            return topology.spokes[name].vault_route != "none"
        case _:
            return True


def _fix(fixes: RangeFixes, path: Path, length: int) -> Message:
    # No private block is larger than 10.0.0.0/8.
    return fixes.replace(path, max(8, length))
