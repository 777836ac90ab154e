"""Mask the parts of a plan's values that the plan marks as sensitive.

`before_sensitive` and `after_sensitive` have the structure of the value, with `true` for each sensitive part
(developer.hashicorp.com/terraform/internals/json-format). Any other mark counts as `true`, so that an unreadable mark
cannot reveal a secret.
"""

from typing import Any, Final


class Sensitive:
    """Placeholder for a sensitive value. No value of a plan equals the placeholder."""

    def __repr__(self) -> str:
        return "(sensitive)"


SENSITIVE: Final = Sensitive()


def masked(value: Any, *marks: Any) -> Any:
    """Return the value with `SENSITIVE` in place of each part that any of the marks covers.

    Callers pass the marks of both sides, because a change may add or remove a mark.
    """
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
    """Return whether the marks contain a mark. The caller needs this if the marks do not have the structure of their
    value."""
    if isinstance(marks, dict):
        return any(map(_any, marks.values()))
    if isinstance(marks, list):
        return any(map(_any, marks))
    return marks is not False and marks is not None
