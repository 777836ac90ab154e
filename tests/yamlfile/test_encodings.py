"""The reader refuses files that are not UTF-8 text, and texts with hidden characters."""

import pathlib

import pytest

from hvn.diagnostics.finding import Span
from hvn.yamlfile.source import parse, read
from tests.findings import reported
from tests.yamlfile.cases import places

BYTES = {
    "byte order mark": (b"\xef\xbb\xbfa: b\nc: 010\n", [("HVN003", 1, 1), ("HVN005", 2, 4)]),
    "byte order mark inside": (b"a: b\nc: \xef\xbb\xbfd\n", [("HVN003", 2, 4)]),
    "two byte order marks": (b"\xef\xbb\xbf\xef\xbb\xbfa: b\n", [("HVN003", 1, 1), ("HVN003", 1, 1)]),
    "Latin-1": (b"# M\xfcller\nowner: J\xf6rg\nb: no\n", [("HVN003", 1, 4), ("HVN003", 2, 9), ("HVN005", 3, 4)]),
    "Latin-1 after UTF-8": ("é: 東京 ".encode() + b"\xfc\n", [("HVN003", 1, 7)]),
    "UTF-8 cut off": (b"a: \xf0\x9f\x98\n", [("HVN003", 1, 4), ("HVN003", 1, 5), ("HVN003", 1, 6)]),
    "surrogate in UTF-8": (b"a: \xed\xa0\x80\n", [("HVN003", 1, 4), ("HVN003", 1, 5), ("HVN003", 1, 6)]),
    "UTF-32 with mark": ("a: b\n".encode("utf-32"), [("HVN003", 1, 1)]),
    "UTF-16 with mark": ("a: b\n".encode("utf-16"), [("HVN003", 1, 1)]),
    "UTF-16 big-endian with mark": (b"\xfe\xff\0a\0:\0 \0b", [("HVN003", 1, 1)]),
    "NUL": (b"a: b\n# \0\nc: d\0\n", [("HVN003", 2, 3), ("HVN003", 3, 5)]),
    "control characters": (
        b"a: \x1b[31mb\nc: \x7f\n\x0cd: 1\n",
        [("HVN003", 1, 4), ("HVN003", 2, 4), ("HVN003", 3, 1)],
    ),
    "control characters of Latin-1": ("a: b\x85 d\n# \x9b31m\n".encode(), [("HVN003", 1, 5), ("HVN003", 2, 3)]),
    "not a character": ("a: \ufffe\n".encode(), [("HVN003", 1, 4)]),
    "lone carriage return": (b"a: b\n# hidden\rc: no\n", [("HVN003", 2, 9), ("HVN005", 3, 4)]),
    "nothing": (b"", [("HVN009", 1, 1)]),
    "one line end": (b"\n", [("HVN009", 1, 1)]),
    "only a byte order mark": (b"\xef\xbb\xbf", [("HVN003", 1, 1), ("HVN009", 1, 1)]),
}


@pytest.mark.parametrize("content", BYTES.values(), ids=BYTES)
@pytest.mark.usefixtures("either_parser")
def test_bytes_have_the_expected_findings(
    tmp_path: pathlib.Path, content: tuple[bytes, list[tuple[str, int, int]]]
) -> None:
    file = tmp_path / "topology.yaml"
    file.write_bytes(content[0])
    source = read(file)
    assert places(source) == content[1]
    source.text.encode("utf-8")  # a text without surrogates can be printed and written


@pytest.mark.parametrize("name", ["UTF-32", "UTF-16"])
def test_other_encodings_of_unicode_are_named(tmp_path: pathlib.Path, name: str) -> None:
    file = tmp_path / "topology.yaml"
    file.write_bytes("a: b\n".encode(name))
    (finding,) = reported(read(file).findings)
    assert finding.holds(name)


def test_a_byte_that_is_not_utf8_is_named_with_its_offset(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "topology.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + "é: 東京 ".encode() + b"\xfc\xfd\n")
    first, second = reported(read(file).findings)[1:]
    assert (first.span, second.span) == (Span(1, 7, 1, 8), Span(1, 8, 1, 9))
    assert first.holds("0xFC")
    assert first.holds(14)
    assert second.holds("0xFD")
    assert second.holds(15)


def test_a_file_full_of_other_bytes_is_no_text() -> None:
    source = parse("a: b\n" + "\0" * 100_000, "f")
    assert len(source.findings) == 1
    few = parse("a: b\n" + "\0" * 100, "f").findings
    assert len([finding for finding in few if finding.rule.id == "HVN003"]) == 100
    assert not source.usable


HIDDEN = {
    "bidi override in a value": ("a: 10\u202e.64\n", [("HVN011", 1, 6)]),
    "bidi isolate in a key": ("a\u2066b: 1\n", [("HVN011", 1, 2)]),
    "bidi override in a comment": ("a: b # \u202e no\n", [("HVN011", 1, 8)]),
    "bidi in value and comment": ("a: \u202e # \u202d\n", [("HVN011", 1, 4), ("HVN011", 1, 8)]),
    "zero width": ("a: pay\u200bments\n", [("HVN011", 1, 7)]),
    "soft hyphen, quoted": ("a: 'pay\xadments'\n", [("HVN011", 1, 8)]),
    "no-break space": ("a: b\xa0c\n\xa0d: e\n", [("HVN011", 1, 5), ("HVN011", 2, 1)]),
    "ideographic space": ("a: 東京\u3000本社 # ok\u3000here\n", [("HVN011", 1, 6)]),
    "line separator in a value": ("a: b\u2028c: d\n", [("HVN011", 1, 5), ("HVN002", 1, 7)]),
    "line separator in quotes": ("a: 'b\u2028c: d'\n", [("HVN011", 1, 6)]),
    "paragraph separator ends no comment": ("a: b # c\u2029d: no\n", [("HVN011", 1, 9)]),
    "private use": ("a: \ue000\U000f0000\n", [("HVN011", 1, 4)]),
    "surrogate": ("a: b\ud800c\n", [("HVN003", 1, 5)]),
    "variation selector": ("a: ok\ufe0f\n", [("HVN011", 1, 6)]),
    "tag characters": ("a: ok\U000e0041\n", [("HVN011", 1, 6)]),
    "Hangul filler as a key": ("\u3164: 1\n", [("HVN011", 1, 1)]),
    "combining accents, visible": ("a: e\u0301\n", []),
}


@pytest.mark.parametrize("case", HIDDEN.values(), ids=HIDDEN)
@pytest.mark.usefixtures("either_parser")
def test_hidden_characters(case: tuple[str, list[tuple[str, int, int]]]) -> None:
    assert places(parse(case[0], "f")) == sorted(case[1], key=lambda each: each[1:])


def test_hidden_characters_are_named_and_never_shown() -> None:
    source = parse("a: 10\u202e.64\u200b.0\x07\n", "f")
    hidden, refused = reported(source.findings)
    assert all(hidden.holds(value) for value in ("U+202E", "RIGHT-TO-LEFT OVERRIDE", "U+200B", "ZERO WIDTH SPACE"))
    assert refused.holds("U+0007")
    assert source.data == {"a": r"10\u{202e}.64\u{200b}.0" + "\ufffd"}


def test_the_first_of_many_hidden_characters_are_reported() -> None:
    few, many = (parse("# \u202e\n" * count + "a: 1\n", "f").findings for count in (10, 5000))
    assert len(few) == len(many) == 10
    assert [one.span for one in few] == [one.span for one in many]
    assert few[-1].message != many[-1].message


def test_a_hostile_key_is_harmless_in_data_and_paths() -> None:
    source = parse('spokes:\n  "x\\e[2J\\u202e": {cidr: no}\n', "f")
    key = r"x\u{1b}[2J\u{202e}"
    assert source.data == {"spokes": {key: {"cidr": "no"}}}
    assert {finding.path for finding in reported(source.findings)} == {f"spokes.{key}", f"spokes.{key}.cidr"}
    assert source.span(("spokes", key, "cidr")) == Span(2, 26, 2, 28)
