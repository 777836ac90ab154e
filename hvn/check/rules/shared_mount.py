"""HVN636 shared-mount: the clusters of two spokes log in through one existing JWT mount."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import Field
from hvn.topology.created_names import created_names
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN636",
    name="shared-mount",
    level=Level.WARNING,
    reports="Two spokes log in through one existing JWT mount.",
    why="a Vault role does not name a cluster. A pod of the other cluster with the same namespace and service "
    "account can log in with the role",
    fix="give each cluster its own mount",
    example="""\
naming: {jwt_mount: jwt-shared}
spokes:
  orders: {cluster: {vault_login: {keys: existing}}}
  payments: {cluster: {vault_login: {keys: existing}}}
""",
    see="https://developer.hashicorp.com/vault/docs/auth/jwt/oidc-providers/kubernetes",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each spoke with the existing mount of an earlier spoke."""
    first: dict[str, str] = {}
    for mount in created_names(topology):
        if mount.kind == "jwt_mount" and mount.existing:
            owner = first.setdefault(mount.name, mount.owner)
            if owner != mount.owner:
                other = Field(("spokes", owner, "cluster"))
                yield Finding(
                    rule=RULE,
                    path=("spokes", mount.owner, "cluster", "vault_login"),
                    message=Message("{other} also logs in through {mount}", other=other, mount=mount.name),
                )
