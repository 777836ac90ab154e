"""HVN511 cluster-unprotected: Terraform may destroy a cluster."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN511",
    name="cluster-unprotected",
    level=Level.WARNING,
    reports="A cluster has prevent_destroy: false.",
    why="an edit or a setting from outside Terraform may replace the cluster, with all its workloads",
    fix="remove prevent_destroy when the cluster is removed or replaced",
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
