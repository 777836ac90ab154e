"""HVN301: a transit pool that is not in the addressing plan."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Breach, Rule
from hvn.diagnostics.suggest import unknown
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN301",
    name="unknown-pool",
    why="its range, and so its route, is not known",
    see="docs/decisions/0001-one-file-and-written-addresses.md",
)


def check(topology: Topology) -> Iterator[Breach]:
    """Names in hub.vault_peering.transit_pools that address_pools does not have."""
    if topology.hub.vault_peering is None:
        return
    for index, pool in enumerate(topology.hub.vault_peering.transit_pools):
        if pool not in topology.address_pools:
            message, fix = unknown(pool, topology.address_pools, "address pool")
            yield Breach(("hub", "vault_peering", "transit_pools", index), message, fix)
