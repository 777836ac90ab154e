"""The reader reports every ambiguous or unsafe YAML construct at its position.

A case is a file in `yaml/` with its expected finding: `# expect: HVN004 5:3` and values in the message, or
`# expect: nothing`. `test_encodings.py` has the cases that no editor would keep (a BOM, NUL, bytes that are not UTF-8).
"""

import pathlib

import pytest

from hvn.diagnostics.finding import Span
from hvn.yamlfile.source import Value, parse, read
from tests.findings import reported
from tests.yamlfile.cases import CASES, EXPECT, places


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
    rules |= {"HVN003"}  # no editor would keep the files that follow
    assert rules == {f"HVN{number:03}" for number in range(2, 14)}


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
    # a missing path gets the position of its nearest parent
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
