"""An index of items by their ranges, because a search through the ranges of 1,000 spokes is slow."""

from bisect import bisect_left
from collections.abc import Iterable
from ipaddress import IPv4Network
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Index(Generic[Item]):
    """Finds the items with ranges that contain or overlap a range, in their original order."""

    def __init__(self, items: Iterable[tuple[IPv4Network, Item]]) -> None:
        self._items: list[Item] = []
        self._known: dict[tuple[int, int], list[int]] = {}
        for number, (cidr, item) in enumerate(items):
            self._items.append(item)
            self._known.setdefault((int(cidr.network_address), cidr.prefixlen), []).append(number)
        self._lengths = {length for _, length in self._known}
        self._sorted = sorted(self._known)

    def around(self, cidr: IPv4Network) -> list[Item]:
        """Return the items with a range that contains the whole range."""
        return self._in_order(self._around(cidr))

    def overlapping(self, cidr: IPv4Network) -> list[Item]:
        """Return the items with a range that contains the range, or is inside it."""
        first = int(cidr.network_address)
        begin = bisect_left(self._sorted, (first, cidr.prefixlen + 1))
        end = bisect_left(self._sorted, (first + cidr.num_addresses, 0))
        return self._in_order([*self._around(cidr), *self._sorted[begin:end]])

    def _around(self, cidr: IPv4Network) -> list[tuple[int, int]]:
        first, own = int(cidr.network_address), cidr.prefixlen
        wider = ((first >> (32 - length) << (32 - length), length) for length in self._lengths if length <= own)
        return [key for key in wider if key in self._known]

    def _in_order(self, keys: Iterable[tuple[int, int]]) -> list[Item]:
        return [self._items[number] for number in sorted(number for key in keys for number in self._known[key])]
