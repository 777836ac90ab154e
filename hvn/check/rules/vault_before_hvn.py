"""HVN304 vault-before-hvn: the Vault cluster exists, but its HVN does not."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.diagnostics.message import Field
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN304",
    name="vault-before-hvn",
    reports="The Vault cluster exists (vault.existing), but its HVN does not (hvn.existing).",
    why="a Vault cluster is always in an HVN, so the HVN of an existing cluster also exists",
    fix="set hvn.existing: true, or remove vault.existing",
    example="""\
vault:
  existing: true
""",
    see="docs/how-to/existing-network.md",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding if `vault.existing` is true without `hvn.existing`."""
    if topology.vault.existing and not topology.hvn.existing:
        yield Finding(
            rule=RULE,
            path=("vault", "existing"),
            message=Message(
                "the Vault cluster {cluster} exists, but this project would create its HVN {hvn}",
                cluster=topology.vault.cluster_id,
                hvn=topology.hvn.id,
            ),
            fix=Message(
                "set {hvn}: true, or remove {vault}",
                hvn=Field(("hvn", "existing")),
                vault=Field(("vault", "existing")),
            ),
        )
