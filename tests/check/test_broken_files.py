"""In thousands of files with typical editing mistakes, each error has a line, and the check raises no exception.

A failure names the file's seed: `broken(seed)` returns the same file on every machine.
"""

import sys
from collections.abc import Callable
from random import Random
from types import FrameType
from typing import Any

import pytest

from hvn.diagnostics.finding import Level
from hvn.diagnostics.printable import is_visible
from hvn.diagnostics.text import render
from hvn.diagnostics.to_github import to_github
from hvn.diagnostics.to_json import to_json
from tests.conftest import PROJECT, SAMPLE
from tests.findings import reported
from tests.strategies import check

SOURCES = [
    file.read_text(encoding="utf-8")
    for file in (SAMPLE, *(PROJECT / "tests" / "topologies" / f"{name}.yaml" for name in ("everything", "existing")))
]
BITS = (
    *("{", "}", "[", "]", ":", ": ", "- ", ",", "#", " #", "'", '"', "|", ">", "&a", "*a", "!!int", "%", "@", "`", "?"),
    *("\t", "\r", "\n", "\n\n", "  ", "\u00a0", "\u2028", "\u202e", "\x00", "\x1b[2J", "\ud800", "\ufeff", "é", "😀"),
    *("<<: ", "---\n", "...\n", "null", "~", "no", "010", "1.30", "1e999", "9" * 40, "${a}", "%{b}", "10.64.0.1/16"),
    *(
        "existing",
        "cidr: 10.0.0.0/8",
        "vault_route: via-hub",
        "kubernetes",
        "# hvn: allow HVN111 x",
        "#hvn:",
        "x" * 3000,
    ),
)


def cut(text: str, random: Random) -> str:
    start = random.randrange(len(text))
    return text[:start] + text[start + random.randint(1, 60) :]


def end_early(text: str, random: Random) -> str:
    return text[: random.randrange(len(text))]


def put_in(text: str, random: Random) -> str:
    at = random.randrange(len(text))
    return text[:at] + random.choice(BITS) + text[at:]


def on_lines(change: Callable[[list[str], int, int], None]) -> Callable[[str, Random], str]:
    def changed(text: str, random: Random) -> str:
        lines = text.split("\n")
        change(lines, random.randrange(len(lines)), random.randrange(len(lines)))
        return "\n".join(lines)

    return changed


def swap(lines: list[str], one: int, other: int) -> None:
    lines[one], lines[other] = lines[other], lines[one]


def repeat(lines: list[str], one: int, other: int) -> None:
    lines.insert(other, lines[one])


def drop(lines: list[str], one: int, _: int) -> None:
    del lines[one]


def indent(lines: list[str], one: int, other: int) -> None:
    """Indent consecutive lines by one or two spaces."""
    for index in range(min(one, other), max(one, other)):
        lines[index] = " " * (1 + one % 2) + lines[index]


def values(text: str, random: Random) -> str:
    """Return the text with the value of one line copied to another line."""
    lines = text.split("\n")
    with_value = [index for index, line in enumerate(lines) if ": " in line] or [0]
    one, other = random.choice(with_value), random.choice(with_value)
    lines[one] = lines[one].partition(": ")[0] + ": " + lines[other].partition(": ")[2]
    return "\n".join(lines)


WAYS = (cut, end_early, put_in, put_in, values, values, *map(on_lines, (swap, repeat, drop, indent)))


def broken(seed: int) -> str:
    """Return a file with up to three changes. The file may still be valid."""
    random = Random(seed)
    text = random.choice(SOURCES)
    for _ in range(random.randint(1, 3)):
        text = random.choice(WAYS)(text or "\n", random)
    return text


@pytest.mark.slow
@pytest.mark.parametrize(
    # The first 300 files have each kind of mistake in each source several times.
    "first",
    [pytest.param(first, marks=pytest.mark.whole if first else ()) for first in range(0, 2100, 300)],
)
def test_every_error_has_a_line_and_nothing_is_raised(first: int) -> None:
    wrong = 0
    for seed in range(first, first + 300):
        text = broken(seed)
        loaded = check(text)
        lines = text.count("\n") + text.count("\r") + 1
        found = reported(loaded.findings)
        for finding in found:
            assert 1 <= finding.line <= finding.span.end_line <= lines, seed
            assert finding.column >= 1, seed
        assert all((finding.message, finding.fix) for finding in loaded.findings), seed
        assert found == sorted(found, key=lambda finding: (finding.line, finding.column, finding.id)), seed
        assert (loaded.checked is None) == any(each.severity is Level.ERROR for each in loaded.findings), seed
        shown = f"{render(loaded.findings)}\n{to_github(loaded.findings)}"
        assert all(is_visible(line) for line in shown.split("\n")), seed
        assert to_json(loaded.findings).isascii()
        if loaded.checked:
            assert loaded.checked.workspaces(), seed
        wrong += loaded.checked is None
    assert wrong > 210, "most of them have to be broken"


def test_a_seed_is_always_the_same_file() -> None:
    assert broken(7) == broken(7) != broken(8)


def lines_run(text: str) -> int:
    """Return the number of Python lines that a check executes, which is equal on every machine."""
    count = 0

    def trace(_frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        check(text)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.whole
@pytest.mark.parametrize(
    "more",
    [
        lambda number: f"unknown{number}: 1\n",
        lambda number: f"unknown{number}: 1 # hvn: allow HVN020 it stays\n",
    ],
    ids=["unknown keys", "acceptances"],
)
def test_twice_as_many_mistakes_take_twice_as_long(more: Callable[[int], str]) -> None:
    one, two = (lines_run(SOURCES[0] + "".join(map(more, range(count)))) for count in (800, 1600))
    assert two < 2.3 * one
