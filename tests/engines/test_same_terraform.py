"""All engines generate the same Terraform, except for the versions of the providers and four arguments of azurerm 5."""

import copy
import pathlib
from collections.abc import Iterator
from typing import Any

import pytest

from hvn.engine import AZURERM_5, HOMES
from hvn.rehearsal import schemas, tables
from hvn.rehearsal.schema import PROVIDERS
from tests.conftest import PROJECT, SAMPLE, Synth, Synthesized
from tests.engines.conftest import OTHERS, SynthAll

TESTS = PROJECT / "tests"
EVERYTHING = [
    SAMPLE,
    *sorted((TESTS / "topologies").glob("*.yaml")),
    *sorted((TESTS / "check" / "bases").glob("*.yaml")),
]
NETWORKS = sorted(file for file in (TESTS / "networks").glob("*.yaml") if file.name != "expected.yaml")

# The only members of the JSON that may differ; `*` is the name of a provider.
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
    """Yield the paths of the members that differ between two values."""
    if isinstance(one, dict) and isinstance(other, dict):
        for name in sorted({*one, *other}):
            shown = "*" if path == "terraform.required_providers" else name
            yield from differences(one.get(name), other.get(name), f"{path}.{shown}".removeprefix("."))
    elif one != other:
        yield path


def with_azurerm_5(stack: Any) -> Any:
    """Return a stack of azurerm 4 with the arguments of azurerm 5."""
    stack = copy.deepcopy(stack)
    resources, providers = stack.get("resource", {}), stack["provider"].get("azurerm", ())
    for cluster in resources.get("azurerm_kubernetes_cluster", {}).values():
        cluster["node_provisioning_profile"] = {"mode": "Manual"}
    for credential in resources.get("azurerm_federated_identity_credential", {}).values():
        credential["user_assigned_identity_id"] = credential.pop("parent_id")
        del credential["resource_group_name"]
    for link in resources.get("azurerm_private_dns_zone_virtual_network_link", {}).values():
        group, zone = link.pop("resource_group_name"), link.pop("private_dns_zone_name")
        provider = link.get("provider", "azurerm").partition(".")[2]
        (subscription,) = (one["subscription_id"] for one in providers if one.get("alias", "") == provider)
        zones = f"/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Network/privateDnsZones"
        link["private_dns_zone_id"] = zone.replace(".name}", ".id}") if zone.startswith("${") else f"{zones}/{zone}"
    for subnet in resources.get("azurerm_subnet", {}).values():
        if services := subnet.pop("service_endpoints", None):
            subnet["service_endpoint"] = [{"service": service} for service in services]
    for vnet in resources.get("azurerm_virtual_network", {}).values():
        for subnet in vnet["subnet"]:
            services = subnet.pop("service_endpoints")
            subnet["service_endpoint"] = [{"service": one, "network_identifier": None} for one in services]
    return stack


def compare(engine: str, cdktf: Synthesized, other: Synthesized) -> None:
    """Check that the workspaces of both engines have equal addresses, logical ids and arguments."""
    assert set(cdktf) == set(other)
    for id_, stack in cdktf.items():
        assert addresses(stack) == addresses(other[id_]), id_
        expected = with_azurerm_5(stack) if engine == AZURERM_5 else stack
        assert set(differences(expected, other[id_])) - VERSIONS == set(), id_
        pinned = other[id_]["terraform"]["required_providers"]
        assert {name: one["version"] for name, one in pinned.items()} == {
            name: schemas.version(name, engine) for name in pinned
        }


@pytest.mark.slow
@pytest.mark.parametrize("files", [EVERYTHING, pytest.param(NETWORKS, marks=pytest.mark.whole)], ids=["own", "public"])
@pytest.mark.parametrize("engine", OTHERS)
def test_every_engine_generates_the_same_resources(
    engine: str, files: list[pathlib.Path], synth_by: SynthAll, synth: Synth
) -> None:
    every = synth_by(engine, files)
    assert every.keys() == set(files)
    for file, built in every.items():
        compare(engine, synth(file), built)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_rehearsal_has_the_schemas_of_every_engine(provider: str) -> None:
    """The providers of all engines have equal schema versions of each type, so a change of the engine upgrades no
    state.
    """
    assert all(schemas.version(provider) != schemas.version(provider, engine) for engine in OTHERS)
    types = sorted(tables.types(provider))
    versions = [{name: one.version for name, one in schemas.read(provider, types, engine).items()} for engine in HOMES]
    assert all(version == versions[0] for version in versions)


def test_the_guide_has_the_pinned_versions() -> None:
    guide = (PROJECT / "docs" / "how-to" / "move-to-cdktn.md").read_text(encoding="utf-8").replace("**", "")
    for provider in PROVIDERS:
        assert f"| {provider} | {schemas.version(provider)} | {schemas.version(provider, 'cdktn')} |" in guide
        if provider != "azurerm":
            assert schemas.version(provider, AZURERM_5) == schemas.version(provider, "cdktn")
    assert f"`{AZURERM_5}` with azurerm {schemas.version('azurerm', AZURERM_5)}" in guide
