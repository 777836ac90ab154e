"""The values of a YAML document while the reader reads it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from hvn.diagnostics.finding import Path

Value: TypeAlias = "Mapping[str, Value] | tuple[Value, ...] | str | int | bool | None"
Place: TypeAlias = tuple[int, int, int, int]
"""Start and end of a key, then start and end of its value. A list item has no key, so both pairs are the item's."""


@dataclass(slots=True)
class Open:
    """A mapping or list that the parser has not finished."""

    path: Path
    start: int
    kept: bool  # False below a refused key: the reader checks the values there, but does not keep them
    mapping: dict[str, Value] | None  # None if the value is a list
    items: list[Value] = field(default_factory=list)
    keys: dict[str, int] = field(default_factory=dict)  # the offset of each key in the text
    key: str | None = None  # the key that the next value belongs to
    key_kept: bool = True
    key_start: int = 0
    key_end: int = 0
