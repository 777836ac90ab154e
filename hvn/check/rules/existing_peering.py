"""HVN312 existing-peering: a spoke without a direct route to Vault names an existing peering with the HVN."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN312",
    name="existing-peering",
    reports="A spoke without a direct route to Vault names an existing peering with the HVN.",
    why=(
        "Azure prefers the route of a peering to the route through the firewall, so requests and replies take "
        "different paths"
    ),
    fix="set vault_route: direct, or delete both halves of the peering and remove existing_peering",
    example="""\
spokes:
  analytics: {existing_peering: analytics-hvn}
""",
    see="docs/decisions/0005-two-vault-routes.md",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each `existing_peering` of a spoke that is not direct."""
    for name, spoke in topology.spokes.items():
        if spoke.existing_peering and spoke.vault_route in ("via-hub", "none"):
            yield Finding(
                rule=RULE,
                path=("spokes", name, "existing_peering"),
                message=Message(
                    "vault_route is {route}, but the peering {peering} connects the spoke with the HVN",
                    peering=spoke.existing_peering,
                    route=spoke.vault_route,
                ),
            )
