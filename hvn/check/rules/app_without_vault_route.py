"""HVN603 app-without-vault-route: the apps of a spoke cannot reach Vault."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.diagnostics.message import Field
from hvn.topology import locations
from hvn.topology.model import Topology
from hvn.topology.shared_vnets import vnet_owner, with_vnet

RULE = Rule(
    id="HVN603",
    name="app-without-vault-route",
    reports="A spoke with vault_route none has apps.",
    why="without a route to Vault the apps cannot read their secrets",
    fix="set vault_route to direct or via-hub, or remove the apps",
    example="""\
spokes:
  payments: {vault_route: none}
""",
    see="docs/decisions/0005-two-vault-routes.md",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each spoke with apps and vault_route none."""
    via_hub = locations.firewall_ip(topology) is not None
    for name, spoke in topology.spokes.items():
        if spoke.cluster and spoke.cluster.apps and with_vnet(topology, spoke).vault_route == "none":
            route = Field(("spokes", vnet_owner(topology, name), "vault_route"))
            yield Finding(
                rule=RULE,
                path=("spokes", name, "cluster", "apps"),
                message=Message(
                    "the apps ({apps}) cannot reach Vault, because {route} is none",
                    apps=sorted(spoke.cluster.apps),
                    route=route,
                ),
                fix=Message(
                    "set {route}: direct, or via-hub in a transit pool; or remove the apps"
                    if via_hub
                    else "set {route}: direct; or remove the apps",
                    route=route,
                ),
            )
