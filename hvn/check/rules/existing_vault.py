"""HVN308 existing-vault: a setting has no effect on an existing Vault cluster or HVN."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.diagnostics.message import Field
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN308",
    name="existing-vault",
    reports="An existing Vault cluster has a tier, upgrade settings or streams, or an existing HVN has a region.",
    why="this project changes neither an existing Vault cluster nor an existing HVN, so the settings have no effect",
    fix="remove vault.tier, upgrade, audit_log and metrics, and hvn.region",
    example="""\
hvn:
  existing: true
vault:
  existing: true
  tier: plus_small
""",
    see="docs/how-to/existing-network.md",
)

SETTINGS = ("tier", "upgrade", "audit_log", "metrics")


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each setting of an existing cluster or HVN without effect, even with the default value."""
    for path, hvn in ((("hvn", "region"), topology.hvn), (("hvn", "backup", "region"), topology.hvn.backup)):
        if topology.hvn.existing and hvn and hvn.region:
            yield Finding(
                rule=RULE,
                path=path,
                at_key=True,
                message=Message("the region has no effect on the existing HVN {hvn}", hvn=hvn.id),
                fix=Message("remove {field}", field=Field(path)),
            )
    if not topology.vault.existing:
        return
    for name in SETTINGS:
        if name in topology.vault.model_fields_set:
            yield Finding(
                rule=RULE,
                path=("vault", name),
                at_key=True,
                message=Message(
                    "the setting has no effect on the existing Vault cluster {cluster}",
                    cluster=topology.vault.cluster_id,
                ),
                fix=Message("remove {field}", field=Field(("vault", name))),
            )
