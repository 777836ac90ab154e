"""Check the types of arguments as the bindings do, with less work.

For each argument the bindings call `typing.get_type_hints` and `typeguard.check_type`, which takes a large part of
Python's CPU time. This module resolves the hints of a function once. For scalars and objects of jsii, it checks each
pair of a value's type and an expected type once. cdktn's bindings cache the hints. Reasons and figures:
docs/decisions/0002-lazy-bindings.md.
"""

import functools
import typing
from typing import Any

import typeguard

STUB = "_typecheckingstub__"
"""The prefix of the bindings' functions with the expected types as annotations. The annotations never change."""

SCALARS = frozenset({str, bool, int, float, type(None)})
"""For a value of these types the result of a check depends only on the type, except for a `Literal`."""

hints: Any = typing.get_type_hints
check: Any = typeguard.check_type

_passed: dict[tuple[type, int], Any] = {}


@functools.cache
def hints_of(stub: Any) -> dict[str, Any]:
    """Return the type hints of a function of the bindings. Callers do not change the dictionary."""
    resolved: dict[str, Any] = hints(stub)
    return resolved


def get_type_hints(function: Any, *others: Any, **named: Any) -> dict[str, Any]:
    """Return the result of `typing.get_type_hints`."""
    if others or named or not getattr(function, "__name__", "").startswith(STUB):
        resolved: dict[str, Any] = hints(function, *others, **named)
        return resolved
    return hints_of(function)


def check_type(argname: str, value: Any, expected_type: Any, *others: Any, **named: Any) -> None:
    """Raise the errors of `typeguard.check_type`. Skip the check of a scalar or jsii object if a value of the same type
    has already passed.
    """
    key = (type(value), id(expected_type))
    # The dictionary keeps the expected types, so that Python does not reuse the id of an expected type.
    if _passed.get(key, _passed) is expected_type:
        return
    check(argname, value, expected_type, *others, **named)
    if (key[0] in SCALARS and "Literal" not in str(expected_type)) or hasattr(key[0], "__jsii_type__"):
        _passed[key] = expected_type


def install() -> None:
    """Replace both functions, which the bindings look up for each call. If a different version of typeguard has other
    parameters, keep its function."""
    typing.get_type_hints = get_type_hints  # type: ignore[assignment]
    if check.__code__.co_varnames[:3] == ("argname", "value", "expected_type"):
        typeguard.check_type = check_type
