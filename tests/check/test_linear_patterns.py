"""Long values, keys and comments take linear time: twice the length takes about twice the time."""

import json
import pathlib
import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, get_args

import pytest

from hvn.check.load import check
from hvn.topology import fields
from hvn.topology.fields import Text
from hvn.topology.fields import marks as marks_of_fields
from hvn.yamlfile.source import parse
from tests import strategies
from tests.check.changed_topologies import Path, leaves, topology, with_values
from tests.hostile import places

EVERYTHING = topology("everything")
LENGTH = 50_000
"""The shorter length of a text, in characters. The other length is twice as long."""
TOGETHER = 70
"""The number of longer texts in one file. They have 7 MB together, and a file may have 8 MiB."""
# Each text repeats a part of a pattern, so that a quantifier could match the text in several ways.
FILLERS = ["a", "1", " ", "_", "#", "# ", "a-", "1:", "0e", "e9"]
Item = TypeVar("Item")
MARK = "zzplaceholderzz"
COMMENTS = ["# hvn", "# hvn:", "# hvn: allow", "# hvn: allow HVN504", "# hvn: allow HVN504,", "#hvn:allow hvn", "#"]
FILLERS_OF_COMMENTS = [" ", ", ", "HVN504 ", ":", "# hvn", "#"]


def seconds(action: Callable[[str], object], text: str) -> float:
    """Return the processor time of the action."""
    start = time.process_time()
    action(text)
    return time.process_time() - start


def assert_linear(action: Callable[[str], object], make: Callable[[int], str]) -> None:
    """Assert that twice the length takes at most three times as long, apart from some milliseconds of noise.

    Other processes can disturb a measurement. The fastest of up to five runs of each length counts.
    """
    short, long = make(LENGTH), make(2 * LENGTH)
    times: list[tuple[float, float]] = []
    while len(times) < 5:
        times.append((seconds(action, short), seconds(action, long)))
        first, second = (min(runs) for runs in zip(*times, strict=True))
        if second <= 3 * first + 0.02:
            return
    raise AssertionError(times)


def check_text(text: str) -> object:
    return check(parse(text, "topology.yaml"), pathlib.Path("no-such-folder"))


def filled(filler: str, length: int) -> str:
    """Return a quoted text. The `§` at the end makes a pattern fail only after the pattern has matched all other
    characters."""
    return json.dumps((filler * length)[:length].strip() + "§", ensure_ascii=False)


def batches(items: Sequence[Item]) -> list[Sequence[Item]]:
    return [items[at : at + TOGETHER] for at in range(0, len(items), TOGETHER)]


def with_keys(value: Any, names: Mapping[Path, str], path: Path = ()) -> Any:
    """Return a copy of a topology with other names of the keys at these paths."""
    if isinstance(value, Mapping):
        inner = {key: (*path, key) for key in value}
        return {names.get(inner[key], key): with_keys(value[key], names, inner[key]) for key in value}
    if isinstance(value, list):
        return [with_keys(item, names, (*path, index)) for index, item in enumerate(value)]
    return value


@pytest.mark.whole
@pytest.mark.parametrize("filler", ["a", "1.", "a-", "/"], ids=repr)
@pytest.mark.parametrize("paths", batches([path for path, _ in leaves(EVERYTHING)]), ids=len)
def test_every_field_takes_linear_time(paths: Sequence[Path], filler: str) -> None:
    topology = strategies.dump(with_values(EVERYTHING, dict.fromkeys(paths, MARK)))
    assert topology.count(f'"{MARK}"') == len(paths)
    assert_linear(check_text, lambda length: topology.replace(f'"{MARK}"', filled(filler, length)))


@pytest.mark.whole
@pytest.mark.parametrize("filler", ["a", "1.", "a-", "/"], ids=repr)
@pytest.mark.parametrize(
    "paths", batches([path for path, _ in places(EVERYTHING) if isinstance(path[-1], str)]), ids=len
)
def test_every_key_takes_linear_time(paths: Sequence[Path], filler: str) -> None:
    marks = {path: f"{MARK}{number}" for number, path in enumerate(paths)}
    topology = json.dumps(with_keys(EVERYTHING, marks), indent=1, default=str)

    def make(length: int) -> str:
        # YAML limits a key without a question mark to 1,024 characters.
        text, count = re.subn(f'"{MARK}([0-9]+)":', rf"? \1{filled(filler, length)} :", topology)
        assert count == len(paths)
        return re.sub(r'\? ([0-9]+)"', r'? "\1', text)

    assert parse(make(10), "topology.yaml").data is not None
    assert_linear(check_text, make)


@pytest.mark.whole
@pytest.mark.parametrize("filler", FILLERS_OF_COMMENTS, ids=repr)
def test_a_comment_at_every_line_takes_linear_time(filler: str) -> None:
    lines = strategies.dump(EVERYTHING).splitlines()
    for numbers in batches(range(len(lines))):

        def make(length: int, numbers: Sequence[int] = numbers) -> str:
            comment = " # hvn: allow " + (filler * length)[:length] + "x"
            return "\n".join(line + comment * (number in numbers) for number, line in enumerate(lines))

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
    def comments(text: str) -> None:
        assert [comment for _, comment in parse(text, "f").comments()] == ["# hvn: allow HVN504 c"]

    assert_linear(comments, lambda length: "a: [" + '"x # b", ' * (length // 4) + "] # hvn: allow HVN504 c\n")


def test_a_pattern_never_runs_over_more_than_the_longest_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check refuses a longer value before the pattern runs, so the value's length does not affect the pattern."""
    lengths: list[int] = []

    class Recorder:
        def fullmatch(self, text: str) -> None:
            lengths.append(len(text))

    monkeypatch.setattr(marks_of_fields, "compiled", lambda pattern: Recorder())
    monkeypatch.setattr(marks_of_fields, "_NOTATION", Recorder())
    marks = [mark for name in fields.__all__ for mark in get_args(getattr(fields, name))[1:]]
    for mark in marks:
        if isinstance(mark, Text | fields.Range):
            with pytest.raises(ValueError, match="is not"):
                mark.check("a" * 100_000)
            with pytest.raises(ValueError, match="is not"):
                mark.check("a" * 500)
    assert len(lengths) > 30
    assert max(lengths) <= 1000
