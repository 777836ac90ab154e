"""HVN304: a Vault cluster that exists in an HVN that does not."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Breach, Rule
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN304",
    name="vault-before-hvn",
    why="a Vault cluster lies in an HVN, so that one exists as well",
    see="docs/how-to/existing-network.md",
)


def check(topology: Topology) -> Iterator[Breach]:
    """`vault.existing` without `hvn.existing`."""
    if topology.vault.existing and not topology.hvn.existing:
        yield Breach(
            ("vault", "existing"), "is true, but the HVN would be created", "set hvn.existing: true, or take this out"
        )
