"""The schemas come from the pinned providers, and the tables fit the schemas."""

import json
import pathlib
import subprocess
import sys
from typing import Any

import pytest

from hvn.rehearsal import crds, schemas, server, tables
from hvn.rehearsal.schema import PROVIDERS, Attribute, Block
from tests.conftest import PROJECT, Synthesized

EVERY_TYPE = [(provider, name) for provider in PROVIDERS for name in sorted(tables.types(provider))]
TOOL = PROJECT / "tools" / "schemas.py"


def member(block: Block, path: str) -> object:
    """Return an attribute or a block by its path, or None. The path may continue inside an attribute that contains
    objects.
    """
    name, _, rest = path.partition(".")
    if name in block.blocks:
        return member(block.blocks[name].block, rest) if rest else block.blocks[name]
    attribute = block.attributes.get(name)
    if attribute is None or not rest:
        return attribute
    return member(attribute.nested, rest) if attribute.nested else in_object(attribute.type, rest)


def in_object(kind: Any, path: str) -> object:
    while kind[0] != "object":
        kind = kind[1]
    name, _, rest = path.partition(".")
    inner = kind[1].get(name)
    return in_object(inner, rest) if inner and rest else inner


@pytest.mark.parametrize(("provider", "name"), EVERY_TYPE, ids=[name for _, name in EVERY_TYPE])
def test_every_argument_of_a_table_is_in_the_schema(provider: str, name: str) -> None:
    block = schemas.read(provider, [name])[name]
    assert [path for path in tables.table(provider, name).attributes if member(block, path) is None] == []


def test_schemas_and_tables_are_of_the_versions_that_the_stacks_pin(sample: Synthesized) -> None:
    pinned = {
        provider: requirement["version"]
        for stack in sample.values()
        for provider, requirement in stack["terraform"]["required_providers"].items()
    }
    assert set(pinned) == set(PROVIDERS)
    assert {provider: schemas.version(provider) for provider in PROVIDERS} == pinned
    assert {provider: tables.version(provider) for provider in PROVIDERS} == pinned


def test_stack_that_pins_another_version_stops_the_rehearsal(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "cdk.tf.json"
    file.write_text('{"terraform": {"required_providers": {"azurerm": {"source": "azurerm", "version": "5.2.0"}}}}')
    with pytest.raises(schemas.MissingSchema, match=r"pin azurerm 5\.2\.0, .*azurerm\.json has version 4\.55\.0: gen"):
        server.types_in_use([file])


@pytest.mark.parametrize(
    ("provider", "name", "error"),
    [
        ("hcp", "hcp_nothing", r"no schema of hcp_nothing: add the type to KEPT in tools/schemas\.py"),
        ("hcp", "data.hcp_nothing", r"no schema of data\.hcp_nothing"),
        ("random", "random_id", r"no schemas of the provider random: make hvn/rehearsal/schemas/random\.json"),
    ],
)
def test_missing_schema_is_an_error_with_a_fix(provider: str, name: str, error: str) -> None:
    with pytest.raises(schemas.MissingSchema, match=error):
        schemas.read(provider, [name])


def test_blocks_attributes_and_types_are_those_of_the_real_providers() -> None:
    cluster = schemas.read("azurerm", ["azurerm_kubernetes_cluster"])["azurerm_kubernetes_cluster"]
    pool = cluster.blocks["default_node_pool"]
    assert (pool.nesting, pool.least, pool.most) == ("list", 1, 1)
    assert cluster.attributes["name"].required
    assert cluster.attributes["oidc_issuer_url"] == Attribute("string", computed=True)
    assert cluster.attributes["kube_config"].sensitive
    assert cluster.attributes["tags"].type == ["map", "string"]
    assert cluster.version == 2
    vnet = schemas.read("azurerm", ["azurerm_virtual_network"])["azurerm_virtual_network"]
    assert vnet.blocks["ip_address_pool"].most == 2
    vault = schemas.read("vault", ["vault_jwt_auth_backend"])["vault_jwt_auth_backend"]
    assert vault.attributes["jwks_pairs"].type == ["list", ["map", "string"]]
    hcp = schemas.read("hcp", ["hcp_vault_cluster", "data.hcp_vault_cluster"])
    assert hcp["hcp_vault_cluster"].blocks["ip_allowlist"].most == 50
    for name in ("ip_allowlist", "major_version_upgrade_config"):
        kind = hcp["data.hcp_vault_cluster"].attributes[name].type
        assert isinstance(kind, list)
        assert (kind[0], kind[1][0]) == ("list", "object")
    helm = schemas.read("helm", ["provider", "helm_release"])
    assert helm["provider"].attributes["kubernetes"].nesting == "single"
    assert helm["helm_release"].attributes["set_wo"].write_only
    manifest = schemas.read("kubernetes", ["kubernetes_manifest"])["kubernetes_manifest"]
    assert manifest.attributes["manifest"].type == "dynamic"


# --- tools/schemas.py

OUTPUT = {
    "format_version": "1.0",
    "provider_schemas": {
        "registry.terraform.io/hashicorp/helm": {
            "provider": {"version": 0, "block": {"description": "Helm", "description_kind": "plain"}},
            "resource_schemas": {
                "helm_release": {
                    "version": 2,
                    "block": {
                        "attributes": {
                            "description": {"type": "string", "description": "What it is", "optional": True},
                            "rules": {"type": ["list", ["object", {"description": "string"}]], "computed": True},
                            "set": {
                                "nested_type": {
                                    "nesting_mode": "list",
                                    "attributes": {"name": {"type": "string", "description": "A", "required": True}},
                                },
                                "optional": True,
                            },
                        },
                        "block_types": {
                            "wait": {"nesting_mode": "list", "max_items": 1, "block": {"description_kind": "plain"}}
                        },
                        "description": "A release",
                    },
                },
                "helm_unwanted": {"version": 0, "block": {}},
            },
            "data_source_schemas": {},
        }
    },
}


def run_tool(folder: pathlib.Path, output: object, *versions: str) -> subprocess.CompletedProcess[str]:
    """Run a copy of the tool, because the tool writes into a folder of its project. Return the finished process."""
    (folder / "tools").mkdir()
    (folder / "hvn" / "rehearsal" / "schemas").mkdir(parents=True)
    (folder / "tools" / "schemas.py").write_text(
        TOOL.read_text(encoding="utf-8").replace('r"helm_.*"', 'r"helm_release"'), encoding="utf-8"
    )
    (folder / "output.json").write_text(json.dumps(output))
    return subprocess.run(
        [sys.executable, folder / "tools" / "schemas.py", folder / "output.json", *versions],
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_tool_keeps_the_facts_of_the_rehearsal_and_drops_descriptions(tmp_path: pathlib.Path) -> None:
    done = run_tool(tmp_path, OUTPUT, "helm=3.1.1")
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "hvn" / "rehearsal" / "schemas" / "helm.json").read_text(encoding="utf-8")
    written = json.loads(text)
    assert written["version"] == "3.1.1"
    assert list(written["resource_schemas"]) == ["helm_release"]
    release = written["resource_schemas"]["helm_release"]
    assert release["version"] == 2
    assert release["block"]["attributes"] == {
        "description": {"type": "string", "optional": True},
        "rules": {"type": ["list", ["object", {"description": "string"}]], "computed": True},
        "set": {
            "nested_type": {"nesting_mode": "list", "attributes": {"name": {"type": "string", "required": True}}},
            "optional": True,
        },
    }
    assert release["block"]["block_types"] == {"wait": {"nesting_mode": "list", "max_items": 1, "block": {}}}
    assert "What it is" not in text
    assert "A release" not in text


def test_the_tool_names_the_providers_of_the_output(tmp_path: pathlib.Path) -> None:
    done = run_tool(tmp_path, OUTPUT, "vault=5.6.0")
    assert done.returncode == 1
    assert "vault=5.6.0: the output has helm" in done.stderr


# --- crds.py


def test_the_schema_of_a_kind_has_every_field_of_its_crd() -> None:
    facts = json.loads((PROJECT / "tests" / "facts" / "vso-crds.json").read_text(encoding="utf-8"))
    assert crds.table()["commit"] == facts["source"]["commit"]
    for kind, fact in facts["kinds"].items():
        fields = crds.table()["kinds"][kind]
        for path, field in fact["fields"].items():
            assert fields[path] == {
                name: value for name, value in field.items() if value is not False or name != "required"
            }
