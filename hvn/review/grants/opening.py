"""Define `Opening`, and the functions that the modules of this folder share."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import Any

SENSITIVE = "sensitive value"
"""The aspect of an output that shows a sensitive value."""


@dataclass(frozen=True, slots=True, order=True)
class Opening:
    """Access that a resource gives: the rule, path or role, the aspect that the change opens, and the new value, if
    any."""

    subject: str
    aspect: str
    value: str = ""


def texts(value: Any) -> frozenset[str]:
    """Return the items of a list, or a single value, as texts; nothing for null or an empty text."""
    if value is None or value == "":
        return frozenset()
    items = value if isinstance(value, list | tuple | set) else [value]
    return frozenset(str(item) for item in items if item is not None)


def blocks(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the nested blocks in a value: Terraform's JSON has a list of objects or one object."""
    for block in value if isinstance(value, list) else [value]:
        if isinstance(block, Mapping):
            yield block


def new_values(before: Iterable[str], after: Iterable[str]) -> Iterator[str]:
    """Yield the values in `after` that the values in `before` do not cover. Several ranges may cover one range."""
    known = list(before)
    ranges = _merged(filter(None, map(_interval, known)))
    for value in sorted(after):
        own = _interval(value)
        by_ranges = own and any(one[0] == own[0] and one[1] <= own[1] and own[2] <= one[2] for one in ranges)
        if not by_ranges and not any(covers(one, value) for one in known):
            yield value


def covers(wide: str, narrow: str) -> bool:
    """Return whether `wide` is equal to `narrow`, is `*` or `Any`, or is a host name `*.…` or a range that contains
    `narrow`."""
    if wide in ("*", "Any", narrow):
        return True
    if wide.startswith("*."):
        return narrow.casefold().endswith(wide[1:].casefold())
    own, other = _interval(wide), _interval(narrow)
    return own is not None and other is not None and own[0] == other[0] and own[1] <= other[1] and other[2] <= own[2]


Interval = tuple[str, int, int]
"""A range of IPv4 addresses or of ports: its kind, and its first and last number."""
_PORTS = re.compile(r"([0-9]{1,5})(?:-([0-9]{1,5}))?")


def _interval(value: str) -> Interval | None:
    """Return the range of a CIDR, an address, two addresses or ports; None for another value."""
    if match := _PORTS.fullmatch(value):
        return "port", int(match[1]), int(match[2] or match[1])
    try:
        if "-" in value:
            first, last = map(IPv4Address, value.split("-"))
            return "address", int(first), int(last)
        network = IPv4Network(value)
    except ValueError:
        return None
    return "address", int(network[0]), int(network[-1])


def _merged(intervals: Iterable[Interval]) -> list[Interval]:
    """Return the ranges; adjacent and overlapping ranges are joined."""
    merged: list[Interval] = []
    for kind, first, last in sorted(intervals):
        if merged and merged[-1][0] == kind and first <= merged[-1][2] + 1:
            merged[-1] = kind, merged[-1][1], max(last, merged[-1][2])
        else:
            merged.append((kind, first, last))
    return merged


def number(value: Any) -> float:
    """Return a number of a plan or of `cdk.tf.json` unchanged; return 0 for any other value."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else 0
