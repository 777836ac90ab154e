"""Print findings and the work in progress on a terminal. Findings have colours and the affected lines of the file."""

import os
import sys
import time
from collections.abc import Iterator, Sequence
from typing import IO

from rich.cells import cell_len
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TimeElapsedColumn
from rich.text import Text

from hvn.diagnostics.finding import Finding, Level, Span
from hvn.diagnostics.printable import is_visible
from hvn.diagnostics.text import alike, explanation, kind, where
from hvn.yamlfile.lines import LINE_END
from hvn.yamlfile.source import Source

COLOURS = {Level.ERROR: "red", Level.WARNING: "yellow", Level.NOT_CHECKED: "yellow", Level.PASS: "green"}
WIDEST = 120
"""The maximum number of characters to print of a line of the file. A longer line is cut around the finding's place."""


class Screen(Console):
    """A console that raises an error for a closed pipe. The console of rich exits with 1, the status of an error."""

    def on_broken_pipe(self) -> None:
        """Raise the error, so that the caller can end the process by SIGPIPE."""
        raise BrokenPipeError

    def show_cursor(self, show: bool = True) -> bool:  # noqa: ARG002 - rich's signature
        """Do nothing and return false: a killed process could not show a hidden cursor again."""
        return False


def screen(stream: IO[str]) -> Screen:
    """Return a console for a stream, without styles if NO_COLOR is set: rich alone would keep bold text."""
    if os.environ.get("NO_COLOR"):
        return Screen(file=stream, highlight=False, markup=False, soft_wrap=True, color_system=None)
    return Screen(file=stream, highlight=False, markup=False, soft_wrap=True)


class Working:
    """Show the work in progress on a terminal: its name, finished parts, and the seconds since the start.

    Without a terminal, show only finished work, because a log would keep every frame.
    """

    def __init__(self) -> None:
        columns = (SpinnerColumn(), "{task.description}", "{task.fields[count]}", TimeElapsedColumn())
        console = screen(sys.stderr)
        # Output of the command appears above the line, but only if it goes to a terminal too.
        to_terminal = sys.stdout.isatty()
        self._progress = Progress(
            *columns, console=console, transient=True, redirect_stdout=to_terminal, disable=not console.is_terminal
        )
        self._task = self._progress.add_task("", count="")
        self._start = time.monotonic()

    def __enter__(self) -> "Working":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def show(self, text: str, count: str = "") -> None:
        """Replace the shown text and count, such as `3 of 17`."""
        self._progress.update(self._task, description=text, count=count)

    def print(self, text: str) -> None:
        """Print a line on standard error, above the work in progress."""
        self._progress.console.print(text)

    def done(self, text: str) -> None:
        """Print the result of the work on standard error, with the seconds since the start, also without a terminal."""
        self.print(f"{text} in {time.monotonic() - self._start:.0f} s")


def render(findings: Sequence[Finding], read: Source, stream: IO[str]) -> str:
    """Return the findings as text for a terminal, without colours if NO_COLOR is set or the terminal has no colours."""
    console = screen(stream)
    lines = LINE_END.split(read.text)
    with console.capture() as captured:
        for index, (finding, others) in enumerate(alike(findings)):
            if index:
                console.print()
            colour = COLOURS[finding.severity]
            rule = kind(finding).removeprefix(finding.severity)
            heading = Text.assemble((where(finding), "bold"), " ", (finding.severity.value, f"bold {colour}"))
            console.print(heading.append(rule))
            # Print only lines of the topology file, because another file may contain keys.
            if finding.file == read.file and finding.span:
                for line in _excerpt(finding.span, lines[finding.span.line - 1]):
                    console.print(Text(line, style=colour if line.endswith("^") else "dim"))
            console.print(Text("\n".join(explanation(finding, others))))
    return captured.get()


def _excerpt(span: Span, line: str) -> Iterator[str]:
    """Yield a line of the file and a mark under the finding's place; nothing if the line has an invisible character."""
    if not is_visible(line):
        return
    start = span.column - 1
    end = max(start + 1, span.end_column - 1 if span.line == span.end_line else len(line))
    left = max(0, start - WIDEST // 2) if len(line) > WIDEST else 0
    shown = line[left : left + WIDEST]
    number = f"{span.line:>6} | "
    yield f"{number}{shown}"
    under = " " * cell_len(line[left:start]) + "^" * max(1, cell_len(line[start : min(end, left + WIDEST)]))
    yield f"{' ' * (len(number) - 2)}| {under}"
