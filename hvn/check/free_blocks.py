"""Find free blocks in ranges of addresses."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from heapq import heapify, heappop, heappush
from ipaddress import IPv4Address, IPv4Network, collapse_addresses, summarize_address_range


class FreeBlocks:
    """The free blocks of some ranges. `take` offers each block once, the lowest address first.

    A dictionary has the blocks by prefix length, because a search through all blocks would take minutes with thousands
    of findings.
    """

    def __init__(self, within: Iterable[IPv4Network], taken: Iterable[IPv4Network]) -> None:
        self._blocks: dict[int, list[IPv4Network]] = defaultdict(list)
        for block in _free(within, taken):
            self._blocks[block.prefixlen].append(block)
        for blocks in self._blocks.values():
            heapify(blocks)

    def take(self, length: int) -> IPv4Network | None:
        """Return the first free block of this prefix length, and remove it from the free blocks. Return None if no
        block of this length is free."""
        first = min((blocks[0] for size, blocks in self._blocks.items() if blocks and size <= length), default=None)
        if first is None:
            return None
        block = heappop(self._blocks[first.prefixlen])
        while block.prefixlen < length:
            block, rest = block.subnets()
            heappush(self._blocks[rest.prefixlen], rest)
        return block


def _free(within: Iterable[IPv4Network], taken: Iterable[IPv4Network]) -> Iterator[IPv4Network]:
    """Yield the free blocks, as few and as large as possible. The ranges may overlap each other."""
    blocked = list(collapse_addresses(taken))
    for cidr in collapse_addresses(within):
        begin = int(cidr.network_address)
        for other in blocked:
            if not other.overlaps(cidr):
                continue
            if begin < int(other.network_address):
                yield from summarize_address_range(IPv4Address(begin), other.network_address - 1)
            begin = int(other.broadcast_address) + 1
        if begin <= int(cidr.broadcast_address):
            yield from summarize_address_range(IPv4Address(begin), cidr.broadcast_address)


class Neighbours:
    """Ranges that must not overlap. They are sorted, so that a search for an overlap reads only a few ranges."""

    def __init__(self, ranges: Iterable[IPv4Network]) -> None:
        self._ranges = set[IPv4Network]()
        self._starts: list[int] = []
        for cidr in ranges:
            self._ranges.add(cidr)
            self._starts.append(int(cidr.network_address))
        self._starts.sort()

    def is_alone(self, cidr: IPv4Network) -> bool:
        """Return whether `cidr` overlaps no range, or only one smaller range inside `cidr`."""
        first, last = int(cidr.network_address), int(cidr.broadcast_address)
        if bisect_right(self._starts, last) - bisect_left(self._starts, first) > 1:
            return False
        return not any(cidr.supernet(new_prefix=length) in self._ranges for length in range(cidr.prefixlen + 1))

    def is_free(self, cidr: IPv4Network) -> bool:
        """Return whether `cidr` overlaps no range."""
        first, last = int(cidr.network_address), int(cidr.broadcast_address)
        return bisect_right(self._starts, last) == bisect_left(self._starts, first) and self.is_alone(cidr)
