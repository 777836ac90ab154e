"""Run `hvn spoke add` on a file with comments in empty brackets, and on an unreadable file."""

import os
import pathlib
import re

import pytest

from tests.commands.test_spoke_add import BASE, add, file

__all__ = ["file"]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("tail", "wanted"),
    [
        ("spokes: { # one\n}\n", "spokes: # one\n  +\n"),
        ("spokes: { # one\n}", "spokes: # one\n  +"),
        ("spokes: { # one\n  # two\n  } # three\n# end\n", "spokes: # one\n  # two\n# three\n  +\n# end\n"),
        ("spokes: {\n  # two\n} # three", "spokes:\n  # two\n# three\n  +"),
    ],
)
def test_comments_in_empty_brackets_stay(tail: str, wanted: str, newline: str, file: pathlib.Path) -> None:
    file.write_bytes((BASE + tail).replace("\n", newline).encode())
    done = add(file, "shipping", "--size", "16", "--vault-route", "none", "--pool", "spokes")
    assert done.exit_code == 0, done.output
    assert (b"\n" in file.read_bytes().replace(b"\r\n", b"")) == (newline == "\n")
    shown = file.read_bytes().decode().replace("\r\n", "\n").removeprefix(BASE)
    assert re.sub(r"shipping:\n +cidr: \S+\n +vault_route: none", "+", shown) == wanted


def test_unreadable_topology_is_one_line(file: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> int:
        raise PermissionError(13, "Permission denied", str(file))

    monkeypatch.setattr(os, "access", lambda *_, **__: False)
    monkeypatch.setattr(os, "open", refuse)
    monkeypatch.setattr(pathlib.Path, "open", refuse)
    done = add(file, "shipping", "--size", "16")
    assert done.exit_code == 2
    assert done.output.count("\n") == 1
    assert str(file) in done.output
