"""Find the firewall rules that another rule covers, without comparing every pair of rules.

A rule covers another rule if it contains each source, destination and port of the other rule. The index lists each rule
under every pair of one of its sources and one of its destinations. A search reads only the rules under pairs that
contain the other rule's first source and first destination.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Network
from typing import NamedTuple

from hvn.diagnostics.message import Path
from hvn.topology.firewall import port_range

Value = int | str
"""A range as a number (see `block`), or the text of a host name or tag."""


class Ports(NamedTuple):
    """The ports of one protocol."""

    protocol: str
    first: int
    last: int


@dataclass(slots=True)
class Traffic:
    """The traffic of one rule. `path` is the rule's place in the file, empty for a rule of this project."""

    path: Path
    name: str
    sources: tuple[int, ...]
    destinations: tuple[Value, ...]
    ports: tuple[Ports, ...]


def block(cidr: IPv4Network) -> int:
    """Return a range as a number: a bit 1, then the bits of the range's prefix. A shift to the right returns a wider
    range."""
    return (1 << cidr.prefixlen) | (int(cidr.network_address) >> (32 - cidr.prefixlen))


@cache
def ports(protocol: str, port: str) -> Ports:
    """Return the range of `443`, `8000-8010` or `*`, with the protocol in lower case."""
    return Ports(protocol.lower(), *port_range(port or "*"))


def covered(rules: Sequence[Traffic]) -> Iterator[tuple[Traffic, Traffic]]:
    """Yield each covered rule of the file with a covering rule; of two equal rules, the first covers the second."""
    index: dict[tuple[Value, Value], list[int]] = defaultdict(list)
    for number, rule in enumerate(rules):
        for source in rule.sources:
            for destination in rule.destinations:
                index[source, destination].append(number)
    sources = {source.bit_length() for source, _ in index if isinstance(source, int)}
    destinations = {destination.bit_length() for _, destination in index if isinstance(destination, int)}
    for number, rule in enumerate(rules):
        if rule.path:
            wide = list(_around(rule.destinations[0], destinations))
            pairs = [(source, destination) for source in _around(rule.sources[0], sources) for destination in wide]
            candidates = {other for pair in pairs if pair in index for other in index[pair]} - {number}
            for other in sorted(candidates):
                if _covers(rules[other], rule) and (other < number or not _covers(rule, rules[other])):
                    yield rule, rules[other]
                    break


def _around(value: Value, lengths: Set[int]) -> Iterator[Value]:
    """Yield the values that contain a value: the value, wider ranges, or wildcards of the parent domains."""
    if isinstance(value, int):
        own = value.bit_length()
        yield from (value >> (own - length) for length in lengths if length <= own)
        return
    yield value
    parts = value.removeprefix("*.").split(".")
    yield from (f"*.{'.'.join(parts[number:])}" for number in range(1, len(parts)))
    yield "*"


def _covers(one: Traffic, other: Traffic) -> bool:
    return (
        all(any(_contains(mine, value) for mine in one.sources) for value in other.sources)
        and all(any(_contains(mine, value) for mine in one.destinations) for value in other.destinations)
        and all(any(_has(mine, ports_) for mine in one.ports) for ports_ in other.ports)
    )


def _has(wide: Ports, narrow: Ports) -> bool:
    return wide.protocol == narrow.protocol and wide.first <= narrow.first and narrow.last <= wide.last


def _contains(wide: Value, narrow: Value) -> bool:
    if wide == narrow:
        return True
    if isinstance(wide, int):
        return isinstance(narrow, int) and narrow >> max(narrow.bit_length() - wide.bit_length(), 0) == wide
    if not isinstance(narrow, str):
        return False
    return wide == "*" or (wide.startswith("*.") and narrow.removeprefix("*.").endswith(wide[1:]))
