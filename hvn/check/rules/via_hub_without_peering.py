"""HVN302: a spoke that reaches Vault via a hub that does not."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Breach, Rule
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN302",
    name="via-hub-without-peering",
    why="its traffic would end at the firewall: the hub has no peering with the HVN",
    see="docs/decisions/0005-two-ways-to-vault.md",
)


def check(topology: Topology) -> Iterator[Breach]:
    """Via-hub spokes in a topology without hub.vault_peering."""
    if topology.hub.vault_peering is not None:
        return
    for name, spoke in topology.spokes.items():
        if spoke.vault_route == "via-hub":
            yield Breach(
                ("spokes", name, "vault_route"),
                "the hub has no peering with the HVN",
                "add hub.vault_peering with the spoke's pool in transit_pools, or set vault_route: direct",
            )
