"""The reader refuses files that are too large, too deep or unreadable."""

import pathlib

import pytest

from hvn.diagnostics.printable import is_visible
from hvn.yamlfile import reader
from hvn.yamlfile.source import MAX_BYTES, MAX_FINDINGS, Unreadable, parse, read
from tests.findings import ids, reported
from tests.yamlfile.cases import places


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
    limit = 1000
    monkeypatch.setattr(reader, "MAX_NODES", limit)  # the test of a file at the real limit would take seconds
    fits = "a:\n" + "- x\n" * (limit - 3)  # the limit also counts the mapping, its key and the list
    assert parse(fits, "f").findings == ()
    assert places(parse(fits + "- x\n- y\n", "f")) == [("HVN008", limit - 1, 3)]


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
