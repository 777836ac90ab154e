"""HVN130 cluster-ranges: a cluster's pod or Service range contains addresses that its pods must reach."""

from collections import defaultdict
from collections.abc import Iterator
from ipaddress import IPv4Network

from hvn.check.free_ranges import RangeFixes
from hvn.diagnostics.finding import Finding, Message, Path, Rule
from hvn.diagnostics.message import Field, LineOf
from hvn.topology.addresses import overlap
from hvn.topology.model import ExistingCluster, Topology
from hvn.topology.ranges import spoke_ranges, top_ranges
from hvn.topology.shared_vnets import vnet_owner

RULE = Rule(
    id="HVN130",
    name="cluster-ranges",
    reports="A cluster's pod and Service ranges overlap each other, or a network that the pods must reach.",
    why="pods cannot reach an address in both ranges: the packets stay inside the cluster, without an error",
    fix="remove pod_cidr and service_cidr to use the defaults, or use ranges outside all networks of this file",
    example="""\
spokes:
  payments:
    cluster: {service_cidr: 10.0.0.0/16}
""",
    see="https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay",
)

APART = Message("AKS needs separate ranges for pods and Services: an address cannot belong to both")


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each pod or Service range that overlaps the other range, or a network that the pods must
    reach.

    Two clusters may use the same ranges: Azure does not route overlay addresses between clusters.
    """
    # The pools contain all spokes; HVN112 reports a spoke outside them.
    top = list(top_ranges(topology))
    own: dict[object, list[tuple[Path, IPv4Network]]] = defaultdict(list)
    for path, cidr in spoke_ranges(topology):
        own[path[1]].append((path, cidr))
    fixes = RangeFixes(topology)
    for name, spoke in topology.spokes.items():
        of_vnet = own[vnet_owner(topology, name)]
        if isinstance(spoke.cluster, ExistingCluster):
            yield from _existing(name, spoke.cluster, [*top, *of_vnet], fixes)
        if spoke.new_cluster is None:
            continue
        at = ("spokes", name, "cluster")
        pods, services = spoke.new_cluster.pod_cidr, spoke.new_cluster.service_cidr
        own_range = spoke.new_cluster.pod_range is not None
        for key, cidr in (*((("pod_cidr", pods),) if own_range else ()), ("service_cidr", services)):
            overlapped = next((routed for routed in (*top, *of_vnet) if overlap(cidr, routed[1])), None)
            if overlapped:
                other, other_cidr = overlapped
                yield Finding(
                    rule=RULE,
                    path=(*at, key),
                    message=Message(
                        "{cidr} overlaps {other} {other_cidr} (line {line})"
                        if key in spoke.new_cluster.model_fields_set
                        else "the default {cidr} overlaps {other} {other_cidr} (line {line})",
                        cidr=cidr,
                        other=Field(other),
                        other_cidr=other_cidr,
                        line=LineOf(other),
                    ),
                    fix=fixes.replace((*at, key), cidr.prefixlen),
                )
        if own_range and pods.overlaps(services):
            yield Finding(
                rule=RULE,
                path=(*at, "service_cidr"),
                message=Message("{services} overlaps pod_cidr {pods}", services=services, pods=pods),
                why=APART,
                fix=fixes.replace((*at, "service_cidr"), services.prefixlen),
            )


def _existing(
    name: str, cluster: ExistingCluster, routed: list[tuple[Path, IPv4Network]], fixes: RangeFixes
) -> Iterator[Finding]:
    """Yield a finding if the overlay of an existing cluster overlaps the HVN, the hub or the spoke.

    The rule ignores other overlaps, because the cluster's owner has accepted them.
    """
    path, cidr = ("spokes", name, "cluster", "existing", "pod_cidr"), cluster.existing.pod_cidr
    for other, other_cidr in routed:
        if cidr and other[0] in ("hvn", "hub", "spokes") and cidr.overlaps(other_cidr):
            yield Finding(
                rule=RULE,
                path=path,
                message=Message(
                    "{cidr} overlaps {other} {other_cidr} (line {line})",
                    cidr=cidr,
                    other=Field(other),
                    other_cidr=other_cidr,
                    line=LineOf(other),
                ),
                fix=fixes.separate(path, cidr, other, other_cidr),
            )
            return
