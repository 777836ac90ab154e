"""A placeholder replaces an invalid value of the topology file, so that rules can check the other values.

A rule that uses the placeholder raises `NeedsInvalid`; all other rules run as on a valid file. The placeholder allows
only the comparison with `is`. The placeholder is not None, because None means that the file lacks an optional key.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NoReturn, TypeVar

T = TypeVar("T")


class NeedsInvalid(Exception):
    """A rule used a value that is invalid or missing in the file."""


def _refuse(*_: Any, **__: Any) -> NoReturn:
    raise NeedsInvalid


_OPERATIONS = (
    *("bool", "eq", "ne", "lt", "le", "gt", "ge", "hash", "str", "repr", "format", "bytes", "int", "index", "float"),
    *("len", "iter", "contains", "getitem", "call", "add", "radd", "sub", "rsub", "mul", "rmul", "mod", "rmod"),
    *("and", "rand", "or", "ror", "fspath"),
)


class _Invalid:
    """The type of the placeholder. `isinstance` reads `__class__`, so a rule that calls `isinstance` also raises
    `NeedsInvalid`."""

    __slots__ = ()
    __class__ = property(_refuse)
    __getattr__ = _refuse


for _operation in _OPERATIONS:
    setattr(_Invalid, f"__{_operation}__", _refuse)


def invalid() -> Any:
    """Return the placeholder. It is not a variable of a module, because `hvn.rulebook` reads all variables of modules
    to find rules."""
    return _Invalid()


def valid_part(ranges: Iterable[tuple[T, Any]]) -> Iterator[tuple[T, Any]]:
    """Yield the items with a valid range, and stop at the first invalid part of the file.

    Rules that compare ranges use this function, so that they still report overlaps of the valid ranges.
    """
    try:
        for path, cidr in ranges:
            if type(cidr) is not _Invalid:
                yield path, cidr
    except NeedsInvalid:
        return
