"""The check refuses text with special characters of Terraform, HCL, shells or HTML, or the text stays plain text in the
output.
"""

import copy
import json
import pathlib
import shutil
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
import yaml

from hvn.check.load import load
from hvn.diagnostics.finding import Level
from hvn.diagnostics.text import render
from tests.conftest import PROJECT, SAMPLE, Synth
from tests.strategies import dump

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
    """Yield the path of each text in the file."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from texts(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from texts(inner, (*path, index))
    elif isinstance(value, str):
        yield path


def with_text(paths: Sequence[tuple[str | int, ...]], text: str) -> Any:
    """Return EVERYTHING with this text at these paths."""
    changed = copy.deepcopy(EVERYTHING)
    for path in paths:
        inner = changed
        for part in path[:-1]:
            inner = inner[part]
        inner[path[-1]] = text
    return changed


def write(folder: pathlib.Path, topology: Any) -> pathlib.Path:
    file = folder / "topology.yaml"
    file.write_text(dump(topology), encoding="utf-8")
    return file


STATEMENTS = ("creation_statements", "revocation_statements")
FREE = [path for path in texts(EVERYTHING) if {"tags", "templates", *STATEMENTS} & {*path[:-1]} or path[-1] == "reason"]
"""Tags, templates, SQL and reasons of firewall rules are free text. Each other field has a pattern."""
OTHERS = [path for path in texts(EVERYTHING) if path not in FREE]


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_hostile_text_is_refused_in_every_field_except_free_text(text: str, tmp_path: pathlib.Path) -> None:
    places = refused(write(tmp_path, with_text(OTHERS, text)))
    for path in OTHERS:
        if text == "*" and {"fqdns", "sources", "destinations", "source", "destination", "ports"} & {*path[-2:-1]}:
            continue  # every host name, address or port: HVN427 and HVN166 warn
        # A wrong `backend` or `type` hides the other fields of its mapping: the test changes these fields alone.
        assert path in places or path in refused(write(tmp_path, with_text([path], text))), f"{path} accepts {text!r}"


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_hostile_free_text_is_accepted_or_refused_at_its_place(text: str, tmp_path: pathlib.Path) -> None:
    places = refused(write(tmp_path, with_text(FREE, text)))
    # HVN640 reports the list of statements.
    assert all(any(path[: len(place)] == place for path in FREE) for place in places)


def refused(file: pathlib.Path) -> set[tuple[str | int, ...]]:
    """Return the paths of the errors of a file. Fails if an error has no position, or a text that is not printable."""
    findings = [finding for finding in load(file).findings if finding.severity is Level.ERROR]
    assert all(finding.span for finding in findings)
    assert render(findings).replace("\n", "").isprintable()
    return {finding.path for finding in findings}


def test_free_text_is_unchanged_in_the_output(tmp_path: pathlib.Path, synth: Synth) -> None:
    owner = [("azure", "tags", "owner")]
    accepted = [text for text in HOSTILE if load(write(tmp_path, with_text(owner, text))).checked]
    assert '"' in accepted
    assert not any("${" in text or "%{" in text or not text.isprintable() for text in accepted)
    shutil.copytree(SAMPLE.parent / "jwks", tmp_path / "jwks")
    for text in accepted:
        built = synth(write(tmp_path, with_text(owner, text)), only=["network-sandbox"])
        group = built["network-sandbox"]["resource"]["azurerm_resource_group"]["spoke"]
        assert group["tags"]["owner"] == text
        reason = ("spokes", "payments", "firewall_rules", "storage", "reason")
        built = synth(write(tmp_path, with_text([reason], text)), only=["network-payments"])
        rules = built["network-payments"]["resource"]["azurerm_firewall_policy_rule_collection_group"]["firewall_rules"]
        found = [rule["description"] for rule in rules["network_rule_collection"][0]["rule"]]
        assert text in found
        template = ("spokes", "payments", "cluster", "apps", "webapp", "secrets", 0, "templates", "user")
        built = synth(write(tmp_path, with_text([template], text)), only=["secrets-payments"])
        manifests = built["secrets-payments"]["resource"]["kubernetes_manifest"].values()
        assert any(f'"text": {json.dumps(text)}' in json.dumps(manifest) for manifest in manifests)
        sql = ("vault", "database_engines", "orders-db", "roles", "webapp", "revocation_statements", 0)
        built = synth(write(tmp_path, with_text([sql], text)), only=["vault"])
        role = built["vault"]["resource"]["vault_database_secret_backend_role"]["role_webapp_database_orders-db"]
        assert role["revocation_statements"] == [text]


def test_no_expression_comes_from_the_file(tmp_path: pathlib.Path, synth: Synth) -> None:
    """Each `${` in the output comes from the project's code."""
    marked = copy.deepcopy(EVERYTHING)
    marked["azure"]["tags"] = {"owner": "marker-of-the-file"}
    built = synth(write(tmp_path, marked), only=["hub", "network-payments"])
    for workspace in built.values():
        for text in strings(workspace):
            assert not ("${" in text and "marker-of-the-file" in text)
    assert "marker-of-the-file" in json.dumps(built["hub"])


def strings(value: Any) -> Iterator[str]:
    """Yield all texts in a value."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)
    elif isinstance(value, str):
        yield value
