"""HVN404 mirror-not-allowed: the firewall does not let a cluster reach its image registry."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import Field
from hvn.topology.hosts import is_allowed, registry_host, registry_port
from hvn.topology.model import NewHub, Topology

RULE = Rule(
    id="HVN404",
    name="mirror-not-allowed",
    level=Level.WARNING,
    reports="The firewall does not let a cluster reach the mirror of the operator's images.",
    why="the cluster cannot pull the operator's images, and Helm rolls the release back when its timeout expires",
    fix="add the mirror's host to hub.firewall.allow_fqdns, and serve the mirror on port 443",
    example="""\
spokes:
  payments:
    cluster:
      vso: {image_registry: registry.example.com/mirror}
""",
    see="https://learn.microsoft.com/azure/aks/outbound-rules-control-egress",
)

HTTPS = 443


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each registry that hub.firewall.allow_fqdns does not allow, or that is not on port 443."""
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
            yield Finding(
                rule=RULE,
                path=at,
                message=Message(
                    "{host} is not in {allowed}", host=host, allowed=Field(("hub", "firewall", "allow_fqdns"))
                ),
                fix=Message(
                    "add {host} to {allowed}, unless the host has a private address in this network",
                    host=host,
                    allowed=Field(("hub", "firewall", "allow_fqdns")),
                ),
            )
        elif port != HTTPS:
            yield Finding(
                rule=RULE,
                path=at,
                message=Message(
                    "{host} is on port {port}, and the firewall allows port {https} only",
                    host=host,
                    port=port,
                    https=HTTPS,
                ),
                fix=Message(
                    "serve the mirror on port {https}, unless the host has a private address in this network",
                    https=HTTPS,
                ),
            )
