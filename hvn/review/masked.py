"""Values of a plan without what is sensitive by the plan's own marks.

`before_sensitive` and `after_sensitive` mirror the value: `true` where it is sensitive, an object or a list where
something within it is (developer.hashicorp.com/terraform/internals/json-format). A mark of any other shape counts as
`true`: this must fail closed.
"""

from typing import Any, Final


class Sensitive:
    """What stands for a sensitive value, so that no value can look like it."""

    def __repr__(self) -> str:
        return "(sensitive)"


SENSITIVE: Final = Sensitive()


def masked(value: Any, *marks: Any) -> Any:
    """The value without what any of the marks calls sensitive: those of both sides, for a mark may come or go."""
    for each in marks:
        value = _masked(value, each)
    return value


def _masked(value: Any, marks: Any) -> Any:
    if marks is None or marks is False or marks == {} or marks == []:
        return value
    if value is None or value is SENSITIVE:
        return value
    if isinstance(marks, dict) and isinstance(value, dict):
        return {key: _masked(each, marks.get(key)) for key, each in value.items()}
    if isinstance(marks, list) and isinstance(value, list) and len(marks) == len(value):
        return [_masked(each, mark) for each, mark in zip(value, marks, strict=True)]
    return SENSITIVE if _any(marks) else value


def _any(marks: Any) -> bool:
    """Whether anything in marks that do not fit their value is one."""
    if isinstance(marks, dict):
        return any(map(_any, marks.values()))
    if isinstance(marks, list):
        return any(map(_any, marks))
    return marks is not False and marks is not None
