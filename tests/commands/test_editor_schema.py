"""In an editor with the schema, one mistake causes one error, and completions have descriptions, snippets and valid
examples.
"""

import functools
import json
import pathlib
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from hvn.check.load import load
from hvn.check.shape import shape
from hvn.check.typos import with_value
from hvn.commands import schema
from hvn.diagnostics.finding import dotted
from hvn.yamlfile import source
from tests.check.changed_topologies import Path, leaves, topology, with_values
from tests.conftest import PROJECT, SAMPLE
from tests.strategies import dump

SCHEMA: dict[str, Any] = json.loads(schema.FILE.read_text(encoding="utf-8"))
GOOD = (SAMPLE, *sorted((PROJECT / "tests" / "topologies").glob("*.yaml")))

AZURERM = "{backend: azurerm, resource_group: rg-state, storage_account: acmestate, container: tfstate}"
# A mistake in the sample, the path of the error that check-jsonschema prints, and a word of its message.
MISTAKES = {
    "the name of a storage account": (
        ("{backend: local}", AZURERM.replace("acmestate", "acme-tf-state")),
        "$.state.storage_account",
        "acme-tf-state",
    ),
    "a key of another backend": (("{backend: local}", "{backend: local, container: c}"), "$.state", "container"),
    "a missing key of a backend": (
        ("{backend: local}", "{backend: azurerm, storage_account: a12}"),
        "$.state",
        "group",
    ),
    "an unknown backend": (("{backend: local}", "{backend: s3}"), "$.state.backend", "cloud"),
    "no backend": (("{backend: local}", "{}"), "$.state", "backend"),
    "a key of an existing hub in a new hub": (
        ("  cidr: 10.0.0.0/22\n", "  cidr: 10.0.0.0/22\n  vnet: v\n"),
        "$.hub",
        "vnet",
    ),
    "a key of a subnet": (("jobs: 10.96.0.0/24", "jobs: {cidr: 10.96.0.0/24, rout: none}"), "subnets.jobs", "rout"),
    "the range of a subnet": (("jobs: 10.96.0.0/24", "jobs: 10.96.0.0/33"), "subnets.jobs", "10.96.0.0/33"),
    "the day of an upgrade": (
        (
            "  kv_mount: kvv2\n",
            "  kv_mount: kvv2\n  upgrade: {type: SCHEDULED, day: Sunday, window: WINDOW_6PM_10PM}\n",
        ),
        "$.vault.upgrade.day",
        "SUNDAY",
    ),
    "a key without a value": (("cluster_id: vault-prod", "cluster_id:"), "$.vault.cluster_id", "None"),
}


def sample(old: str, new: str) -> str:
    text = SAMPLE.read_text(encoding="utf-8").replace("  backend: local", "  {backend: local}")
    assert old in text
    return text.replace("state:\n  {", "state: {").replace(old, new, 1)


@functools.cache
def check_jsonschema(*files: pathlib.Path) -> tuple[int, Any]:
    """Return the exit code and the JSON report of check-jsonschema."""
    command = [sys.executable, "-m", "check_jsonschema", "-o", "json", "--schemafile", str(schema.FILE)]
    done = subprocess.run([*command, *map(str, files)], capture_output=True, text=True, check=False)
    return done.returncode, json.loads(done.stdout)


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """Return the schema's errors about each mistake, by the mistake's name."""
    files = {}
    for number, (name, ((old, new), *_)) in enumerate(MISTAKES.items()):
        files[name] = tmp_path_factory.mktemp("wrong") / f"{number}.yaml"
        files[name].write_text(sample(old, new), encoding="utf-8")
    code, report = check_jsonschema(*files.values())
    assert code == 1
    return {
        name: [error for error in report["errors"] if error["filename"] == str(file)] for name, file in files.items()
    }


def test_check_jsonschema_accepts_the_schema_and_every_valid_file() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--check-metaschema", str(schema.FILE)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    assert check_jsonschema(*GOOD)[0] == 0


@pytest.mark.parametrize("name", MISTAKES)
def test_one_mistake_is_one_error_at_its_place(name: str, reported: dict[str, list[Any]]) -> None:
    _, path, word = MISTAKES[name]
    (error,) = reported[name]
    assert error["path"].endswith(path)
    assert word in error["message"]
    assert not error["has_sub_errors"], "an error of several alternatives"


def parts(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        yield part
    for value in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from parts(value)


def test_no_part_has_alternatives_that_all_report_errors_or_the_value_null() -> None:
    for part in parts(SCHEMA):
        assert not {"anyOf", "oneOf", "discriminator"} & part.keys()
        assert part.get("type") != "null"


def test_every_choice_has_descriptions() -> None:
    choices = [part for part in parts(SCHEMA) if "enum" in part]
    assert len(choices) > 20
    for part in choices:
        assert len(part["enum"]) == len(part["enumDescriptions"])
        assert all(re.fullmatch(r"[A-Z].+[.\]]", text) for text in part["enumDescriptions"]), part


def test_the_description_of_a_value_is_its_own_sentence() -> None:
    route = SCHEMA["$defs"]["Spoke"]["properties"]["vault_route"]
    texts = dict(zip(route["enum"], route["enumDescriptions"], strict=True))
    assert texts["via-hub"].startswith("Through the hub's firewall")
    assert "peering" not in texts["via-hub"]


def at(path: Path, value: Any) -> list[dict[str, Any]]:
    """Return the parts of the schema that apply to a place of the file `value`."""
    found = list(followed(SCHEMA, value))
    for key in path:
        value = value[key]
        found = [part for outer in found for inner in below(outer, key) for part in followed(inner, value)]
    return found


def followed(part: dict[str, Any], value: Any) -> Iterator[dict[str, Any]]:
    """Yield the part, and the parts that its reference and its conditions select for the value."""
    yield part
    if "$ref" in part:
        yield from followed(SCHEMA["$defs"][part["$ref"].rpartition("/")[2]], value)
    for one in (part, *part.get("allOf", ())):
        if "if" in one and (chosen := one.get("then" if Draft202012Validator(one["if"]).is_valid(value) else "else")):
            yield from followed(chosen, value)


def below(part: dict[str, Any], key: str | int) -> Iterator[dict[str, Any]]:
    if isinstance(key, int):
        yield part["items"]
        return
    if key in part.get("properties", {}):
        yield part["properties"][key]
    yield from (inner for pattern, inner in part.get("patternProperties", {}).items() if re.search(pattern, key))


BASES = {name: topology(name) for name in ("everything", "existing")}
LEAVES = [
    pytest.param(name, path, id=f"{name}:{dotted(path)}")
    for name, base in BASES.items()
    for path, value in leaves(base)
    if isinstance(value, str)
]


@functools.cache
def data(name: str) -> Any:
    """Return the data that the check reads from a file of BASES."""
    return source.parse(dump(BASES[name]), "topology.yaml").data


@pytest.mark.parametrize(("name", "path"), LEAVES)
def test_the_examples_of_a_field_are_valid_for_the_field(name: str, path: Path) -> None:
    base = BASES[name]
    values = {value for part in at(path, base) for value in (*part.get("examples", ()), *part.get("enum", ()))}
    constants = [part for part in at(path, base) if "const" in part]
    assert values or constants
    for value in values if not constants else ():
        findings = shape(with_value(data(name), path, value)).findings
        assert [finding for finding in findings if finding.path == path] == [], value


# --- Snippets


def filled(body: Any) -> Any:
    """Return the body of a snippet with the default text, or the first choice, at each place."""
    if isinstance(body, dict):
        return {filled(key): filled(value) for key, value in body.items()}
    if isinstance(body, list):
        return [filled(item) for item in body]
    return re.sub(r"\$\{\d+(?::([^}]*)|\|([^,|]*)[^}]*)\}", lambda match: match[1] or match[2], body)


@pytest.mark.parametrize(("name", "path"), [("spokes", ("spokes",)), ("apps", ("spokes", "orders", "cluster", "apps"))])
def test_a_snippet_is_a_valid_part_of_the_sample(name: str, path: Path, tmp_path: pathlib.Path) -> None:
    base = yaml.safe_load(SAMPLE.read_text(encoding="utf-8"))
    (snippet,) = [snippet for part in at(path, base) for snippet in part.get("defaultSnippets", ())]
    assert snippet["label"]
    assert snippet["description"]
    value = base
    for key in path:
        value = value[key]
    ((key, new),) = filled(snippet["body"]).items()
    assert key not in value
    file = tmp_path / "topology.yaml"
    file.write_text(dump(with_values(base, {(*path, key): new})), encoding="utf-8")
    (tmp_path / "jwks").symlink_to(SAMPLE.parent / "jwks")
    assert check_jsonschema(file)[0] == 0
    assert [finding.rule.id for finding in load(file).findings] == []
