"""Parse JSON, and refuse texts that different parsers read differently."""

import json
from typing import Any, NoReturn


class Ambiguous(ValueError):
    """A JSON text has a duplicate key, or a number that JSON does not allow. The message states the reason."""


def loads(text: str) -> Any:
    """Return a parsed JSON text. Raises `ValueError`, also for a duplicate key, NaN or Infinity: parsers read these
    differently."""
    return json.loads(text, object_pairs_hook=_object, parse_constant=_constant)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        raise Ambiguous("a duplicate key")
    return result


def _constant(name: str) -> NoReturn:
    raise Ambiguous(f"the number {name}")
