"""HVN113: via-hub spokes lie in a transit pool, all others outside."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Breach, Rule
from hvn.topology.model import Topology
from hvn.topology.ranges import pool_of, spoke_ranges

RULE = Rule(
    id="HVN113",
    name="transit-pool",
    why="firewall and HVN let a whole transit pool through to Vault; the HVN refuses a direct route inside that range",
    see="https://developer.hashicorp.com/hcp/docs/hcp/network/hvn-azure/hub-spoke-options",
)


def check(topology: Topology) -> Iterator[Breach]:
    """Direct spokes and those without a path in a transit pool, via-hub ones in another; no pool is HVN112's."""
    peering = topology.hub.vault_peering
    transit = set(peering.transit_pools) & set(topology.address_pools) if peering else set()
    listed = ", ".join(f"{name} {topology.address_pools[name]}" for name in sorted(transit)) or "none yet"
    for path, cidr in spoke_ranges(topology):
        spoke = topology.spokes[str(path[1])]
        pool = pool_of(topology, cidr)
        if pool is None:
            continue
        if spoke.vault_route == "via-hub" and pool not in transit:
            yield Breach(
                path,
                f"{cidr} lies in pool {pool}, which is no transit pool, but the spoke reaches Vault via the hub",
                f"choose a range in a transit pool ({listed}), or add the pool to hub.vault_peering.transit_pools",
            )
        elif spoke.vault_route == "direct" and pool in transit:
            yield Breach(
                path,
                f"{cidr} lies in the transit pool {pool}, but the spoke reaches Vault directly",
                "choose a range in another pool, or set vault_route: via-hub",
            )
        elif spoke.vault_route == "none" and pool in transit:
            yield Breach(
                path,
                f"{cidr} lies in the transit pool {pool}, whose addresses all reach Vault through the firewall",
                "choose a range in another pool, or set vault_route: via-hub if it may reach Vault",
            )
