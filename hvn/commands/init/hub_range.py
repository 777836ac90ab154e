"""Divide a range between the spokes, a new hub and the HVN."""

from collections.abc import Iterable
from ipaddress import IPv4Network

from hvn.check.free_blocks import FreeBlocks
from hvn.topology.addresses import is_private

LARGEST, SMALLEST = 22, 24
"""The prefix lengths of the largest and smallest new hub."""
_HVN = (20, 25)
"""The prefix lengths of an HVN beside the pool: HCP allows /16 to /25, and never changes the range."""


def divided(whole: IPv4Network, taken: Iterable[IPv4Network]) -> tuple[IPv4Network, IPv4Network | None]:
    """Return the pool of the spokes, and the hub's range. Without a free block for the hub, the pool is the whole
    range.

    The pool is the first half, because one aligned block without the hub can later become a transit pool, and its
    spokes have aligned ranges. The hub is at the start of the second half, so that the end remains for later pools.
    """
    length = max(LARGEST, whole.prefixlen + 3)
    if length > SMALLEST:
        return whole, None
    pool, rest = whole.subnets()
    hub = FreeBlocks((rest,), taken).take(length)
    return (pool, hub) if hub else (whole, None)


def hvn_beside(pool: IPv4Network, hub: IPv4Network) -> tuple[int, tuple[str, ...]] | None:
    """Return the prefix length and the block for an HVN: the half beside the pool, if this half contains the hub. The
    HVN must be outside the pool. Returns None without such a block."""
    if pool.prefixlen == 0 or hub.overlaps(pool) or not hub.subnet_of(whole := pool.supernet()):
        return None
    (rest,) = whole.address_exclude(pool)
    length = max(_HVN[0], rest.prefixlen + 3)
    return (length, (str(rest),)) if length <= _HVN[1] and is_private(rest, shared=False) else None
