"""HVN308: settings of a Vault cluster that is managed outside this project."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN308",
    name="existing-vault",
    why="tier and upgrades are arguments of the cluster's resource, which is managed outside this project",
    see="docs/how-to/existing-network.md",
)

SETTINGS = ("tier", "upgrade")


def check(topology: Topology) -> Iterator[Finding]:
    """Yield the settings that have no effect with `vault.existing: true`, also where they repeat the default."""
    if topology.vault.existing:
        for name in SETTINGS:
            if name in topology.vault.model_fields_set:
                yield Finding(
                    rule=RULE,
                    path=("vault", name),
                    at_key=True,
                    message=Message("has no effect on an existing Vault cluster"),
                    fix=Message("remove it, and change the cluster where it is managed"),
                )
