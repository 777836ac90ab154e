"""Look up and compare claims as Vault's plugin does (vault-plugin-auth-jwt, claims.go)."""

import math
import re
from collections.abc import Mapping
from typing import Any

Claims = Mapping[str, Any]
# The integers of Go's strconv.ParseInt with base 0: underscores only between digits, or after the prefix of the base.
_INDEX = re.compile(
    "([+-]?)(?:0[xX]((?:_?[0-9a-fA-F])+)|0[bB]((?:_?[01])+)|0[oO]((?:_?[0-7])+)|(0(?:_?[0-7])*)|([1-9](?:_?[0-9])*))"
)
_BASES = (16, 2, 8, 8, 10)


class Number(str):
    """A number as Go's json.Number, which keeps its text: the numbers `5` and `5.0` differ, and a number never
    equals a string."""

    __slots__ = ()


def get(claims: Claims, name: str) -> Any:
    """Return the claim with this name, or None if the claim is missing. A name that begins with a slash is a JSON
    pointer.

    The function truncates a claim that is a number to an integer, but not the numbers inside a list.
    """
    value = pointed(claims, name) if name.startswith("/") else claims.get(name)
    if isinstance(value, float):
        return Number(int64(value))
    return value


def pointed(value: Any, pointer: str) -> Any:
    """Return the value at an RFC 6901 pointer, or None if the value is missing (mitchellh/pointerstructure v1.2.1,
    get.go).

    A pointer's list index may have a base prefix such as `0x`; an empty index is 0 (mitchellh/mapstructure v1.5.0,
    decodeInt).
    """
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict):
            value = value.get(name)
        elif isinstance(value, list) and 0 <= (index := _index(name)) < len(value):
            value = value[index]
        else:
            return None
    return value


def _index(name: str) -> int:
    """Return the list index in one part of a pointer, or -1 if the part is not an integer."""
    if not name:
        return 0
    match = _INDEX.fullmatch(name)
    if not match:
        return -1
    sign, *digits = match.groups()
    number = next(int(text.replace("_", ""), base) for text, base in zip(digits, _BASES, strict=True) if text)
    return -number if sign == "-" else number


def int64(number: float) -> int:
    """Return a float converted to int64 as Go does on amd64: truncated, and -2**63 for a float out of range."""
    if math.isnan(number) or not -(2.0**63) <= number < 2.0**63:
        return -(2**63)
    return int(number)


def as_list(value: Any) -> list[Any] | None:
    """Return a list unchanged, and a string, bool or `Number` as a list with one item. For any other value, return
    None."""
    if isinstance(value, list):
        return value
    return [value] if isinstance(value, str | bool) else None


class Uncomparable(Exception):
    """Go panics when it compares two lists or two objects: Vault closes the connection."""


def equal(one: Any, other: Any) -> bool:
    """Return whether two JSON values are equal in Go: same type and same value. Raises `Uncomparable` for two lists
    or two objects."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict | list):
        raise Uncomparable
    return bool(one == other)
