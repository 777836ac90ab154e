"""HVN401 runners-without-vault: the runners cannot reach Vault."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import Field
from hvn.topology import locations
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN401",
    name="runners-without-vault",
    level=Level.WARNING,
    reports="The hub has no peering with the HVN, or the network has no hub, so runners cannot reach Vault.",
    why="Vault is private: Terraform can apply `vault` and `vault-auth-<spoke>` only in a network that reaches Vault",
    fix="add hub.vault_peering",
    example="""\
hub:
  vault_peering: null
spokes:
  analytics: null
""",
    see="docs/decisions/0005-two-vault-routes.md",
)


NO_HUB = Message("the network has no hub, so the file has no subnet for runners")
OWN_RUNNERS = Message(
    "run Terraform in a VNet that reaches Vault and resolves the names of the private API servers, such as a direct "
    "spoke; or add a hub"
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding if the hub has no peering with the HVN, or if the network has no hub."""
    if not locations.has_hub(topology):
        yield Finding(rule=RULE, path=("hub",), message=NO_HUB, fix=OWN_RUNNERS)
    elif topology.vault_peering is None:
        yield Finding(
            rule=RULE,
            path=("hub",),
            message=Message(
                "{peering} is not set, so the runners cannot reach Vault", peering=Field(("hub", "vault_peering"))
            ),
            fix=Message(
                "add {key} to hub, with {existing} if HCP already has the peering; or apply the workspaces {vault} "
                "and {auth} from a network that reaches Vault",
                key="vault_peering: {}",
                existing="existing_peering: PEERING-ID",
                vault="vault",
                auth="vault-auth-*",
            ),
        )
