"""Text of the file that means something elsewhere: it is refused at its place, or it comes out as the text it is."""

import copy
import json
import pathlib
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from hvn.check.load import load
from hvn.diagnostics.text import render
from tests.conftest import PROJECT, Synth

HOSTILE = [
    '${file("/etc/passwd")}',
    "%{ if true }x%{ endif }",
    "$${x}",
    '"',
    'x" } path "*" { capabilities = ["sudo"] }',
    'x\npath "*" {}',
    "x\\",
    "\x1b[31mred",
    "x\u202ey",
    "`x`",
    "$(touch /tmp/x)",
    "; rm -rf /",
    "<script>",
    "*",
    "+",
    "{{ .x }}",
]
EVERYTHING = yaml.safe_load((PROJECT / "tests" / "topologies" / "everything.yaml").read_text(encoding="utf-8"))


def texts(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of every text in the file."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from texts(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from texts(inner, (*path, index))
    elif isinstance(value, str):
        yield path


def with_text(path: tuple[str | int, ...], text: str) -> Any:
    changed = copy.deepcopy(EVERYTHING)
    inner = changed
    for part in path[:-1]:
        inner = inner[part]
    inner[path[-1]] = text
    return changed


def write(folder: pathlib.Path, topology: Any) -> pathlib.Path:
    file = folder / "topology.yaml"
    file.write_text(yaml.safe_dump(topology, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return file


@pytest.mark.parametrize("path", list(texts(EVERYTHING)), ids=lambda path: ".".join(map(str, path)))
def test_every_text_is_refused_or_free(path: tuple[str | int, ...], tmp_path: pathlib.Path) -> None:
    """Only a tag's value is free text: everything else has a pattern that hostile text does not match."""
    free = path[:2] == ("azure", "tags")
    for text in HOSTILE:
        loaded = load(write(tmp_path, with_text(path, text)))
        if loaded.checked:
            assert free, f"{path} takes {text!r}"
        else:
            assert all(each.span for each in loaded.findings)
            assert all(render([each]).replace("\n", "").isprintable() for each in loaded.findings)


def test_free_text_comes_out_as_it_is(tmp_path: pathlib.Path, synth: Synth) -> None:
    taken = [text for text in HOSTILE if load(write(tmp_path, with_text(("azure", "tags", "owner"), text))).checked]
    assert '"' in taken
    assert not any("${" in text or "%{" in text or not text.isprintable() for text in taken)
    for text in taken:
        built = synth(write(tmp_path, with_text(("azure", "tags", "owner"), text)), only=["network-sandbox"])
        group = built["network-sandbox"]["resource"]["azurerm_resource_group"]["spoke"]
        assert group["tags"]["owner"] == text


def test_the_only_expressions_are_ours(tmp_path: pathlib.Path, synth: Synth) -> None:
    """Every `${` in the output stands in a text that this project wrote: none comes from the file."""
    marked = copy.deepcopy(EVERYTHING)
    marked["azure"]["tags"] = {"owner": "marker-of-the-file"}
    built = synth(write(tmp_path, marked), only=["hub", "network-payments"])
    for each in built.values():
        for text in strings(each):
            assert not ("${" in text and "marker-of-the-file" in text)
    assert "marker-of-the-file" in json.dumps(built["hub"])


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)
    elif isinstance(value, str):
        yield value
