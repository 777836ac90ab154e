"""Offsets in a text turned into lines and columns."""

import re
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from hvn.diagnostics.finding import Span

LINE_END = re.compile(r"\r\n|\r|\n")
"""What ends a line in YAML 1.2. Not U+0085, U+2028 and U+2029, which end it in YAML 1.1 only."""


@dataclass(frozen=True, slots=True)
class Lines:
    """A text and the offsets its lines begin at. Offsets and columns count characters."""

    text: str
    starts: Sequence[int]

    @classmethod
    def of(cls, text: str) -> Self:
        """Find the lines of a text."""
        starts = array("L", [0])  # a fifth of a list's memory: a file may hold millions of empty lines
        starts.extend(match.end() for match in LINE_END.finditer(text))
        return cls(text, starts)

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column, both from 1. What is missing after the last line is missing at its end."""
        offset = min(offset, len(self.text))
        if len(self.starts) > 1 and offset == self.starts[-1] == len(self.text):
            offset -= 1
        if self.text[offset - 1 : offset + 1] == "\r\n":
            offset -= 1  # a line ends before its line end, not within it
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1

    def span(self, start: int, end: int) -> Span:
        """The stretch from `start` up to, not including, `end`."""
        return Span(*self.position(start), *self.position(max(start, end)))

    def first(self) -> Span:
        """The first line as a whole."""
        end = LINE_END.search(self.text)
        return self.span(0, end.start() if end else len(self.text))
