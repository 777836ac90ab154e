"""Compute lines and columns from offsets in a text."""

import re
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

from hvn.diagnostics.finding import Finding, Span

LINE_END = re.compile(r"\r\n|\r|\n")
"""The line ends of YAML 1.2. U+0085, U+2028 and U+2029 end a line in YAML 1.1 only."""


class OffsetFinding(NamedTuple):
    """A finding with a start and an end offset in characters instead of a span; the end is exclusive."""

    finding: Finding
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Lines:
    """A text and the offset of the first character of each line. Offsets and columns count characters."""

    text: str
    starts: Sequence[int]

    @classmethod
    def of(cls, text: str) -> Self:
        """Return the text with the offset of each line's first character."""
        # Use an array: a list needs five times the memory, and a file can have millions of empty lines.
        starts = array("L", [0])
        starts.extend(match.end() for match in LINE_END.finditer(text))
        return cls(text, starts)

    def position(self, offset: int) -> tuple[int, int]:
        """Return the line and the column of an offset, both from 1. An offset after the last line end belongs to the
        last line."""
        offset = min(offset, len(self.text))
        if len(self.starts) > 1 and offset == self.starts[-1] == len(self.text):
            offset -= 1
        if self.text[offset - 1 : offset + 1] == "\r\n":
            offset -= 1  # the line ends before the CR of a CRLF
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1

    def span(self, start: int, end: int) -> Span:
        """Return the span from offset `start` to offset `end`; the end is exclusive."""
        return Span(*self.position(start), *self.position(max(start, end)))

    def first(self) -> Span:
        """Return the span of the first line."""
        end = LINE_END.search(self.text)
        return self.span(0, end.start() if end else len(self.text))
