"""The JSON schema that `hvn schema` prints accepts the same files as the model."""

import json
import pathlib
import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network
from typing import Any, cast

import pytest
import yaml
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator, FormatChecker, ValidationError

from hvn.cli import cli
from hvn.commands import schema
from hvn.diagnostics.finding import dotted
from tests.check.cases import Case, every_case
from tests.conftest import SAMPLE

OF_SHAPE = {"HVN020", "HVN021", "HVN022", "HVN023"}

SCHEMA: dict[str, Any] = json.loads(schema.FILE.read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=FormatChecker(["ipv4"]))


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["schema", *arguments])


@pytest.fixture
def file(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """Return the path of a file that replaces the committed schema."""
    monkeypatch.setattr(schema, "FILE", tmp_path / "topology.schema.json")
    return tmp_path / "topology.schema.json"


def test_a_different_or_missing_schema_is_written(file: pathlib.Path) -> None:
    for before in (None, b"\xff{"):
        if before:
            file.write_bytes(before)
        assert run("--check").exit_code == 1
        assert run("--write").exit_code == 0
        assert run("--check").exit_code == 0
        assert list(file.parent.iterdir()) == [file]


def test_a_file_that_cannot_be_read_or_written_is_one_line(file: pathlib.Path) -> None:
    file.mkdir()  # even root cannot read a folder as a file
    for action in ("--check", "--write"):
        done = run(action)
        assert done.exit_code == 2
        assert "topology.schema.json cannot be" in done.stderr
        assert done.stderr.count("\n") == 1
    assert list(file.parent.iterdir()) == [file]


def test_the_committed_schema_matches_the_model() -> None:
    assert run("--check").exit_code == 0
    assert run().stdout == schema.FILE.read_text(encoding="utf-8")


def test_a_different_schema_is_reported_and_can_be_written_again(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "topology.schema.json"
    monkeypatch.setattr(schema, "FILE", file)
    for content in (None, "{}\n"):
        if content:
            file.write_text(content, encoding="utf-8")
        done = run("--check")
        assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (1, "", 1)
        assert "hvn schema --write" in done.stderr
    assert run("--write").exit_code == 0
    assert run("--check").exit_code == 0


def test_it_is_a_schema_that_describes_every_field() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    models = [SCHEMA, *SCHEMA["$defs"].values()]
    without = [
        f"{model['title']}.{name}"
        for model in models
        for name, field in model["properties"].items()
        if not field.get("description")
    ]
    assert len(models) > 20
    assert without == []


def leaves(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield all parts of the schema that describe a single value, not a mapping, list, choice of schemas or required
    key."""
    inner = [
        *schema.get("properties", {}).values(),
        *schema.get("patternProperties", {}).values(),
        *schema.get("$defs", {}).values(),
        *(schema[key] for key in ("items", "propertyNames") if key in schema),
        *schema.get("allOf", ()),
        *(schema[key] for key in ("then", "else") if key in schema),
    ]
    for each in inner:
        yield from leaves(each)
    if not inner and "$ref" not in schema and schema.keys() != {"required"}:
        yield schema


def test_every_value_has_an_example_or_its_choices_and_the_examples_are_valid() -> None:
    found = list(leaves(SCHEMA))
    assert len(found) > 60
    for each in found:
        choices = "enum" in each or "const" in each or each.get("type") == "boolean"
        assert choices or each.get("examples"), each
        for example in each.get("examples", ()):
            Draft202012Validator(each, format_checker=FormatChecker(["ipv4"])).validate(example)


def test_a_valid_file_fits_the_schema() -> None:
    VALIDATOR.validate(yaml.safe_load(SAMPLE.read_text(encoding="utf-8")))
    for case in every_case():
        if case.good is not None:
            VALIDATOR.validate(case.good)


@pytest.mark.parametrize(
    "case",
    [case for case in every_case() if OF_SHAPE & {each.id for each in case.expected}],
    ids=lambda case: case.name,
)
def test_the_schema_refuses_each_wrong_shape_at_the_same_place(case: Case) -> None:
    wrong = {each.path for each in case.expected if each.id in OF_SHAPE}
    refused = {dotted(path) for error in VALIDATOR.iter_errors(case.wrong) for path in places(error)}
    assert {path for path in wrong - refused if not has_host_bits(case.wrong, path)} == set()


def has_host_bits(topology: Any, path: str) -> bool:
    """Return whether the value is a range with host bits. The schema accepts the value, because patterns cannot detect
    host bits."""
    value = topology
    for key in path.split("."):
        value = value[key]
    try:
        return IPv4Network(value, strict=False).network_address != IPv4Address(value.partition("/")[0])
    except ValueError:
        return False


def places(error: ValidationError) -> list[tuple[str | int, ...]]:
    """Return the paths of an error and of the errors below it; for unknown keys, the paths of these keys."""
    at = tuple(error.absolute_path)
    found = [at]
    if error.validator == "additionalProperties" and isinstance(error.schema, dict):
        named, patterns = error.schema.get("properties", {}), error.schema.get("patternProperties", {})
        keys = [key for key in cast("dict[str, Any]", error.instance) if key not in named]
        found = [(*at, key) for key in keys if not any(re.search(pattern, key) for pattern in patterns)]
    return found + [place for below in error.context or () for place in places(below)]
