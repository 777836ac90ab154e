"""HVN130: a cluster's pod and service ranges hold nothing that its pods must reach."""

from collections import defaultdict
from collections.abc import Iterator
from ipaddress import IPv4Network

from hvn.diagnostics.finding import Breach, Path, Rule, dotted
from hvn.topology.model import Topology
from hvn.topology.ranges import spoke_ranges, top_ranges

RULE = Rule(
    id="HVN130",
    name="cluster-ranges",
    why="traffic to an address in these ranges stays inside the cluster: nothing refuses it, it just never arrives",
    see="https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay",
)


def check(topology: Topology) -> Iterator[Breach]:
    """Pod and service ranges against the HVN, the hub, the pools, the spoke itself, and each other.

    Two clusters may use the same ranges: pods never meet across clusters under overlay.
    """
    # The pools stand for all spokes; a spoke outside of them is HVN112's.
    top = list(top_ranges(topology))
    own: dict[object, list[tuple[Path, IPv4Network]]] = defaultdict(list)
    for path, cidr in spoke_ranges(topology):
        own[path[1]].append((path, cidr))
    for name, spoke in topology.spokes.items():
        if spoke.cluster is None:
            continue
        at = ("spokes", name, "cluster")
        routed = [*top, *own[name]]
        pods, services = spoke.cluster.pod_cidr, spoke.cluster.service_cidr
        for key, cidr in (("pod_cidr", pods), ("service_cidr", services)):
            for path, other in routed:
                if cidr.overlaps(other):
                    yield Breach(
                        (*at, key),
                        f"{cidr} overlaps {dotted(path)} {other} (line {{line}})",
                        "choose a range that is routed nowhere, or leave the key out",
                        other=path,
                    )
                    break
        if pods.overlaps(services):
            yield Breach(
                (*at, "service_cidr"),
                f"{services} overlaps the pod range {pods}",
                "choose ranges that are apart, or leave both keys out",
            )
