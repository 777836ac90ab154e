"""HVN616 login-without-apps: a cluster without apps has settings for logins to Vault."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN616",
    name="login-without-apps",
    level=Level.WARNING,
    reports="A cluster without apps has settings of vault_login or vso.",
    why="without apps, no workspace uses these settings",
    fix="add the apps of the cluster, or remove the settings",
    example="""\
spokes:
  analytics:
    cluster:
      kubernetes_version: "1.35"
      node_cidr: 10.96.1.0/24
      node_pool: {vm_size: Standard_D4s_v5, min_count: 2, max_count: 3}
      vso: {version: "1.4.1"}
""",
    see="docs/reference/workspaces.md",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each of vault_login and vso in a cluster without apps."""
    for name, spoke in topology.spokes.items():
        if spoke.cluster is None or spoke.cluster.apps:
            continue
        for key in ("vault_login", "vso"):
            if key in spoke.cluster.model_fields_set:
                yield Finding(
                    rule=RULE,
                    path=("spokes", name, "cluster", key),
                    message=Message("{key} has no effect: the cluster of {name} has no apps", key=key, name=name),
                    at_key=True,
                )
