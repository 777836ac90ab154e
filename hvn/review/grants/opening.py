"""One thing that a resource opens, and what the modules of this folder share."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any


@dataclass(frozen=True, slots=True, order=True)
class Opening:
    """Access that a resource gives: the rule, path or role, its part that is open, and the value, if it has one."""

    subject: str
    aspect: str
    value: str = ""


def texts(value: Any) -> frozenset[str]:
    """Return the items of a list, or a single value, as texts; nothing for null."""
    if value is None or value == "":
        return frozenset()
    items = value if isinstance(value, list | tuple | set) else [value]
    return frozenset(str(item) for item in items if item is not None)


def blocks(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield nested blocks: Terraform's JSON has a list, and takes one object as well."""
    for block in value if isinstance(value, list) else [value]:
        if isinstance(block, Mapping):
            yield block


def new_values(before: Iterable[str], after: Iterable[str]) -> Iterator[str]:
    """Yield the values after that no value before covers: the same one, `*`, or a range around it."""
    known = list(before)
    for value in sorted(after):
        if not any(covers(one, value) for one in known):
            yield value


def covers(wide: str, narrow: str) -> bool:
    """Return whether a value includes another one."""
    if wide in ("*", narrow) or (wide == "0.0.0.0/0" and "/" in narrow):
        return True
    try:
        return IPv4Network(narrow).subnet_of(IPv4Network(wide))
    except ValueError:
        return False


def number(value: Any) -> float:
    """Return a number of a plan or of `cdk.tf.json`; 0 for null and for anything else."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else 0
