"""Reading the topology file: every ambiguous or unsafe YAML construct is reported at its position.

A case is a file in `yaml/` with its expected finding: `# expect: HVN004 5:3` and values in the message, or
`# expect: nothing`. Cases that no editor would keep (a BOM, NUL, bytes that are not UTF-8) are below.
"""

import pathlib
import re
from collections.abc import Iterator

import pytest
import yaml
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from hvn.diagnostics.finding import Span
from hvn.diagnostics.printable import is_visible, printable
from hvn.yamlfile import reader
from hvn.yamlfile.source import MAX_BYTES, MAX_FINDINGS, Source, Unreadable, Value, parse, read
from hvn.yamlfile.texts import cdktf_token_in
from tests.findings import ids, reported

CASES = sorted((pathlib.Path(__file__).parent / "yaml").glob("*.yaml"))
EXPECT = re.compile(r"^# expect: (?:nothing|(HVN\d{3}) (\d+):(\d+) ?(.*))$", re.MULTILINE)
LINE_END = re.compile(r"\r\n|\r|\n")


def places(source: Source) -> list[tuple[str, int, int]]:
    return [finding.place for finding in reported(source.findings)]


@pytest.fixture(params=["libyaml", "pure Python"])
def either_parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    assert yaml.CSafeLoader is reader.LOADER
    if request.param == "pure Python":
        monkeypatch.setattr(reader, "LOADER", yaml.SafeLoader)


# --- One file for each construct


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_a_file_has_the_expected_findings(file: pathlib.Path) -> None:
    lines = EXPECT.findall(file.read_text("utf-8"))
    assert lines, "the case says nothing: write `# expect: nothing`"
    expected = [((rule, int(line), int(column)), values.split()) for rule, line, column, values in lines if rule]
    source = read(file)
    assert sorted(places(source)) == sorted(place for place, _ in expected)
    for place, values in expected:
        at_place = [finding for finding in reported(source.findings) if finding.place == place]
        assert any(all(finding.holds(value) for value in values) for finding in at_place), (values, at_place)
    for finding in source.findings:
        assert all((finding.message, finding.fix, finding.rule.why)), finding


def test_every_rule_has_a_case() -> None:
    rules = {rule for file in CASES for rule, *_ in EXPECT.findall(file.read_text("utf-8"))} - {""}
    rules |= {"HVN003"}  # below: no editor would keep such files
    assert rules == {f"HVN{number:03}" for number in range(2, 14)}


# --- Files that are not text

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
    source.text.encode("utf-8")  # the text can be shown and written: it contains no surrogate


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
    assert len(source.findings) == 101
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


def test_a_hostile_key_is_harmless_in_data_and_paths() -> None:
    source = parse('spokes:\n  "x\\e[2J\\u202e": {cidr: no}\n', "f")
    key = r"x\u{1b}[2J\u{202e}"
    assert source.data == {"spokes": {key: {"cidr": "no"}}}
    assert {finding.path for finding in reported(source.findings)} == {f"spokes.{key}", f"spokes.{key}.cidr"}
    assert source.span(("spokes", key, "cidr")) == Span(2, 26, 2, 28)


# --- Data


@pytest.mark.usefixtures("either_parser")
def test_values_have_the_types_of_yaml() -> None:
    source = parse("a: 1\nb: [x, {c: true}]\nd:\ne: {}\nf: []\n'1': -3\n", "f")
    assert source.findings == ()
    assert source.usable
    assert source.data == {"a": 1, "b": ("x", {"c": True}), "d": None, "e": {}, "f": (), "1": -3}
    assert list(source.data) == ["a", "b", "d", "e", "f", "1"]


REFUSED: dict[str, tuple[str, Value]] = {
    "first of two keys": ("a: 1\nb: {c: 1}\na: 2\nb: {d: 2}\n", {"a": 1, "b": {"c": 1}}),
    "ambiguous value stays text": ("a: no\nb: 010\nc: [1.30]\n", {"a": "no", "b": "010", "c": ("1.30",)}),
    "ambiguous key stays text": ("no: 1\n2: 3\nnull: 4\n", {"no": 1, "2": 3, "null": 4}),
    "alias is nothing": ("a: &x 1\nb: *x\nc: [*x, 2]\n", {"a": 1, "b": None, "c": (None, 2)}),
    "aliases of aliases": (
        "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
        {"a": ("x", "x"), "b": (None,) * 2, "c": (None,) * 2},
    ),
    "merge key is left out": ("a: {<<: {b: 1}, c: 2}\n", {"a": {"c": 2}}),
    "tag changes nothing": ("a: !!int '1'\nb: !!str 1\nc: !x [d]\n", {"a": "1", "b": "1", "c": ("d",)}),
    "empty and complex keys are left out": ("'': 1\n? [a]\n: {b: [c]}\nd: 2\n", {"d": 2}),
    "text for Terraform stays": ("a: ${b}\n", {"a": "${b}"}),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
@pytest.mark.usefixtures("either_parser")
def test_refused_values(case: tuple[str, Value]) -> None:
    source = parse(case[0], "f")
    assert source.findings
    assert source.usable
    assert source.data == case[1]


@pytest.mark.parametrize("text", ["", "- a\n", "a: [\n", "a: 1\n---\nb: 2\n", "text\n", "a: b: c\n", "[" * 21])
def test_not_usable(text: str) -> None:
    source = parse(text, "f")
    assert (source.usable, source.data, source.span(("a",)).line) == (False, {}, 1)


def test_a_refused_part_has_the_position_of_its_parent() -> None:
    source = parse("a: {b: 1}\na: {c: 2}\nd:\n  *x : 3\n", "f")
    assert source.span(("a", "c")) == source.span(("a",)) == Span(1, 1, 1, 2)
    assert source.span(("d", "x")) == source.span(("d",)) == Span(3, 1, 3, 2)


# --- Places

TEXT = """\
# first line
version: 1   # comment
"quoted key": 'it''s'
spokes:
  payments:
    cidr: 10.64.0.0/16
    empty:
    "東京 😀": 😀😀x
    folded: one
      two
    double: "one
      two"
    list:
    - a: 1
      b: [x, {c: d}]
    -   - deep
    -
    - last
flow: {a: b, "c" : d, e: }
? long
: value
block: |
  text

end: 1
"""

SPANS: dict[tuple[str | int, ...], tuple[tuple[int, int, int, int], tuple[int, int, int, int]]] = {
    # path: (key_span, span)
    (): ((1, 1, 1, 13), (1, 1, 1, 13)),
    ("version",): ((2, 1, 2, 8), (2, 10, 2, 11)),
    ("quoted key",): ((3, 1, 3, 13), (3, 15, 3, 22)),
    ("spokes",): ((4, 1, 4, 7), (4, 1, 4, 7)),
    ("spokes", "payments"): ((5, 3, 5, 11), (5, 3, 5, 11)),
    ("spokes", "payments", "cidr"): ((6, 5, 6, 9), (6, 11, 6, 23)),
    ("spokes", "payments", "empty"): ((7, 5, 7, 10), (7, 5, 7, 10)),
    ("spokes", "payments", "東京 😀"): ((8, 5, 8, 11), (8, 13, 8, 16)),
    ("spokes", "payments", "folded"): ((9, 5, 9, 11), (9, 13, 10, 10)),
    ("spokes", "payments", "double"): ((11, 5, 11, 11), (11, 13, 12, 11)),
    ("spokes", "payments", "list"): ((13, 5, 13, 9), (13, 5, 13, 9)),
    ("spokes", "payments", "list", 0): ((14, 7, 14, 8), (14, 7, 14, 8)),
    ("spokes", "payments", "list", 0, "a"): ((14, 7, 14, 8), (14, 10, 14, 11)),
    ("spokes", "payments", "list", 0, "b"): ((15, 7, 15, 8), (15, 7, 15, 8)),
    ("spokes", "payments", "list", 0, "b", 0): ((15, 11, 15, 12), (15, 11, 15, 12)),
    ("spokes", "payments", "list", 0, "b", 1): ((15, 14, 15, 15), (15, 14, 15, 15)),
    ("spokes", "payments", "list", 0, "b", 1, "c"): ((15, 15, 15, 16), (15, 18, 15, 19)),
    ("spokes", "payments", "list", 1): ((16, 9, 16, 10), (16, 9, 16, 10)),
    ("spokes", "payments", "list", 1, 0): ((16, 11, 16, 15), (16, 11, 16, 15)),
    ("spokes", "payments", "list", 2): ((17, 5, 17, 6), (17, 5, 17, 6)),
    ("spokes", "payments", "list", 3): ((18, 7, 18, 11), (18, 7, 18, 11)),
    ("flow",): ((19, 1, 19, 5), (19, 1, 19, 5)),
    ("flow", "c"): ((19, 14, 19, 17), (19, 20, 19, 21)),
    ("flow", "e"): ((19, 23, 19, 24), (19, 23, 19, 24)),
    ("long",): ((20, 3, 20, 7), (21, 3, 21, 8)),
    ("block",): ((22, 1, 22, 6), (22, 8, 23, 7)),
    # a missing path has the position of its nearest parent
    ("spokes", "payments", "missing"): ((5, 3, 5, 11), (5, 3, 5, 11)),
    ("spokes", "payments", "cidr", 3, "x"): ((6, 5, 6, 9), (6, 11, 6, 23)),
    ("spokes", "orders", "cidr"): ((4, 1, 4, 7), (4, 1, 4, 7)),
    ("missing",): ((1, 1, 1, 13), (1, 1, 1, 13)),
}


@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["", "BOM"])
@pytest.mark.usefixtures("either_parser")
def test_spans(line_end: str, mark: str) -> None:
    source = parse(mark + TEXT.replace("\n", line_end), "f")
    for path, (key, value) in SPANS.items():
        assert (path, source.key_span(path)) == (path, Span(*key))
        assert (path, source.span(path)) == (path, Span(*value))


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_line_ends_do_not_change_positions(file: pathlib.Path) -> None:
    text = file.read_text("utf-8")
    assert places(parse(text.replace("\n", "\r\n"), "f")) == places(parse(text, "f"))


def test_the_span_of_a_finding_is_what_is_wrong() -> None:
    text = 'a: no\n"b ": &x 1.30\nc: "x ${y}"\n😀: *x\n'
    lines = text.splitlines()
    spans = [finding.span for finding in reported(parse(text, "f").findings)]
    assert [lines[span.line - 1][span.column - 1 : span.end_column - 1] for span in spans] == [
        "no",
        '"b "',
        "&x",
        "1.30",
        "${",
        "*x",
    ]


# --- Files too large


@pytest.mark.usefixtures("either_parser")
@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("a: " + "[" * 100_000, 1, 23),
        ("a: " + "{" * 100_000, 1, 23),
        ("a:\n" + " [\n" * 100_000, 21, 2),
        ("a:\n " + "- " * 100_000, 2, 40),
        ("{a: " * 100_000, 1, 81),
        ("? " * 100_000, 1, 41),
        ("a: " + "[" * 19 + "]" * 19 + "\nb: " + "[" * 20 + "]" * 20, 2, 23),
    ],
    ids=lambda value: value[:10] if isinstance(value, str) else str(value),
)
def test_too_deep(text: str, line: int, column: int) -> None:
    source = parse(text, "f")
    assert places(source)[-1] == ("HVN008", line, column)
    assert set(ids(source.findings)) <= {"HVN008", "HVN010"}  # `{{` is a mapping as a key
    assert not source.usable


def test_too_deep_from_the_start() -> None:
    assert places(parse("[" * 100_000, "f")) == [("HVN008", 1, 21)]


def test_node_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_NODES", 1000)  # the real limit takes seconds
    fits = "a:\n" + "- x\n" * (reader.MAX_NODES - 3)  # the mapping, its key and the list count too
    assert parse(fits, "f").findings == ()
    assert places(parse(fits + "- x\n- y\n", "f")) == [("HVN008", reader.MAX_NODES - 1, 3)]


def test_size_limit(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "topology.yaml"
    line = "# 東京 😀\n".encode()
    text = b"a: b\n" + line * ((MAX_BYTES - 5) // len(line))
    text += b"#" * (MAX_BYTES - len(text))
    file.write_bytes(text)
    assert read(file).findings == ()
    file.write_bytes(text + b"#")
    lines = text.count(b"\n") + 1
    assert [each[:2] for each in places(read(file))] == [("HVN008", lines)]
    assert places(parse("#" * (MAX_BYTES + 1), "f")) == [("HVN008", 1, MAX_BYTES)]


def test_the_number_of_findings_is_limited() -> None:
    source = parse("a:\n" + "- no\n" * 5000, "f")
    assert len(source.findings) == MAX_FINDINGS
    assert reported(source.findings)[-1].holds(4000)


# --- Files that cannot be read


def test_unreadable(tmp_path: pathlib.Path) -> None:
    closed = tmp_path / "closed.yaml"
    closed.write_text("a: b")
    closed.chmod(0)
    for file, reason in (
        (tmp_path / "none.yaml", "does not exist"),
        (tmp_path, "is a directory"),
        (closed / "x.yaml", "cannot be read"),
        ("no\0name", "cannot be read"),
        ("x" * 5000, "cannot be read"),
        (tmp_path / "\x1b[2J", "does not exist"),
    ):
        with pytest.raises(Unreadable, match=reason) as raised:
            read(file)
        assert is_visible(str(raised.value))


def test_not_permitted(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:  # root, the usual user in containers, can read every file
        raise PermissionError(13, "Permission denied")

    file = tmp_path / "topology.yaml"
    file.write_text("a: b")
    monkeypatch.setattr(pathlib.Path, "open", refuse)
    with pytest.raises(Unreadable, match=r"permission .*topology\.yaml"):
        read(file)


def test_an_endless_file_is_refused() -> None:
    with pytest.raises(Unreadable, match="not a regular file"):
        read("/dev/zero")


def test_the_file_is_named_as_the_user_named_it(tmp_path: pathlib.Path) -> None:
    (tmp_path / "t.yaml").write_text("a: no")
    name = f"{tmp_path}/../{tmp_path.name}/t.yaml"
    assert read(name).file == read(name).findings[0].file == name


# --- Any input


def check_anything(source: Source) -> None:
    """Check that positions exist, texts are printable, and `usable` agrees with `data`."""
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
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
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


# Valid texts of a topology: visible, no space at the ends, no template of Terraform, no token of cdktf.
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


# --- Printable text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain 東京 😀", "plain 東京 😀"),
        ("a\nb\tc\x1b", r"a\u{a}b\u{9}c\u{1b}"),
        ("\u202e\ud800\ue000\xa0\u2028\ufeff", r"\u{202e}\u{d800}\u{e000}\u{a0}\u{2028}\u{feff}"),
        ("\u3164\ufe0f\U000e0100", r"\u{3164}\u{fe0f}\u{e0100}"),
        ("x" * 80, "x" * 80),
        ("x" * 81, "x" * 79 + "…"),
        ("x" * 78 + "\n", "x" * 78 + "…"),
        ("", ""),
    ],
)
def test_printable(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text(), st.integers(1, 100))
def test_printable_is_visible_and_short(text: str, limit: int) -> None:
    shown = printable(text, limit)
    assert is_visible(shown)
    assert len(shown) <= limit
