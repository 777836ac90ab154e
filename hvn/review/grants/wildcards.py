"""Match texts with wildcards in linear time, because a regular expression with many wildcards can take years."""

from collections.abc import Sequence


def fits(parts: Sequence[str], text: str) -> bool:
    """Return whether a text consists of these parts in this order, with any text between two parts."""
    first, *rest = parts
    if not rest:
        return text == first
    *middle, last = rest
    if not (text.startswith(first) and text.endswith(last)):
        return False
    at, end = len(first), len(text) - len(last)
    for part in middle:
        found_at = text.find(part, at, end) if at <= end else -1
        if found_at < 0:
            return False
        at = found_at + len(part)
    return at <= end
