"""cdktf and cdktn generate the same Terraform, except for the versions of the providers."""

import pathlib
from collections.abc import Iterator
from typing import Any

import pytest

from hvn.engine import HOMES
from hvn.rehearsal import schemas, tables
from hvn.rehearsal.schema import PROVIDERS
from tests.conftest import PROJECT, SAMPLE, Synth, Synthesized
from tests.engines.conftest import SynthAll

TESTS = PROJECT / "tests"
EVERYTHING = [
    SAMPLE,
    *sorted((TESTS / "topologies").glob("*.yaml")),
    *sorted((TESTS / "check" / "bases").glob("*.yaml")),
]
NETWORKS = sorted(file for file in (TESTS / "networks").glob("*.yaml") if file.name != "expected.yaml")

# The only members that may differ; `*` is a provider.
VERSIONS = {
    "//.metadata.version",
    "terraform.required_providers.*.version",
    "terraform.required_providers.*.source",
}


def addresses(stack: Any) -> set[str]:
    """Return the addresses of a stack's resources and data sources."""
    return {
        f"{section}.{type_}.{name}"
        for section in ("resource", "data")
        for type_, named in stack.get(section, {}).items()
        for name in named
    }


def differences(one: Any, other: Any, path: str = "") -> Iterator[str]:
    """Yield the paths of the members that differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        for name in sorted({*one, *other}):
            shown = "*" if path == "terraform.required_providers" else name
            yield from differences(one.get(name), other.get(name), f"{path}.{shown}".removeprefix("."))
    elif one != other:
        yield path


def compare(cdktf: Synthesized, cdktn: Synthesized) -> None:
    """Check that the workspaces of both engines have equal addresses, logical ids and arguments."""
    assert set(cdktf) == set(cdktn)
    for id_, stack in cdktf.items():
        assert addresses(stack) == addresses(cdktn[id_]), id_
        assert set(differences(stack, cdktn[id_])) - VERSIONS == set(), id_
        pinned = cdktn[id_]["terraform"]["required_providers"]
        assert {name: one["version"] for name, one in pinned.items()} == {
            name: schemas.version(name, "cdktn") for name in pinned
        }


@pytest.mark.slow
@pytest.mark.parametrize("files", [EVERYTHING, pytest.param(NETWORKS, marks=pytest.mark.whole)], ids=["own", "public"])
def test_both_engines_generate_the_same_resources(files: list[pathlib.Path], by_cdktn: SynthAll, synth: Synth) -> None:
    for file, built in by_cdktn(files).items():
        compare(synth(file), built)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_rehearsal_has_the_schemas_of_both_engines(provider: str) -> None:
    """An equal version of a type's schema means that the provider does not upgrade a state."""
    assert schemas.version(provider) != schemas.version(provider, "cdktn")
    types = sorted(tables.types(provider))
    versions = [{name: one.version for name, one in schemas.read(provider, types, engine).items()} for engine in HOMES]
    assert versions[0] == versions[1]


def test_the_guide_has_the_pinned_versions() -> None:
    guide = (PROJECT / "docs" / "how-to" / "move-to-cdktn.md").read_text(encoding="utf-8").replace("**", "")
    for provider in PROVIDERS:
        assert f"| {provider} | {schemas.version(provider)} | {schemas.version(provider, 'cdktn')} |" in guide
