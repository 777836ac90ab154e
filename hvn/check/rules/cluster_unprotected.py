"""HVN511 cluster-unprotected: Terraform may destroy a cluster."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN511",
    name="cluster-unprotected",
    level=Level.WARNING,
    reports="A cluster has prevent_destroy: false.",
    why="a change in this file or in Azure can make Terraform replace the cluster and destroy its workloads",
    fix="delete `prevent_destroy: false` after Terraform has replaced the cluster",
    example="""\
spokes:
  payments:
    cluster: {prevent_destroy: false}
""",
    see="docs/how-to/remove-a-spoke.md",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each cluster without `prevent_destroy`."""
    for name, spoke in topology.spokes.items():
        if spoke.new_cluster and not spoke.new_cluster.prevent_destroy:
            yield Finding(
                rule=RULE,
                path=("spokes", name, "cluster", "prevent_destroy"),
                message=Message("Terraform may destroy the cluster of {name}", name=name),
            )
