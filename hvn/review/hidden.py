"""Hide the values in texts that a plan marks as sensitive."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from hvn.review.grants.opening import Opening
from hvn.review.masked import SENSITIVE, masked


def hidden(openings: Iterable[Opening], *changes: Mapping[str, Any]) -> frozenset[Opening]:
    """Return the openings with `(sensitive)` in place of each text that a change of a plan marks as sensitive.

    The openings depend on the real values: with masked values, a rule that allows traffic would look like no rule.
    """
    hide = hiding(*changes)
    return frozenset(replace(one, subject=hide(one.subject), value=hide(one.value)) for one in openings)


def hiding(*changes: Mapping[str, Any]) -> Callable[[str], str]:
    """Return a function that replaces each text that one of the changes marks as sensitive with `(sensitive)`."""
    secrets = {
        text
        for change in changes
        for value in (change.get("before"), change.get("after"))
        for text in _masked_texts(value, masked(value, change.get("before_sensitive"), change.get("after_sensitive")))
    }
    if not secrets:
        return str
    words = "|".join(map(re.escape, sorted(secrets, key=len, reverse=True)))
    pattern = re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)
    return lambda text: pattern.sub(repr(SENSITIVE), text)


def _masked_texts(value: Any, shown: Any) -> Iterator[str]:
    """Yield the texts and numbers of a value that `shown` masks."""
    if shown is SENSITIVE:
        yield from _texts(value)
    elif isinstance(value, dict) and isinstance(shown, dict):
        for key, inner in value.items():
            yield from _masked_texts(inner, shown.get(key))
    elif isinstance(value, list) and isinstance(shown, list):
        for inner, other in zip(value, shown, strict=True):
            yield from _masked_texts(inner, other)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = [*value.values()]
    if isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str | int | float) and not isinstance(value, bool) and value != "":
        yield str(value)
