"""For files that no editor writes, every command prints a message, raises no exception, and does not print the file's
content."""

import json
from random import Random

import pytest
import yaml
from click.testing import CliRunner

from hvn.check.load import load
from hvn.cli import cli
from hvn.diagnostics.printable import is_visible
from tests import hostile, strategies
from tests.affected.conftest import Repository, repository
from tests.check.changed_topologies import topology
from tests.conftest import SAMPLE

__all__ = ["repository"]

TEXT = SAMPLE.read_bytes()
DATA = yaml.safe_load(TEXT)
PAYLOAD = "eyJzdWIiOiJoaWRkZW4tc3ViamVjdCJ9"
TOKEN = f"eyJhbGciOiJSUzI1NiJ9.{PAYLOAD}.c2VjcmV0LXNpZ25hdHVyZQ"
BOMB = "".join(f"b{level}: &b{level} [{', '.join([f'*b{level - 1}'] * 9)}]\n" for level in range(1, 12))
FILES = {
    "a byte order mark": b"\xef\xbb\xbf" + TEXT,
    "a byte order mark inside": TEXT[:900] + b"\xef\xbb\xbf" + TEXT[900:],
    "NUL": TEXT[:900] + b"\0" + TEXT[900:],
    "CR": TEXT.replace(b"\n", b"\r"),
    "CR and LF": b"".join(
        line + end for line, end in zip(TEXT.split(b"\n"), [b"\r", b"\n", b"\r\n"] * 99, strict=False)
    ),
    "line separators": TEXT.replace(b"\n", "\u2028".encode()),
    "UTF-16": TEXT.decode().encode("utf-16"),
    "UTF-32": TEXT.decode().encode("utf-32"),
    "bytes of Latin-1": TEXT + b"# \xe9\n",
    "a lone surrogate": TEXT + b"# \xed\xa0\x80\n",
    "an overlong NUL": TEXT + b"# \xc0\x80\n",
    "nothing": b"",
    "spaces": b" " * 100_000,
    "one word": b"x" * 100_000,
    "a list": b"- 1\n" * 5000,
    "two documents": TEXT + b"---\n" + TEXT,
    "many documents": TEXT + b"...\n---\n" * 3000,
    "another version of YAML": b"%YAML 99.99\n%TAG ! tag:x,2000:\n---\n" + TEXT,
    "a long comment": TEXT + b"#" + b" " * 100_000 + b"x\n",
    "a long acceptance": TEXT + b"# hvn: allow " + b"HVN405," * 20_000 + b" x\n",
    "aliases of aliases": TEXT + f"b0: &b0 [x, x]\n{BOMB}".encode(),
    "a merge key": b"x: &x {name: evil}\n<<: *x\n" + TEXT,
    "a duplicate key": TEXT + b"spokes: {}\n",
    "deep lists": TEXT + b"x: " + b"[" * 5000 + b"]" * 5000 + b"\n",
    "deep mappings": TEXT + b"x:\n" + b"".join(b" " * depth + b"a:\n" for depth in range(1, 1000)),
    "tabs": TEXT.replace(b"  ", b"\t"),
    "a long key": TEXT + b"k" * 100_000 + b": 1\n",
    "a long value in JSON": json.dumps({**DATA, "x": "y" * 100_000}).encode(),
    "half of the file": TEXT[: len(TEXT) // 2],
}
HIDDEN = {"\0", "\r", "\x1b", "\x7f", "\u2028", "\u202e", "\ufeff"}


def commands(file: str, token: str, plans: str) -> list[list[str]]:
    """Return the commands that read a topology file, each with `--topology`."""
    read = (
        *(["check"], ["check", "--format", "json"], ["check", "--format", "sarif"], ["reach", "payments"]),
        *(["affected", "--base", "main"], ["review", plans, "--base", "main"], ["workspaces"], ["addresses"]),
        *(["login", "explain", "payments", "webapp", "--token", token], ["login", "explain", "payments"]),
        *(["spoke", "add", "shipping", "--dry-run"], ["spoke", "remove", "payments"]),
    )
    return [[*command, "--topology", file] for command in read]


def run_all(repository: Repository, content: bytes, *more: list[str]) -> None:
    """Run all commands. Fail if the output contains a traceback, hidden characters or part of a token, or is too
    long."""
    token, plans = repository.folder.parent / "token", repository.folder.parent / "plans"
    token.write_text(TOKEN, encoding="utf-8")
    plans.mkdir(exist_ok=True)
    (plans / "hub.json").write_text('{"format_version": "1.2", "resource_changes": []}', encoding="utf-8")
    repository.file.write_bytes(content)
    for command in (*commands(str(repository.file), str(token), str(plans)), *more):
        run = CliRunner().invoke(cli, command)
        assert run.exception is None or isinstance(run.exception, SystemExit), command
        assert run.exit_code in (0, 1, 2), command
        assert not HIDDEN & set(run.output), command
        assert PAYLOAD not in run.output, command
        assert len(run.output) < 300_000, command


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file(name: str, repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository.folder)
    repository.file.write_bytes(FILES[name])
    # A rehearsal of a valid file takes seconds.
    rehearse = [] if load(repository.file).checked else [["rehearse", "hub", "--topology", str(repository.file)]]
    run_all(repository, FILES[name], *rehearse)


@pytest.mark.whole
def test_hostile_values_that_the_check_accepts(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository.folder)
    random, base, accepted = Random(1), topology("everything"), 0
    for path, original in hostile.places(base):
        text = hostile.with_text(base, path, random.choice([*hostile.values(original)]))
        if strategies.check(text).checked:
            accepted += 1
            run_all(repository, text.encode("utf-8", "surrogatepass"))
    assert accepted > 5


def test_the_hidden_characters_are_hidden() -> None:
    assert not any(map(is_visible, HIDDEN))
