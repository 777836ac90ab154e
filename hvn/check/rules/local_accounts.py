"""HVN520 local-accounts: a cluster without Entra groups has local accounts, and its state is shared."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.topology.model import ExistingCluster, LocalState, Topology

RULE = Rule(
    id="HVN520",
    name="local-accounts",
    level=Level.WARNING,
    reports="A cluster without Entra has local accounts, and Terraform's state is shared.",
    why="the states of `aks`, `vso` and `secrets` contain the administrator's certificate: everybody who can read "
    "one of these states can administer the cluster",
    fix="add admin_groups",
    example="""\
state: {backend: cloud, organization: example-org}
""",
    see="https://learn.microsoft.com/azure/aks/manage-local-accounts-managed-azure-ad",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each cluster with local accounts, unless the state is in local files."""
    for name, spoke in topology.spokes.items():
        if isinstance(topology.state, LocalState):
            return
        if isinstance(spoke.cluster, ExistingCluster):
            if not spoke.cluster.existing.entra:
                yield Finding(
                    rule=RULE,
                    path=("spokes", name, "cluster", "existing", "entra"),
                    message=Message("the existing cluster of {name} has no Entra integration", name=name),
                    fix=Message("turn on Entra in the cluster, and remove entra: false"),
                )
        elif spoke.cluster and not spoke.cluster.entra:
            yield Finding(
                rule=RULE,
                path=("spokes", name, "cluster"),
                at_key=True,
                message=Message("the cluster of {name} has local accounts", name=name),
                fix=Message("add {line}, with the id of an Entra group", line="admin_groups: [<object id>]"),
            )
