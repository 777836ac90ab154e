"""Claims as Vault's plugin finds, compares and prints them (vault-plugin-auth-jwt, claims.go)."""

import math
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

Claims = Mapping[str, Any]
_INDEX = re.compile("[0-9]{1,9}")


class Number(str):
    """A number as Go's json.Number: its text. So `5` and `5.0` differ, and a number never equals a text."""

    __slots__ = ()


def get(claims: Claims, name: str) -> Any:
    """A claim by its name, or by JSON pointer if that begins with a slash. None if it is not there.

    A number is cut to its whole part; numbers inside of lists stay float.
    """
    value = pointed(claims, name) if name.startswith("/") else claims.get(name)
    if isinstance(value, float):
        return Number(int64(value))
    return value


def pointed(value: Any, pointer: str) -> Any:
    """What an RFC 6901 pointer leads to, None if to nothing (mitchellh/pointerstructure)."""
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict):
            value = value.get(name)
        elif isinstance(value, list) and _INDEX.fullmatch(name) and int(name) < len(value):
            value = value[int(name)]
        else:
            return None
    return value


def int64(number: float) -> int:
    """Go's conversion on amd64: cut; what does not fit becomes the least number."""
    if math.isnan(number) or not -(2.0**63) <= number < 2.0**63:
        return -(2**63)
    return int(number)


def as_list(value: Any) -> list[Any] | None:
    """A list as it is, a text, a truth value or a number as a list of one, None for anything else."""
    if isinstance(value, list):
        return value
    return [value] if isinstance(value, str | bool) else None


def equal(one: Any, other: Any) -> bool:
    """Equal in type and value, as Go compares."""
    return type(one) is type(other) and not isinstance(one, dict | list) and bool(one == other)


def shown(value: Any) -> str:
    """A value as Go's `%v` prints it."""
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, list):
        return f"[{' '.join(shown(each) for each in value)}]"
    if isinstance(value, dict):
        inside = " ".join(f"{name}:{shown(value[name])}" for name in sorted(value, key=str.encode))
        return f"map[{inside}]"
    return str(value)


def _float(number: float) -> str:
    """Shortest digits, with an exponent below 1e-4 and from 1e21 on."""
    if number == 0:
        return "-0" if math.copysign(1, number) < 0 else "0"
    exact = Decimal(repr(number)).normalize()
    power = exact.adjusted()
    if -4 <= power < 21:
        return f"{exact:f}"
    digits, _, _ = f"{exact:e}".partition("e")
    return f"{digits}e{'-' if power < 0 else '+'}{abs(power):02d}"
