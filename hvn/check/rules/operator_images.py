"""HVN406 operator-images: the firewall does not let a cluster pull the images of Vault Secrets Operator."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import Field
from hvn.topology.hosts import is_allowed
from hvn.topology.model import VSO_IMAGE_HOSTS, NewHub, Topology

RULE = Rule(
    id="HVN406",
    name="operator-images",
    level=Level.WARNING,
    reports="The firewall blocks Docker Hub or Quay, and a cluster pulls the operator's images from both.",
    why="the cluster cannot pull the operator's images, and Helm rolls the release back when its timeout expires",
    fix="add the hosts to hub.firewall.allow_fqdns, or set cluster.vso.image_registry to a mirror",
    example="""\
hub:
  firewall: {allow_fqdns: [mcr.microsoft.com]}
""",
    see="https://learn.microsoft.com/azure/aks/outbound-rules-control-egress",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each cluster with apps and no mirror if allow_fqdns lacks a host of the operator's images."""
    if not isinstance(topology.hub, NewHub):
        return
    missing = [host for host in VSO_IMAGE_HOSTS if not is_allowed(host, topology.hub.firewall.allow_fqdns)]
    if not missing:
        return
    for name, spoke in topology.spokes.items():
        if spoke.cluster and spoke.cluster.apps and spoke.cluster.vso.image_registry is None:
            yield Finding(
                rule=RULE,
                path=("spokes", name, "cluster"),
                message=Message(
                    "the firewall blocks {count} of the {total} hosts that the operator's images come from, "
                    "for example {host}",
                    count=len(missing),
                    total=len(VSO_IMAGE_HOSTS),
                    host=missing[0],
                ),
                fix=Message(
                    "set cluster.vso.image_registry to a mirror, or add to {allowed}: {missing}",
                    allowed=Field(("hub", "firewall", "allow_fqdns")),
                    missing=missing,
                ),
            )
