"""HVN113 transit-pool: a via-hub spoke is outside the transit pools, or another spoke is inside a transit pool."""

from collections.abc import Iterator
from ipaddress import IPv4Network

from hvn.check.free_ranges import TRANSIT_POOLS, RangeFixes
from hvn.diagnostics.finding import Finding, Message, Path, Rule
from hvn.diagnostics.message import Field
from hvn.diagnostics.suggest import closest
from hvn.topology import locations
from hvn.topology.model import Topology
from hvn.topology.ranges import pool_of, spoke_ranges

RULE = Rule(
    id="HVN113",
    name="transit-pool",
    reports="A via-hub spoke is outside the transit pools, or another spoke is inside a transit pool.",
    why=("firewall rules and HVN routes apply to a whole transit pool, and HCP refuses a direct route inside the pool"),
    fix="use a range in a transit pool only for via-hub, or change vault_route",
    example="""\
spokes:
  analytics:
    vault_route: direct
""",
    see="https://developer.hashicorp.com/hcp/docs/hcp/network/hvn-azure/hub-spoke-options",
)

WHY = {
    "via-hub": Message("the firewall's rules and the HVN's routes for via-hub spokes contain only the transit pools"),
    "direct": Message(
        "the HVN has one route for the whole transit pool, and HCP refuses a direct route inside the pool"
    ),
    "none": Message("the firewall and the HVN let every address of a transit pool reach Vault"),
}


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each spoke's range in a pool of the wrong kind; HVN112 reports ranges outside all pools."""
    if locations.firewall_ip(topology) is None:  # HVN430 reports transit pools and via-hub spokes
        return
    peering = topology.vault_peering
    # HVN301 reports a misspelled pool.
    named = peering.transit_pools if peering else ()
    transit = {pool if pool in topology.address_pools else closest(pool, topology.address_pools) for pool in named}
    placed = [
        (path, cidr, topology.spokes[str(path[1])].vault_route, pool_of(topology, cidr))
        for path, cidr in spoke_ranges(topology)
    ]
    # A pool with a `direct` or `none` spoke cannot become a transit pool.
    settled = {pool for _, _, route, pool in placed if route != "via-hub"}
    fixes = RangeFixes(topology)
    for path, cidr, route, pool in placed:
        if pool is None or route is None or (route == "via-hub") == (pool in transit):
            continue
        yield Finding(
            rule=RULE,
            path=path,
            message=Message(
                "{cidr} is in {pool}, which is not a transit pool, but vault_route is {route}"
                if route == "via-hub"
                else "{cidr} is in the transit pool {pool}, but vault_route is {route}",
                cidr=cidr,
                pool=Field(("address_pools", pool)),
                route=route,
            ),
            why=WHY[route],
            fix=_for_via_hub(fixes, path, cidr, None if pool in settled else pool)
            if route == "via-hub"
            else _for_others(fixes, path, cidr, route),
        )


def _for_via_hub(fixes: RangeFixes, path: Path, cidr: IPv4Network, pool: str | None) -> Message:
    offer = fixes.spoke_range("via-hub", cidr.prefixlen) if path[2] != "existing" else None
    if pool is None:
        move = Message("use {offer}", offer=offer) if offer else fixes.replace(path, cidr.prefixlen)
        return Message("set vault_route: direct, or {move}", move=move)
    add = Message("add the pool {pool} to {pools}", pool=pool, pools=Field(TRANSIT_POOLS))
    return Message("{add}, or use {offer}", add=add, offer=offer) if offer else add


def _for_others(fixes: RangeFixes, path: Path, cidr: IPv4Network, route: str) -> Message:
    move = fixes.replace(path, cidr.prefixlen)
    if route == "direct":
        return Message("set vault_route: via-hub, or {move}", move=move)
    return Message("{move}, or set vault_route: via-hub if the spoke may reach Vault", move=move)
