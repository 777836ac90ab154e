"""Read the openings that the edit, the base or changed code explains. hvn/plans/openings.py writes them into the plan
file."""

import re
from collections.abc import Iterable
from typing import Any

from hvn.review.grants.opening import Opening
from hvn.review.grants.wildcards import fits
from hvn.review.plan import Explained, Openings


def explained(value: Any) -> Explained | None:
    """Return the openings of a plan by explanation; None if `hvn plans` did not compare the plan.

    A malformed part is None: its openings are unknown.
    """
    if not isinstance(value, dict):
        return None
    return Explained(edit=_read(value.get("edit")), base=_read(value.get("base")), code=_read(value.get("code")))


def _read(value: Any) -> Openings | None:
    if not isinstance(value, dict):
        return None
    try:
        return {
            str(address): frozenset(Opening(*(str(part) for part in parts)) for parts in openings)
            for address, openings in value.items()
        }
    except TypeError:
        return None


def without(openings: Iterable[Opening], known: Iterable[Opening]) -> frozenset[Opening]:
    """Return the openings that are not in `known`.

    A reference in a known opening (`${…}`) matches any value: the synthesized Terraform does not contain the value.
    """
    patterns = [[_parts(text) for text in _texts(opening)] for opening in known]
    return frozenset(
        opening for opening in openings if not any(all(map(fits, parts, _texts(opening))) for parts in patterns)
    )


def _texts(opening: Opening) -> tuple[str, str, str]:
    return opening.subject, opening.aspect, opening.value


def _parts(text: str) -> list[str]:
    return re.split(r"\$\{[^}]*\}", text)
