"""HVN101: ranges that are not private cannot be routed through an HVN or a peering."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Breach, Rule
from hvn.topology.addresses import is_private
from hvn.topology.model import Topology
from hvn.topology.ranges import cluster_ranges, spoke_ranges, top_ranges

RULE = Rule(
    id="HVN101",
    name="private-range",
    why="HCP takes an HVN in RFC 1918 and routes to RFC 1918 and 100.64.0.0/10 only, AKS supports no other pods, and "
    "Services hide the addresses of others that they take",
    see="https://developer.hashicorp.com/hcp/docs/hcp/network/hvn-azure/routes",
)


def check(topology: Topology) -> Iterator[Breach]:
    """The HVN in RFC 1918; hub, pools, spokes, pods and Services in RFC 1918 or RFC 6598."""
    for path, cidr in [*top_ranges(topology), *spoke_ranges(topology), *cluster_ranges(topology)]:
        of_hvn = path[0] == "hvn"
        if not is_private(cidr, shared=not of_hvn):
            blocks = "10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16"
            yield Breach(
                path,
                f"{cidr} is not a private range",
                f"choose a range inside {blocks}" if of_hvn else f"choose a range inside {blocks}, or 100.64.0.0/10",
            )
