"""HVN513 azure-rbac: a cluster without Entra groups has azure_rbac."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN513",
    name="azure-rbac",
    reports="A cluster without admin_groups has azure_rbac.",
    why="Azure RBAC needs Entra in the cluster, and this project turns Entra on only for a cluster with admin_groups",
    fix="add admin_groups, or remove azure_rbac",
    example="""\
spokes:
  payments:
    cluster: {azure_rbac: true}
""",
    see="https://learn.microsoft.com/azure/aks/manage-azure-rbac",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each cluster with azure_rbac and without groups."""
    for name, spoke in topology.spokes.items():
        if spoke.new_cluster and spoke.new_cluster.azure_rbac and not spoke.new_cluster.admin_groups:
            yield Finding(
                rule=RULE,
                path=("spokes", name, "cluster", "azure_rbac"),
                message=Message("the cluster of {name} has no admin_groups", name=name),
            )
