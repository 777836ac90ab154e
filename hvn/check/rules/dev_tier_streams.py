"""HVN618 dev-tier-streams: a dev cluster has streams."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.diagnostics.message import Field
from hvn.kinds.hcp.inputs import STREAMS
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN618",
    name="dev-tier-streams",
    reports="A Vault cluster of tier dev streams its audit log or its metrics.",
    why="the tier dev lacks audit logs and metrics, so HCP refuses the streams at apply",
    fix="remove vault.audit_log and vault.metrics, or use another tier",
    example="""\
vault:
  tier: dev
  metrics: {type: datadog, region: us1}
""",
    see="https://developer.hashicorp.com/hcp/docs/vault/tiers-and-features",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each stream if the tier is dev."""
    for name in STREAMS if topology.vault.tier == "dev" else ():
        if getattr(topology.vault, name):
            stream, tier = Field(("vault", name)), Field(("vault", "tier"))
            yield Finding(
                rule=RULE,
                path=("vault", name),
                at_key=True,
                message=Message("a cluster with {tier} {dev} does not support streams", tier=tier, dev="dev"),
                fix=Message("remove {stream}, or set {tier}: {size}", stream=stream, tier=tier, size="standard_small"),
            )
