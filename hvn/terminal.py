"""Findings on a terminal: in colour, each with the line of the file that it speaks of."""

from collections.abc import Iterator, Sequence
from typing import IO

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from hvn.diagnostics.finding import Finding, Level, Span
from hvn.diagnostics.printable import is_visible
from hvn.diagnostics.text import explanation, kind, where
from hvn.yamlfile.lines import LINE_END
from hvn.yamlfile.source import Source

COLOURS = {Level.ERROR: "red", Level.WARNING: "yellow"}
WIDEST = 120
"""Characters of a line that are shown; a longer one is cut around the place."""


def render(findings: Sequence[Finding], read: Source, stream: IO[str]) -> str:
    """As text for this terminal; without colours if NO_COLOR is set, or if the terminal has none."""
    console = Console(file=stream, highlight=False, markup=False, soft_wrap=True)
    if console.no_color:  # else bold would stay
        console = Console(file=stream, highlight=False, markup=False, soft_wrap=True, color_system=None)
    lines = LINE_END.split(read.text)
    with console.capture() as captured:
        for index, each in enumerate(findings):
            if index:
                console.print()
            colour = COLOURS[each.severity]
            level, _, rest = kind(each).partition(" ")
            heading = Text.assemble((where(each), "bold"), " ", (level, f"bold {colour}"))
            console.print(heading.append(f" {rest}"))
            # Never of another file: that may hold keys.
            if each.file == read.file and each.span:
                for line in _excerpt(each.span, lines[each.span.line - 1]):
                    console.print(Text(line, style=colour if line.endswith("^") else "dim"))
            console.print(Text("\n".join(explanation(each))))
    return captured.get()


def _excerpt(each: Span, line: str) -> Iterator[str]:
    """The line and, below it, a mark under the place; nothing if not every character of it can be seen."""
    if not is_visible(line):
        return
    start = each.column - 1
    end = max(start + 1, each.end_column - 1 if each.line == each.end_line else len(line))
    left = max(0, start - WIDEST // 2) if len(line) > WIDEST else 0
    shown = line[left : left + WIDEST]
    number = f"{each.line:>6} | "
    yield f"{number}{shown}"
    under = " " * cell_len(line[left:start]) + "^" * max(1, cell_len(line[start : min(end, left + WIDEST)]))
    yield f"{' ' * (len(number) - 2)}| {under}"
