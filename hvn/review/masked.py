"""Values of a plan without the parts that the plan marks as sensitive.

`before_sensitive` and `after_sensitive` have the form of the value: `true` for a sensitive part, an object or a list
around one (developer.hashicorp.com/terraform/internals/json-format). Any other mark counts as `true`: this fails
closed.
"""

from typing import Any, Final


class Sensitive:
    """Placeholder for a sensitive value. No value of a plan equals it."""

    def __repr__(self) -> str:
        return "(sensitive)"


SENSITIVE: Final = Sensitive()


def masked(value: Any, *marks: Any) -> Any:
    """Return the value without the parts that a mark of either side calls sensitive: a mark may appear or disappear."""
    for mark in marks:
        value = _masked(value, mark)
    return value


def _masked(value: Any, marks: Any) -> Any:
    if marks is None or marks is False or marks == {} or marks == []:
        return value
    if value is None or value is SENSITIVE:
        return value
    if isinstance(marks, dict) and isinstance(value, dict):
        return {key: _masked(inner, marks.get(key)) for key, inner in value.items()}
    if isinstance(marks, list) and isinstance(value, list) and len(marks) == len(value):
        return [_masked(inner, mark) for inner, mark in zip(value, marks, strict=True)]
    return SENSITIVE if _any(marks) else value


def _any(marks: Any) -> bool:
    """Return whether marks that do not have the form of their value contain a mark."""
    if isinstance(marks, dict):
        return any(map(_any, marks.values()))
    if isinstance(marks, list):
        return any(map(_any, marks))
    return marks is not False and marks is not None
