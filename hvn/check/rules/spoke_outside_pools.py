"""HVN112: every spoke lies in one pool."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Breach, Rule
from hvn.topology.model import Topology
from hvn.topology.ranges import pool_of, spoke_ranges

RULE = Rule(
    id="HVN112",
    name="spoke-outside-pools",
    why="the hub's firewall knows pools, not spokes: traffic from outside them is dropped",
    see="docs/decisions/0001-one-file-and-written-addresses.md",
)


def check(topology: Topology) -> Iterator[Breach]:
    """Spokes whose range lies in none of the address pools."""
    pools = ", ".join(f"{name} {topology.address_pools[name]}" for name in sorted(topology.address_pools))
    for path, cidr in spoke_ranges(topology):
        if pool_of(topology, cidr) is None:
            yield Breach(
                path,
                f"{cidr} lies in no address pool",
                f"choose a range in one of them ({pools}), or add a pool for it",
            )
