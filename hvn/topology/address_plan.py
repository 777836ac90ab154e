"""The address plan as a ledger: what each pool has given out, what is left, and the next block that is free."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network, summarize_address_range

from hvn.topology.model import Topology
from hvn.topology.ranges import pool_of, spoke_ranges


@dataclass(frozen=True, slots=True)
class Pool:
    """One address pool: its blocks in the order of their addresses, each with its spoke or, if it is free, None."""

    name: str
    cidr: IPv4Network
    transit: bool
    blocks: tuple[tuple[IPv4Network, str | None], ...]

    @property
    def used(self) -> int:
        """Addresses that spokes have."""
        return sum(cidr.num_addresses for cidr, spoke in self.blocks if spoke)

    @property
    def free(self) -> int:
        """Addresses that nobody has."""
        return self.cidr.num_addresses - self.used

    @property
    def largest_free(self) -> IPv4Network | None:
        """The largest block that is free, the first one of that size; None if the pool is full."""
        free = [cidr for cidr, spoke in self.blocks if spoke is None]
        return min(free, key=lambda cidr: (cidr.prefixlen, cidr.network_address), default=None)

    def next_free(self, size: int) -> IPv4Network | None:
        """The first free block of this prefix length, or None."""
        for cidr, spoke in self.blocks:
            if spoke is None and cidr.prefixlen <= size:
                return next(cidr.subnets(new_prefix=size))
        return None


def pools(topology: Topology) -> tuple[Pool, ...]:
    """The pools of a topology without errors, in the order of the file."""
    peering = topology.hub.vault_peering
    transit = set(peering.transit_pools) if peering else set()
    taken: dict[str, list[tuple[IPv4Network, str]]] = {name: [] for name in topology.address_pools}
    for path, cidr in spoke_ranges(topology):
        pool = pool_of(topology, cidr)
        if pool:
            taken[pool].append((cidr, str(path[1])))
    return tuple(
        Pool(name, cidr, name in transit, tuple(_blocks(cidr, sorted(taken[name]))))
        for name, cidr in topology.address_pools.items()
    )


def _blocks(pool: IPv4Network, taken: list[tuple[IPv4Network, str]]) -> Iterator[tuple[IPv4Network, str | None]]:
    """The taken blocks and, as few and large as can be, the free ones between them."""
    begin = pool.network_address
    for cidr, spoke in taken:
        if begin < cidr.network_address:
            yield from ((free, None) for free in summarize_address_range(begin, cidr.network_address - 1))
        yield cidr, spoke
        begin = cidr.broadcast_address + 1
    if begin <= pool.broadcast_address:
        yield from ((free, None) for free in summarize_address_range(begin, pool.broadcast_address))
