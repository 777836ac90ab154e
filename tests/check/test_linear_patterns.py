"""Long values, keys and comments take linear time: twice the length takes about twice the time."""

import pathlib
import re
import time
from collections.abc import Callable
from typing import get_args

import pytest

from hvn.check.load import check
from hvn.topology import fields
from hvn.topology.fields import Text
from hvn.yamlfile.source import parse
from tests import strategies
from tests.check.changed_topologies import leaves, topology, with_values

EVERYTHING = topology("everything")
LENGTH = 20_000
# Each text repeats a part of a pattern, so that a quantifier could match the text in several ways.
FILLERS = ["a", "1", " ", "_", "#", "# ", "a-", "1:", "0e", "e9"]
COMMENTS = ["# hvn", "# hvn:", "# hvn: allow", "# hvn: allow HVN504", "# hvn: allow HVN504,", "#hvn:allow hvn", "#"]
FILLERS_OF_COMMENTS = [" ", ", ", "HVN504 ", ":", "# hvn", "#"]


def seconds(action: Callable[[str], object], text: str) -> float:
    """Return the processor time of the fastest of three runs."""
    times = []
    for _ in range(3):
        start = time.process_time()
        action(text)
        times.append(time.process_time() - start)
    return min(times)


def assert_linear(action: Callable[[str], object], make: Callable[[int], str]) -> None:
    """Assert that twice the length takes at most three times as long, apart from some milliseconds of noise."""
    short, long = seconds(action, make(LENGTH)), seconds(action, make(2 * LENGTH))
    assert long <= 3 * short + 0.02, (short, long)


def check_text(text: str) -> object:
    return check(parse(text, "topology.yaml"), pathlib.Path("no-such-folder"))


@pytest.mark.whole
@pytest.mark.parametrize("filler", ["a", "1.", "a-", "/"], ids=repr)
def test_every_field_takes_linear_time(filler: str) -> None:
    texts = [path for path, value in leaves(EVERYTHING) if isinstance(value, str)]

    def make(length: int) -> str:
        # The `§` at the end lets a pattern fail after it has matched everything before.
        value = (filler * length)[: length // 4].strip() + "§"
        return strategies.dump(with_values(EVERYTHING, dict.fromkeys(texts, f"{value}")))

    assert_linear(check_text, make)


@pytest.mark.parametrize("form", ["a: {}", 'a: "{}"', "{}: b", "a: [{}]"])
@pytest.mark.parametrize("filler", FILLERS, ids=repr)
def test_every_value_and_key_takes_linear_time(filler: str, form: str) -> None:
    assert_linear(check_text, lambda length: form.format((filler * length)[:length] + "xe") + "\n")


@pytest.mark.parametrize("filler", FILLERS_OF_COMMENTS, ids=repr)
@pytest.mark.parametrize("comment", COMMENTS)
def test_every_comment_takes_linear_time(comment: str, filler: str) -> None:
    for end in ("", "x"):
        assert_linear(check_text, lambda length, end=end: f"a: b {comment}{(filler * length)[:length]}{end}\n")  # type: ignore[misc]


def test_texts_with_a_hash_on_one_line_take_linear_time() -> None:
    times = []
    for length in (LENGTH, 2 * LENGTH):
        source = parse("a: [" + '"x # b", ' * length + "] # hvn: allow HVN504 c\n", "f")
        times.append(seconds(lambda _, source=source: list(source.comments()), ""))  # type: ignore[misc]
        assert [text for _, text in source.comments()] == ["# hvn: allow HVN504 c"]
    assert times[1] <= 3 * times[0] + 0.02, times


def test_a_pattern_never_runs_over_more_than_the_longest_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check refuses a longer value before the pattern runs, so the value's length does not affect the pattern."""
    lengths: list[int] = []

    def fullmatch(pattern: str, text: str) -> None:
        lengths.append(len(text))

    monkeypatch.setattr(re, "fullmatch", fullmatch)
    marks = [mark for name in fields.__all__ for mark in get_args(getattr(fields, name))[1:]]
    for mark in marks:
        if isinstance(mark, Text | fields.Range):
            with pytest.raises(ValueError, match="is not"):
                mark.check("a" * 100_000)
            with pytest.raises(ValueError, match="is not"):
                mark.check("a" * 500)
    assert len(lengths) > 30
    assert max(lengths) <= 1000
