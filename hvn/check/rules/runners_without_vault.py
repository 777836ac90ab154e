"""HVN401: runners that cannot reach Vault."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Breach, Level, Rule
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN401",
    name="runners-without-vault",
    level=Level.WARNING,
    why="Vault is private: `vault` and `vault-auth-<spoke>` can be applied only from where it can be reached",
    see="docs/decisions/0005-two-ways-to-vault.md",
)


def check(topology: Topology) -> Iterator[Breach]:
    """A hub without a peering with the HVN."""
    if topology.hub.vault_peering is None:
        yield Breach(
            ("hub",),
            "has no peering with the HVN, so the runners in it cannot reach Vault",
            "add `vault_peering: {}` to the hub, or apply those workspaces from another network that reaches Vault",
        )
