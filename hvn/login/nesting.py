"""How deeply claims are nested. Vault writes verified claims as JSON and reads them again (cap, jwt/jwt.go).

Go's own JSON package refuses to read more than 10,000 levels; go-jose, which reads the token, has no limit.
"""

from collections.abc import Mapping
from typing import Any

MAX_LEVELS = 10_000


def too_deep(claims: Mapping[str, Any] | None) -> str:
    """Return the first bracket beyond the limit, in the order in which Go writes the claims, or an empty text."""
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
