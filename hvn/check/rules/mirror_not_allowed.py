"""HVN404: a mirror that the firewall does not let the clusters reach."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Breach, Level, Rule
from hvn.topology.hosts import is_allowed, registry_host, registry_port
from hvn.topology.model import NewHub, Topology

RULE = Rule(
    id="HVN404",
    name="mirror-not-allowed",
    level=Level.WARNING,
    why="the operator's images could not be pulled, and its release would be rolled back after minutes",
    see="https://learn.microsoft.com/azure/aks/outbound-rules-control-egress",
)

HTTPS = 443


def check(topology: Topology) -> Iterator[Breach]:
    """Registries of the operator's images against hub.firewall.allow_fqdns; a `*.` there covers all names below."""
    if not isinstance(topology.hub, NewHub):
        return
    allowed = topology.hub.firewall.allow_fqdns
    for name, spoke in topology.spokes.items():
        registry = spoke.cluster.vso.image_registry if spoke.cluster else None
        if registry is None:
            continue
        at = ("spokes", name, "cluster", "vso", "image_registry")
        host, port = registry_host(registry), registry_port(registry)
        if not is_allowed(host, allowed):
            yield Breach(
                at,
                f"{host} is not among the hosts that the firewall lets the pools reach",
                f"add {host} to hub.firewall.allow_fqdns; skip this if it has a private address in the network",
            )
        elif port != HTTPS:
            yield Breach(
                at,
                f"is at port {port}, and the firewall opens {HTTPS} only",
                f"serve the mirror at port {HTTPS}; skip this if it has a private address in the network",
            )
