"""The possible corrections of a wrong indentation: lines and the number of spaces to add or remove."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf
from typing import Final

from hvn.check.model_paths import annotations
from hvn.diagnostics.finding import Path

WINDOW: Final = 60  # the number of lines around a block that a correction is tried on
_ENDS: Final = 25  # the number of possible ends of a block

KEY = re.compile(r"( *)([\w.-]+|\"[^\"]+\"):(?= |$)")


@dataclass(frozen=True, slots=True)
class Shift:
    """Lines to indent by a number of spaces; the number is negative for fewer spaces. Lines count from 0."""

    first: int
    end: int
    by: int

    def applied(self, lines: Sequence[str]) -> list[str]:
        """Return the lines with the other indentation."""
        return [self._line(text) if self.first <= at < self.end else text for at, text in enumerate(lines)]

    def _line(self, text: str) -> str:
        if self.by >= 0 or not text.strip():
            return " " * max(self.by, 0) * bool(text.strip()) + text
        return text[min(-self.by, depth(text)) :]


def shifts(lines: Sequence[str], anchor: int) -> Iterator[Shift]:
    """Yield the corrections of the lines at an anchor, and of the lines that an error at the anchor can come from."""
    content = [at for at in range(max(anchor - WINDOW, 0), len(lines)) if is_content(lines[at])]
    if anchor not in content:
        return
    here = content.index(anchor)
    starts, least = [here, here - 1], depth(lines[anchor]) + 1
    for number in range(here - 1, -1, -1):  # the keys above
        if depth(lines[content[number]]) < least:
            starts.append(number)
            least = depth(lines[content[number]])
    run = here
    while run > 0 and depth(lines[content[run - 1]]) > depth(lines[anchor]):
        run -= 1
    starts.append(run)
    for start in dict.fromkeys(starts):
        if start >= 0 and KEY.match(lines[content[start]]):
            yield from _of_block(lines, content, start, anchor)


def _of_block(lines: Sequence[str], content: Sequence[int], start: int, anchor: int) -> Iterator[Shift]:
    """Yield the corrections of a key, alone or with lines below it."""
    first = content[start]
    own = depth(lines[first])
    targets = {0}
    if start:
        before = lines[content[start - 1]]
        targets |= _columns(lines, content[:start])
        if before.partition(" #")[0].rstrip().endswith(":"):
            targets.add(depth(before) + 2)
    ends = [*_ends(lines, content, start), *([anchor] if anchor > first else [])]
    for end in ends:
        more = {depth(lines[end])} if end < len(lines) else set()
        for target in sorted({*targets, *more} - {own}):
            yield Shift(first, end, target - own)


def _columns(lines: Sequence[str], content: Sequence[int]) -> set[int]:
    """Return the indentation of the last line, and of each mapping that contains the last line."""
    columns, least = set[int](), inf
    for number in reversed(content):
        if (indent := depth(lines[number])) < least:
            columns.add(indent)
            least = indent
    return columns


def _ends(lines: Sequence[str], content: Sequence[int], start: int) -> Iterator[int]:
    """Yield the ends of the blocks that begin with a key: the key's line, its value, and the keys after the key."""
    own = depth(lines[content[start]])
    shown, last, value_ended = 0, content[start] + 1, False
    yield last
    for number in content[start + 1 :]:
        indent = depth(lines[number])
        if indent <= own and not value_ended:
            value_ended = True
            yield last
        elif indent <= own + 2 and shown < _ENDS:
            shown += 1
            yield last
        if indent < own:
            return
        last = number + 1
    yield last


def may_fit(lines: Sequence[str], shift: Shift) -> bool:
    """Return whether the shifted keys can be valid at their new place. Only the text of the lines above decides: a
    parser for each correction takes too long."""
    own = depth(lines[shift.first])
    path: Path = ()
    names = [match[2] for text in lines[shift.first : shift.end] if (match := KEY.match(text)) and len(match[1]) == own]
    column = own + shift.by
    for above in range(shift.first - 1, -1, -1):
        if not column:
            break
        if is_content(lines[above]) and depth(lines[above]) < column:
            if not (key := KEY.match(lines[above])):
                return True  # an item of a list, or text
            path, column = (key[2].strip('"'), *path), depth(lines[above])
    return all(annotations((*path, name.strip('"'))) for name in names)


def depth(text: str) -> int:
    """Return the number of spaces before a line's text."""
    return len(text) - len(text.lstrip(" "))


def is_content(text: str) -> bool:
    """Return whether a line has more than spaces and a comment."""
    return bool(text.strip()) and not text.lstrip().startswith("#")
