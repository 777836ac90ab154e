"""HVN401 runners-without-vault: the runners cannot reach Vault."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import Field
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN401",
    name="runners-without-vault",
    level=Level.WARNING,
    reports="The hub has no peering with the HVN, so the runners in the hub cannot reach Vault.",
    why=("Vault is private: only a network that reaches Vault can apply `vault` and `vault-auth-<spoke>`"),
    fix="add hub.vault_peering",
    example="""\
hub:
  vault_peering: null
spokes:
  analytics: null
""",
    see="docs/decisions/0005-two-vault-routes.md",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding if the hub has no peering with the HVN."""
    if topology.hub.vault_peering is None:
        yield Finding(
            rule=RULE,
            path=("hub",),
            message=Message(
                "{peering} is not set, so the runners cannot reach Vault", peering=Field(("hub", "vault_peering"))
            ),
            fix=Message(
                "add {key} to hub, or apply the workspaces {vault} and {auth} from a network that reaches Vault",
                key="vault_peering: {}",
                vault="vault",
                auth="vault-auth-*",
            ),
        )
