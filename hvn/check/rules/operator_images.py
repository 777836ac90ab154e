"""HVN406: clusters whose operator has nowhere to get its images from."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Breach, Level, Rule
from hvn.topology.hosts import is_allowed
from hvn.topology.model import VSO_IMAGE_HOSTS, NewHub, Topology

RULE = Rule(
    id="HVN406",
    name="operator-images",
    level=Level.WARNING,
    why="the operator's images could not be pulled, and its release would be rolled back after minutes",
    see="https://learn.microsoft.com/azure/aks/outbound-rules-control-egress",
)


def check(topology: Topology) -> Iterator[Breach]:
    """Clusters with apps and without a mirror, where hub.firewall.allow_fqdns lacks a host of Docker Hub or Quay."""
    if not isinstance(topology.hub, NewHub):
        return
    missing = [host for host in VSO_IMAGE_HOSTS if not is_allowed(host, topology.hub.firewall.allow_fqdns)]
    if not missing:
        return
    for name, spoke in topology.spokes.items():
        if spoke.cluster and spoke.cluster.apps and spoke.cluster.vso.image_registry is None:
            yield Breach(
                ("spokes", name, "cluster"),
                f"gets the operator's images from Docker Hub and Quay, but the firewall does not let {missing[0]}"
                f"{f' and {len(missing) - 1} more of their hosts' if missing[1:] else ''} through",
                f"name a mirror as cluster.vso.image_registry, or add to firewall.allow_fqdns: {', '.join(missing)}",
            )
