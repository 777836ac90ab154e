"""HVN508 kubernetes-patch: a Kubernetes version names a patch."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN508",
    name="kubernetes-patch",
    level=Level.WARNING,
    reports="A cluster's Kubernetes version names a patch.",
    why=("AKS removes old patches, and refuses to create clusters and nodes with a removed patch"),
    fix="use the minor version, which is an alias for its newest patch",
    example="""\
spokes:
  payments:
    cluster: {kubernetes_version: "1.36.2"}
""",
    see="https://learn.microsoft.com/azure/aks/supported-kubernetes-versions",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each Kubernetes version of three numbers."""
    for name, spoke in topology.spokes.items():
        if spoke.new_cluster and spoke.new_cluster.kubernetes_version.count(".") == 2:
            version = spoke.new_cluster.kubernetes_version
            yield Finding(
                rule=RULE,
                path=("spokes", name, "cluster", "kubernetes_version"),
                message=Message("{version} names a patch", version=version),
                fix=Message(
                    "use {minor}, an alias for the newest patch of this minor version",
                    minor=f'"{version.rpartition(".")[0]}"',
                ),
            )
