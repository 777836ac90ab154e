"""HVN601: upgrade windows on the dev tier."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Breach, Rule
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN601",
    name="dev-tier-upgrade",
    why="HCP refuses it for a dev cluster, when it is applied",
    see="https://registry.terraform.io/providers/hashicorp/hcp/0.111.0/docs/resources/vault_cluster",
)


def check(topology: Topology) -> Iterator[Breach]:
    """`vault.upgrade` together with tier dev."""
    if topology.vault.tier == "dev" and topology.vault.upgrade:
        yield Breach(
            ("vault", "upgrade"), "a dev cluster has no upgrade settings", "take `upgrade` out, or choose another tier"
        )
