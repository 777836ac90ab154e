"""HVN407: more peerings than a VNet can have."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Breach, Level, Rule
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN407",
    name="hub-peerings",
    level=Level.WARNING,
    why="a VNet has 500 peerings at most, and each spoke takes one of the hub's; one more fails when it is applied",
    see="https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits",
)

LIMIT = 500


def check(topology: Topology) -> Iterator[Breach]:
    """Every spoke is peered with the hub, whoever made that peering; the HVN may be as well."""
    count = len(topology.spokes) + (topology.hub.vault_peering is not None)
    if count > LIMIT:
        yield Breach(
            ("spokes",),
            f"need {count} peerings of the hub's VNet",
            f"a second hub with a topology file of its own takes those above {LIMIT}",
        )
