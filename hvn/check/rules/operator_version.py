"""HVN509: versions of Vault Secrets Operator that do not read the manifests made here."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Breach, Rule
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN509",
    name="operator-version",
    why="before 0.2.0 a login cannot name the connection of another namespace, and no secret is synced",
    see="https://github.com/hashicorp/vault-secrets-operator/blob/main/CHANGELOG.md",
)

OLDEST = (0, 2, 0)


def check(topology: Topology) -> Iterator[Breach]:
    """Chart versions before 0.2.0."""
    for name, spoke in topology.spokes.items():
        if spoke.cluster and tuple(map(int, spoke.cluster.vso.version.split("."))) < OLDEST:
            yield Breach(
                ("spokes", name, "cluster", "vso", "version"),
                f"{spoke.cluster.vso.version} is too old",
                "leave the key out, or choose a newer version",
            )
