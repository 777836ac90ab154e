"""Help with names that do not exist: the closest one, and the list of those that do."""

import difflib
from collections.abc import Iterable

from hvn.diagnostics.printable import printable


def closest(name: str, valid: Iterable[str]) -> str:
    """The valid name that was probably meant, or empty."""
    return next(iter(difflib.get_close_matches(name, list(valid), n=1)), "")


def unknown(name: str, valid: Iterable[str], what: str) -> tuple[str, str]:
    """Message and fix for a reference to something that is not there."""
    names = sorted(valid)
    near = closest(name, names)
    return (
        f"there is no {what} `{printable(name)}`",
        f"{f'did you mean `{near}`? ' if near else ''}the valid names are: {', '.join(names) or 'none yet'}",
    )
