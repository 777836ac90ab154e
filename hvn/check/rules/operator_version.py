"""HVN509 operator-version: a version of Vault Secrets Operator is too old for the manifests."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.topology.model import Topology, Vso

RULE = Rule(
    id="HVN509",
    name="operator-version",
    reports="A cluster's Vault Secrets Operator is older than 0.2.0.",
    why="before 0.2.0 a VaultAuth cannot refer to a VaultConnection in another namespace, so the operator does not "
    "sync secrets",
    fix="set vso.version to 0.2.0 or later, or remove vso.version to use the default version",
    example="""\
spokes:
  payments:
    cluster:
      vso: {version: "0.1.0"}
""",
    see="https://github.com/hashicorp/vault-secrets-operator/blob/main/CHANGELOG.md",
)

OLDEST = "0.2.0"


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each cluster with a chart version older than 0.2.0."""
    oldest = _numbers(OLDEST)
    for name, spoke in topology.spokes.items():
        if spoke.cluster and _numbers(spoke.cluster.vso.version) < oldest:
            yield Finding(
                rule=RULE,
                path=("spokes", name, "cluster", "vso", "version"),
                message=Message("{version} is older than {oldest}", version=spoke.cluster.vso.version, oldest=OLDEST),
                fix=Message(
                    "use {default}, or remove version to use this default",
                    default=f'"{Vso.model_fields["version"].default}"',
                ),
            )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
