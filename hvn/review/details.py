"""Format differences for people: texts line by line, lists by element, named elements by name."""

import difflib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from hvn.diagnostics.printable import printable
from hvn.review.access import fingerprint
from hvn.review.differences import Leaf, Name, leaves, normal, shown
from hvn.review.masked import SENSITIVE

CONTEXT = 2
"""The number of unchanged lines to show before and after a changed line."""
LONGEST = 400
"""The maximum number of characters to show of an element or a line."""
PUBLIC_KEY = "-----BEGIN PUBLIC KEY-----"
SIGNS = {"+": "+", "-": "−", " ": ""}


@dataclass(frozen=True, slots=True)
class Detail:
    """An argument that changes: its values, or the lines that differ, each with its sign."""

    path: str
    before: str = ""
    after: str = ""
    lines: tuple[tuple[str, str], ...] = ()


def details(differences: Iterable[Leaf]) -> Iterator[Detail]:
    """Yield each difference as a detail, and each difference within a JSON text as a separate detail."""
    all_leaves = list(differences)
    paths = {leaf.path for leaf in all_leaves}
    for leaf in all_leaves:
        # A plan has a Kubernetes manifest twice: as configured (`manifest`), and from the API server (`object`).
        if leaf.path[:1] == ("object",) and ("manifest", *leaf.path[1:]) in paths:
            continue
        for inner in _parsed(leaf) or [leaf]:
            yield _detail(inner)


def _detail(leaf: Leaf) -> Detail:
    lines = tuple(_lines(leaf))
    if lines:
        return Detail(leaf.argument, lines=lines)
    difference = shown(leaf)
    return Detail(difference.path, difference.before, difference.after)


def _parsed(leaf: Leaf) -> list[Leaf]:
    """Return the differences within two JSON texts, such as policies; nothing for other values."""
    if leaf.unknown is not None or not (isinstance(leaf.before, str) and isinstance(leaf.after, str)):
        return []
    try:
        before, after = json.loads(leaf.before), json.loads(leaf.after)
    except (ValueError, RecursionError):
        return []
    if not isinstance(before, dict) or not isinstance(after, dict):
        return []
    inner = leaves({"before": before, "after": after}, named=True)
    return [Leaf((*leaf.path, *one.path), one.before, one.after) for one in inner]


def _lines(leaf: Leaf) -> Iterator[tuple[str, str]]:
    """Yield the changed lines of a text, or elements of a list, each with its sign; nothing for another value."""
    if leaf.unknown is not None or SENSITIVE in (leaf.before, leaf.after):
        return
    before, after = leaf.before, leaf.after
    if isinstance(before, str) and isinstance(after, str) and "\n" in before + after:
        lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=CONTEXT)
        for line in list(lines)[2:]:
            if not line.startswith("@@"):
                yield SIGNS[line[0]], printable(line[1:], LONGEST)
    elif (
        leaf.path
        and (before is None or after is None)
        and (isinstance(leaf.path[-1], Name) or isinstance(before if after is None else after, dict))
    ):
        yield ("−" if after is None else "+"), _element(before if after is None else after)
    elif isinstance(before or [], list) and isinstance(after or [], list) and (before or after):
        old, new = ([_element(value) for value in side or ()] for side in (before, after))
        yield from (("−", value) for value in old if value not in new)
        yield from (("+", value) for value in new if value not in old)


def _element(value: Any) -> str:
    """Return an element of a list on one line, without its empty fields."""
    if isinstance(value, str):
        return f"public key {fingerprint(value)}" if value.startswith(PUBLIC_KEY) else printable(value, LONGEST)
    kept = normal(value)
    if isinstance(kept, dict):
        kept = {key: inner for key, inner in kept.items() if inner != ""}
    return printable(json.dumps(kept, sort_keys=True, default=repr), LONGEST)
