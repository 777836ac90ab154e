"""HVN601 dev-tier-upgrade: a dev cluster has upgrade settings."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.diagnostics.message import Field
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN601",
    name="dev-tier-upgrade",
    reports="A Vault cluster of tier dev has upgrade settings (vault.upgrade).",
    why="HCP refuses upgrade settings of a dev cluster at apply",
    fix="remove vault.upgrade, or use another tier",
    example="""\
vault:
  tier: dev
  upgrade: {type: AUTOMATIC}
""",
    see="https://registry.terraform.io/providers/hashicorp/hcp/0.111.0/docs/resources/vault_cluster",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for `vault.upgrade` if the tier is dev."""
    if topology.vault.tier == "dev" and topology.vault.upgrade:
        yield Finding(
            rule=RULE,
            path=("vault", "upgrade"),
            message=Message(
                "a cluster with {field} {tier} does not support upgrade settings",
                field=Field(("vault", "tier")),
                tier=topology.vault.tier,
            ),
            fix=Message(
                "remove {upgrade}, or set {field}: {tier}",
                upgrade=Field(("vault", "upgrade")),
                field=Field(("vault", "tier")),
                tier="standard_small",
            ),
        )
