"""`Opening`, and the functions that the modules of this folder share."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any

SENSITIVE = "sensitive value"
"""The aspect of an output that shows a sensitive value."""


@dataclass(frozen=True, slots=True, order=True)
class Opening:
    """Access that a resource gives: its rule, path or role, the aspect that is open, and the value if there is one."""

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
    """Yield the values in `after` that no value in `before` covers."""
    known = list(before)
    for value in sorted(after):
        if not any(covers(one, value) for one in known):
            yield value


def covers(wide: str, narrow: str) -> bool:
    """Return whether `wide` is equal to `narrow`, is `*`, or is a range that contains it."""
    if wide in ("*", narrow) or (wide == "0.0.0.0/0" and "/" in narrow):
        return True
    try:
        return IPv4Network(narrow).subnet_of(IPv4Network(wide))
    except ValueError:
        return False


def number(value: Any) -> float:
    """Return a number of a plan or of `cdk.tf.json` unchanged; return 0 for any other value."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else 0
