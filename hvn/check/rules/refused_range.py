"""HVN150: ranges that Azure or AKS keeps for itself."""

from collections.abc import Iterator
from ipaddress import IPv4Network

from hvn.diagnostics.finding import Breach, Path, Rule
from hvn.topology.model import Topology
from hvn.topology.ranges import spoke_ranges

RULE = Rule(
    id="HVN150",
    name="refused-range",
    why="AKS refuses these ranges for the VNet, the pods and the Services of a cluster",
    see="https://learn.microsoft.com/azure/aks/concepts-network-cni-overlay",
)

REFUSED = tuple(IPv4Network(cidr) for cidr in ("169.254.0.0/16", "172.30.0.0/16", "172.31.0.0/16", "192.0.2.0/24"))


def check(topology: Topology) -> Iterator[Breach]:
    """Ranges of spokes with a cluster, and of their pods and Services, that touch one of AKS's own."""
    ranges: list[tuple[Path, IPv4Network]] = [
        (path, cidr) for path, cidr in spoke_ranges(topology) if topology.spokes[str(path[1])].cluster
    ]
    for name, spoke in topology.spokes.items():
        if spoke.cluster:
            at = ("spokes", name, "cluster")
            ranges.append(((*at, "pod_cidr"), spoke.cluster.pod_cidr))
            ranges.append(((*at, "service_cidr"), spoke.cluster.service_cidr))
    for path, cidr in ranges:
        for refused in REFUSED:
            if cidr.overlaps(refused):
                yield Breach(path, f"{cidr} touches {refused}, which AKS keeps", f"stay clear of {refused}")
