"""HVN603: apps that cannot reach Vault."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Breach, Rule
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN603",
    name="app-without-path",
    why="its secrets could never be read: there is no way to Vault",
    see="docs/decisions/0005-two-ways-to-vault.md",
)


def check(topology: Topology) -> Iterator[Breach]:
    """Apps in spokes with vault_route none."""
    for name, spoke in topology.spokes.items():
        if spoke.cluster and spoke.cluster.apps and spoke.vault_route == "none":
            yield Breach(
                ("spokes", name, "cluster", "apps"),
                "the spoke has no path to Vault",
                "set vault_route: direct or via-hub, or take the apps out",
            )
