"""`hvn check` prints findings on a terminal, and as annotations of a pull request."""

import functools
import json
import os
import pathlib
import pty
import re
import subprocess
import sys

import pytest
from click.testing import CliRunner

from hvn.cli import cli
from tests.check.cases import BASES, TEXTS, case
from tests.conftest import PROJECT
from tests.strategies import dump

WRONG = TEXTS / "other-line.yaml"  # two findings
RIGHT = BASES / "small.yaml"
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def check(file: pathlib.Path, form: str) -> tuple[int, str]:
    done = CliRunner(env={"HVN_TOPOLOGY": None}).invoke(cli, ["check", "--topology", str(file), "--format", form])
    return done.exit_code, done.stdout


@functools.cache
def on_a_terminal(file: pathlib.Path, **environment: str) -> str:
    """Return the command's output on a terminal. Equal calls share one run of the command."""
    ours, its = pty.openpty()
    inherited = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    command = [sys.executable, "-m", "hvn", "check", "--topology", str(file)]
    with subprocess.Popen(
        command, cwd=PROJECT, stdout=its, stderr=its, env={**inherited, "TERM": "xterm-256color", **environment}
    ):
        os.close(its)
        written = b""
        try:
            while more := os.read(ours, 65536):
                written += more
        except OSError:  # Linux raises EIO when the other end is closed
            pass
    os.close(ours)
    return written.decode().replace("\r\n", "\n")


def test_a_terminal_shows_the_line_with_a_mark_under_the_place() -> None:
    shown = on_a_terminal(WRONG)
    assert "\x1b[1;31merror\x1b[0m HVN111" in shown
    lines = COLOUR.sub("", shown).split("\n")
    at = lines.index("    21 |   billing: {cidr: 10.64.128.0/17, vault_route: direct}")
    start = lines[at].index("10.64.128.0/17")
    assert lines[at + 1] == "       |".ljust(start) + "^" * len("10.64.128.0/17")
    assert lines[at - 1].startswith(f"{WRONG}:21:19: error HVN111")
    assert lines[at + 2].startswith("  spokes.billing.cidr: ")
    assert "10.64.128.0/17" in lines[at + 2]


def test_no_color_keeps_the_lines_and_removes_all_colours() -> None:
    assert on_a_terminal(WRONG, NO_COLOR="1") == COLOUR.sub("", on_a_terminal(WRONG))


def test_without_a_terminal_there_are_no_lines_and_no_colours() -> None:
    _, text = check(WRONG, "text")
    assert not COLOUR.search(text)
    assert " | " not in text
    in_colour = COLOUR.sub("", on_a_terminal(WRONG)).split("\n")
    assert [line for line in in_colour if " | " not in line] == text.split("\n")


def test_a_line_with_hidden_characters_is_omitted_and_a_long_line_is_cut(tmp_path: pathlib.Path) -> None:
    text = RIGHT.read_text(encoding="utf-8")
    hidden = tmp_path / "hidden.yaml"
    hidden.write_text(text.replace("name: small", 'name: "a\u202eb"\x1b]0;owned\x07'), encoding="utf-8")
    shown = COLOUR.sub("", on_a_terminal(hidden))
    assert "HVN0" in shown
    assert not set("\u202e\x1b\x07") & set(shown)
    long = tmp_path / "long.yaml"
    long.write_text(text.replace("name: small", f"name: {'x' * 5000}"), encoding="utf-8")
    shown = COLOUR.sub("", on_a_terminal(long))
    assert "     3 | name: xxx" in shown
    assert max(map(len, shown.split("\n"))) < 400


def test_a_file_of_keys_is_never_quoted(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "topology.yaml"
    file.write_text(dump(case("jwks").wrong), encoding="utf-8")
    (tmp_path / "jwks").mkdir()
    (tmp_path / "jwks" / "orders.json").write_text('{"keys": [{"kty": "oct", "k": "SECRET"}]}', encoding="utf-8")
    shown = on_a_terminal(file)
    assert "HVN610" in shown
    assert "SECRET" not in shown


def annotations(text: str) -> list[dict[str, str]]:
    """Return the annotations, parsed as GitHub's runner parses workflow commands: one on each line."""
    found = []
    for line in text.splitlines():
        if match := re.match(r"::(\w+) (.*?)::(.*)$", line):
            level, properties, message = match.groups()
            read = {"level": level, "message": message}
            for each in properties.split(","):
                name, _, value = each.partition("=")
                read[name] = value.replace("%3A", ":").replace("%2C", ",")
            for code, char in (("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
                read = {name: value.replace(code, char) for name, value in read.items()}
            found.append(read)
    return found


def test_each_finding_is_an_annotation_at_its_place() -> None:
    code, text = check(WRONG, "github")
    first, second = annotations(text)
    finding = json.loads(check(WRONG, "json")[1])[0]
    assert code == 1
    assert (first["level"], first["title"], first["file"]) == ("error", "HVN111 spoke-overlap", str(WRONG))
    places = ("line", "endLine", "col", "endColumn")
    assert [int(first[name]) for name in places] == [finding[k] for k in ("line", "end_line", "column", "end_column")]
    lines = first["message"].split("\n")
    assert lines[0] == f"{finding['path']}: {finding['message']}"
    assert lines[1:] == [f"{word}: {finding[word]}" for word in ("why", "fix", "see")]
    assert second["line"] == "22"


def test_a_valid_file_has_no_annotations() -> None:
    code, text = check(RIGHT, "github")
    assert (code, annotations(text)) == (0, [])
    assert text.startswith(f"{RIGHT}: ")


@pytest.mark.parametrize("name", ["100%,a:b", "a\n::error::owned", "a%0A", "##[error]owned"])
def test_no_text_of_the_file_ends_an_annotation_or_begins_another(name: str, tmp_path: pathlib.Path) -> None:
    text = RIGHT.read_text(encoding="utf-8").replace("name: small", f"name: {json.dumps(name)}")
    file = tmp_path / "a,b:c%.yaml"
    file.write_text(f"{text}{json.dumps(name)}: 1\n", encoding="utf-8")
    _, shown = check(file, "github")
    wanted = json.loads(check(file, "json")[1])
    found = annotations(shown)
    assert [each["title"] for each in found] == [f"{each['id']} {each['name']}" for each in wanted]
    assert {each["file"] for each in found} == {str(file)}
    assert all(line.startswith(("::error file=", str(file))) for line in shown.splitlines() if line)
    assert "##[" not in shown
