"""HVN301 unknown-pool: a transit pool is not in address_pools."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.diagnostics.suggest import closest
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN301",
    name="unknown-pool",
    reports="A pool in hub.vault_peering.transit_pools is not in address_pools.",
    why="the HVN's route to a transit pool needs the range of the pool",
    fix="use the name of a pool in address_pools, or add the pool to address_pools",
    example="""\
hub:
  vault_peering: {transit_pools: [transit, tranist]}
""",
    see="docs/decisions/0001-one-file-explicit-addresses.md",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each name in hub.vault_peering.transit_pools that is not in address_pools."""
    if topology.vault_peering is None:
        return
    transit = topology.vault_peering.transit_pools
    for index, pool in enumerate(transit):
        if pool not in topology.address_pools:
            pools = sorted(topology.address_pools)
            near = closest(pool, [name for name in pools if name not in transit])
            others = [name for name in pools if name not in (*transit, near)]
            yield Finding(
                rule=RULE,
                path=("hub", "vault_peering", "transit_pools", index),
                message=Message("the address pool {pool} does not exist", pool=pool),
                fix=Message("use {near}, or one of the other address pools: {pools}", near=near, pools=others)
                if near and others
                else Message("use {near}", near=near)
                if near
                else Message("remove {pool}, or add it to the address pools {pools}", pools=pools, pool=pool),
            )
