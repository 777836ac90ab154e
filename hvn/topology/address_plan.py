"""The address plan: the assigned and the free blocks of each address pool, and the next free block."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, collapse_addresses, summarize_address_range

from hvn.topology.model import Topology
from hvn.topology.naming import HUB
from hvn.topology.ranges import hub_ranges, pool_of, spoke_ranges, without

IN_USE = "in_use"
"""The owner of blocks that other networks use. A spoke's name contains no underscore."""


@dataclass(frozen=True, slots=True)
class Pool:
    """One address pool. `blocks` lists all blocks by address, each with its owner: a spoke, `hub`, `in_use` for other
    networks, or None if the block is free."""

    name: str
    cidr: IPv4Network
    transit: bool
    blocks: tuple[tuple[IPv4Network, str | None], ...]

    @property
    def used(self) -> int:
        """Return the number of addresses that are not free."""
        return sum(cidr.num_addresses for cidr, spoke in self.blocks if spoke)

    @property
    def free(self) -> int:
        """Return the number of free addresses."""
        return self.cidr.num_addresses - self.used

    @property
    def largest_free(self) -> IPv4Network | None:
        """Return the first of the largest free blocks; None if the pool is full."""
        free = [cidr for cidr, spoke in self.blocks if spoke is None]
        return min(free, key=lambda cidr: (cidr.prefixlen, cidr.network_address), default=None)

    def next_free(self, size: int) -> IPv4Network | None:
        """Return the first free block of this prefix length, or None if the pool has none."""
        for cidr, spoke in self.blocks:
            if spoke is None and cidr.prefixlen <= size:
                return next(cidr.subnets(new_prefix=size))
        return None


def pools(topology: Topology) -> tuple[Pool, ...]:
    """Return the pools of a topology without errors, in the order of the file."""
    peering = topology.vault_peering
    transit = set(peering.transit_pools) if peering else set()
    taken: dict[str, list[tuple[IPv4Network, str]]] = {name: [] for name in topology.address_pools}
    owned = [(cidr, str(path[1])) for path, cidr in spoke_ranges(topology)]
    owned += [(cidr, HUB) for _, cidr in hub_ranges(topology)]
    for cidr, owner in owned:
        pool = pool_of(topology, cidr)
        if pool:
            taken[pool].append((cidr, owner))
    for name, pool_cidr in topology.address_pools.items():
        taken[name] += _of_others(topology.in_use, pool_cidr, [cidr for cidr, _ in taken[name]])
    return tuple(
        Pool(name, cidr, name in transit, tuple(_blocks(cidr, sorted(taken[name]))))
        for name, cidr in topology.address_pools.items()
    )


def _of_others(
    in_use: Iterable[IPv4Network], pool: IPv4Network, owned: Sequence[IPv4Network]
) -> Iterator[tuple[IPv4Network, str]]:
    """Yield the parts of a pool that other networks use. A range that contains the whole pool has no effect, because
    the pool is a part of this range for the spokes."""
    for cidr in collapse_addresses(one for one in in_use if one != pool and one.subnet_of(pool)):
        parts: Sequence[IPv4Network] = (cidr,)
        for own in owned:
            parts = [rest for part in parts for rest in without(part, own)]
        yield from ((part, IN_USE) for part in parts)


def _blocks(pool: IPv4Network, taken: list[tuple[IPv4Network, str]]) -> Iterator[tuple[IPv4Network, str | None]]:
    """Yield the used blocks and the fewest possible free blocks, in the order of the addresses."""
    begin = int(pool.network_address)
    for cidr, spoke in taken:
        yield from ((free, None) for free in _free(begin, int(cidr.network_address)))
        yield cidr, spoke
        begin = int(cidr.broadcast_address) + 1
    yield from ((free, None) for free in _free(begin, int(pool.broadcast_address) + 1))


def _free(begin: int, end: int) -> Iterator[IPv4Network]:
    """Yield the fewest blocks that cover the addresses from `begin` up to, but not including, `end`."""
    if begin < end:
        yield from summarize_address_range(IPv4Address(begin), IPv4Address(end - 1))
