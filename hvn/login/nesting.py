"""Check the nesting limit of claims: Vault encodes verified claims as JSON and decodes them again (cap, jwt/jwt.go).

Go's JSON package refuses to decode more than 10,000 levels of nesting. go-jose, which parses the token first, has no
limit.
"""

from collections.abc import Mapping
from typing import Any

MAX_LEVELS = 10_000


def too_deep(claims: Mapping[str, Any] | None) -> str:
    """Return the first bracket that exceeds the nesting limit, in the order in which Go encodes the claims, or an empty
    text."""
    levels: list[Any] = [iter((claims,))]
    while levels:
        item = next(levels[-1], levels)
        if item is levels:
            levels.pop()
        elif isinstance(item, dict | list):
            if len(levels) > MAX_LEVELS:
                return "{" if isinstance(item, dict) else "["
            in_order = [item[name] for name in sorted(item, key=str.encode)] if isinstance(item, dict) else item
            levels.append(iter(in_order))
    return ""
