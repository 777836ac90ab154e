"""For any text and any bytes, the reader raises no exception, and each finding has a position in the file."""

import pathlib
from collections.abc import Iterator

import pytest
import yaml
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from hvn.diagnostics.printable import is_visible
from hvn.yamlfile.source import Source, Value, parse, read
from hvn.yamlfile.texts import cdktf_token_in
from tests.findings import reported
from tests.strategies.examples import examples
from tests.yamlfile.cases import LINE_END
from tests.yamlfile.test_source import TEXT


def check_anything(source: Source) -> None:
    """Assert that the positions exist in the file, the texts are printable, and `usable` agrees with `data`."""
    lines = LINE_END.split(source.text)
    if len(lines) > 1 and not lines[-1]:
        lines.pop()
    for finding in reported(source.findings):
        span = finding.span
        assert 1 <= span.line <= span.end_line <= len(lines), finding
        assert 1 <= span.column <= len(lines[span.line - 1]) + 1, finding
        assert 1 <= span.end_column <= len(lines[span.end_line - 1]) + 1, finding
        assert (span.line, span.column) <= (span.end_line, span.end_column), finding
        assert all(is_visible(line) for line in (*finding.text.split("\n"), finding.path)), finding
        assert len(finding.text) < 800, finding
    assert source.usable or (source.findings and source.data == {})
    for path, value in leaves(source.data, ()):
        span = source.span(path)
        assert 1 <= span.line <= span.end_line <= len(lines)
        assert value is None or type(value) in (str, int, bool)
        assert not isinstance(value, str) or is_visible(value)
    source.text.encode("utf-8")


def leaves(value: Value, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Value]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from leaves(item, (*path, index))
    else:
        yield path, value


# fmt: off
PIECES = [
    "\t", "\n", "\r", "\r\n", " ", "  ", "[", "]", "{", "}", ",", ":", ": ", "- ", "? ", "#", " # ", '"', "'", "\\",
    "&a ", "*a", "!", "!!str ", "!<", "|\n", ">", "%", "---\n", "...\n", "@", "`", "${", "%{", "<<", "=", "~", "no",
    "010", "1:30", "1.3", "2026-01-01", "\\x41", "\\u202e", "\\ud800", "\\U00110000", "!%ED%A0%80 ", "%TAG ! x\n",
    "\u202e", "\u2028", "\x85", "\0", "\ufeff", "é", "😀", "\ud800", "\udce9", "a", "b: c\n", "a: ", "\n  ", "x: y",
]
# fmt: on
ANYTHING = settings(
    max_examples=examples(250),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@ANYTHING
@given(st.text())
@example("a: !%ED%A0%80 b")
@example('a: "\\U00110000"')
@example('a: "\\UFFFFFFFF"')
@example("%YAML " + "9" * 5000 + ".1\n---\na: b")
@example("a: " + "9" * 5000)
@example("a: 0x" + "_" * 50)
@example("a: ." + "_" * 50)
@example(":")
@example("? ")
@example("\ud800\udce9")
@pytest.mark.usefixtures("either_parser")
def test_any_text(text: str) -> None:
    check_anything(parse(text, "f"))


@ANYTHING
@given(st.binary())
def test_any_bytes(tmp_path: pathlib.Path, content: bytes) -> None:
    file = tmp_path / "f"
    file.write_bytes(content)
    check_anything(read(file))


@ANYTHING
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
@pytest.mark.usefixtures("either_parser")
def test_any_pieces_of_yaml(text: str) -> None:
    check_anything(parse(text, "f"))


@ANYTHING
@given(
    st.lists(st.tuples(st.integers(0, len(TEXT)), st.integers(0, 3), st.sampled_from(PIECES)), min_size=1, max_size=5)
)
@pytest.mark.usefixtures("either_parser")
def test_any_change_of_a_file(changes: list[tuple[int, int, str]]) -> None:
    text = TEXT
    for at, deleted, piece in changes:
        text = text[:at] + piece + text[at + deleted :]
    check_anything(parse(text, "f"))


# Texts that are valid in a topology: only visible characters, no space at the ends, no template of Terraform, no token
# of cdktf.
TEXTS = st.text(st.characters(min_codepoint=32, max_codepoint=0x1FFFF), max_size=30).filter(
    lambda text: (
        is_visible(text)
        and text == text.strip()
        and "{" not in text
        and "\ufffd" not in text
        and not cdktf_token_in(text)
    )
)
STRUCTURES = st.recursive(
    TEXTS | st.booleans() | st.none() | st.integers(-(10**15) + 1, 10**15 - 1),
    lambda inner: st.lists(inner, max_size=4).map(tuple) | st.dictionaries(TEXTS.filter(bool), inner, max_size=4),
    max_leaves=20,
)


def as_lists(value: Value) -> object:
    if isinstance(value, tuple):
        return [as_lists(item) for item in value]
    return {key: as_lists(item) for key, item in value.items()} if isinstance(value, dict) else value


class Quoting(yaml.SafeDumper):
    """A dumper that quotes strings only."""


Quoting.add_representer(str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"'))


@ANYTHING
@given(st.dictionaries(TEXTS.filter(bool), STRUCTURES, max_size=5), st.booleans(), st.integers(20, 200))
@pytest.mark.usefixtures("either_parser")
def test_what_was_written_is_read(data: dict[str, Value], flow: bool, width: int) -> None:
    text = yaml.dump(
        as_lists(data), Dumper=Quoting, allow_unicode=True, sort_keys=False, default_flow_style=flow, width=width
    )
    source = parse(text, "f")
    assert source.findings == ()
    assert source.data == data


@ANYTHING
@given(TEXTS.filter(bool))
def test_an_unquoted_text_is_read_as_yaml_1_1_and_1_2_read_it_or_refused(text: str) -> None:
    assume(not any(indicator in text for indicator in (": ", " #")) and not text.endswith(":"))
    source = parse(f"a: {text}\n", "f")
    if not source.findings and isinstance(source.data, dict):
        assert source.data["a"] == frozen(yaml.safe_load(f"a: {text}\n")["a"])


def frozen(value: object) -> object:
    """Return the value with tuples instead of lists, as the reader returns it."""
    if isinstance(value, list):
        return tuple(frozen(each) for each in value)
    if isinstance(value, dict):
        return {key: frozen(each) for key, each in value.items()}
    return value
