"""Suggest a valid name in place of an unknown name."""

import difflib
import re
from collections.abc import Iterable
from itertools import takewhile

from hvn.diagnostics.printable import printable
from hvn.diagnostics.similar import ascii_form


def closest(name: str, valid: Iterable[str], least: float = 0.6) -> str:
    """Return the valid name that is most similar to the unknown name, or an empty string. `least` is the lowest
    similarity, from 0 to 1 for equal names.

    If no whole name is similar, the function compares the last parts of names with dots: `dc1` is similar to
    `on_premises.dc`.
    """
    names = list(valid)
    folded = {_folded(one): one for one in reversed(names)}
    if near := folded.get(_folded(name)):
        return near
    if similar := difflib.get_close_matches(name, names, n=1, cutoff=least):
        return similar[0]
    parts = {path.rpartition(".")[2]: path for path in reversed(names) if "." in path}
    last = difflib.get_close_matches(name.rpartition(".")[2], parts, n=1, cutoff=least)
    return next((parts[part] for part in last), "")


def is_typo(name: str, valid: str) -> bool:
    """Return whether a name differs from a valid name by one character, by two swapped characters, or only in case and
    separators."""
    one, other = _folded(name), _folded(valid)
    for _ in range(2):  # remove the equal characters at the start, then at the end
        equal = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
        one, other = one[equal:][::-1], other[equal:][::-1]
    return max(len(one), len(other)) <= 1 or (len(one) == 2 and one == other[::-1])


def _folded(name: str) -> str:
    """Return the name without case and separators."""
    return re.sub(r"[\s_-]", "", ascii_form(name)).casefold()


def unknown(name: str, valid: Iterable[str], kind: str) -> tuple[str, str]:
    """Return the message and the fix of a finding about an unknown name. `kind` is the kind of the named object, such
    as `spoke`."""
    names = sorted(valid)
    near = closest(name, names)
    return (
        f"there is no {kind} `{printable(name)}`",
        f"{f'did you mean `{near}`? ' if near else ''}the valid names are: {', '.join(names) or 'none yet'}",
    )
