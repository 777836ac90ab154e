"""Schemas come from the bindings alone, and agree with what the providers' source says."""

import subprocess
import sys

import pytest

from hvn.rehearsal import bindings, schemas, tables
from hvn.rehearsal.schema import PROVIDERS, Attribute, Block
from tests.conftest import PROJECT

EVERY_TYPE = [(provider, name) for provider in PROVIDERS for name in sorted(tables.types(provider))]


def settable(block: Block) -> dict[str, bool]:
    """Each argument of a block, and whether it must be given."""
    found = {name: each.required for name, each in block.attributes.items() if each.required or each.optional}
    return found | {name: bool(each.least) for name, each in block.blocks.items() if name != "timeouts"}


@pytest.mark.parametrize(("provider", "name"), EVERY_TYPE, ids=[name for _, name in EVERY_TYPE])
def test_arguments_and_required_flags_are_those_of_the_providers_source(provider: str, name: str) -> None:
    block = schemas.read(provider, ["provider", *tables.types(provider)])[name]
    known = {
        path: bool(each.get("required"))
        for path, each in tables.table(provider, name).attributes.items()
        if "." not in path and (each.get("required") or each.get("optional"))
    }
    found = settable(block)
    # cdktf makes an argument of the id that every resource has.
    for each in (found, known):
        each.pop("id", None)
        each.pop("timeouts", None)
    assert found == known


def test_one_of_each_kind_is_read_as_terraform_has_it() -> None:
    cluster = schemas.read("azurerm", ["provider", *tables.types("azurerm")])["azurerm_kubernetes_cluster"]
    pool = cluster.blocks["default_node_pool"]
    assert (pool.nesting, pool.least, pool.most) == ("list", 1, 1)
    assert cluster.attributes["name"].required
    assert cluster.attributes["oidc_issuer_url"] == Attribute("string", required=False, optional=False, computed=True)
    assert cluster.attributes["tags"].type == ["map", "string"]
    manifest = schemas.read("kubernetes", ["kubernetes_manifest"])["kubernetes_manifest"]
    assert manifest.attributes["manifest"].type == "dynamic"
    helm = schemas.read("helm", ["provider", *tables.types("helm")])["provider"]
    assert helm.attributes["kubernetes"].nesting == "single"
    assert schemas.read("vault", ["vault_jwt_auth_backend_role"])["vault_jwt_auth_backend_role"].attributes[
        "bound_audiences"
    ].type == ["set", "string"]


def test_what_was_read_once_is_kept(tmp_path: "object", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    first = schemas.read("helm", ["helm_release", "provider"])
    monkeypatch.setattr(bindings, "extract", lambda *_: pytest.fail("read from the bindings again"))
    assert schemas.read("helm", ["provider", "helm_release"]) == first


def test_a_damaged_or_unwritable_cache_is_read_anew(tmp_path: "object", monkeypatch: pytest.MonkeyPatch) -> None:
    first = schemas.read("hcp", ["hcp_hvn"])
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    schemas.read("hcp", ["hcp_hvn"])
    (kept,) = (PROJECT / str(tmp_path) / "hvn-schemas").iterdir()
    kept.write_text('{"hcp_hvn": {"attributes"')
    assert schemas.read("hcp", ["hcp_hvn"]) == first
    monkeypatch.setattr(sys, "prefix", "/proc/nowhere")
    assert schemas.read("hcp", ["hcp_hvn"]) == first


def test_no_jsii_is_started_for_it() -> None:
    code = (
        "import sys; from hvn.rehearsal import bindings; bindings.extract('hcp', ['hcp_hvn', 'data.hcp_hvn']); "
        "sys.exit(any(each.partition('.')[0] in ('jsii', 'cdktf') for each in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=False).returncode == 0


def test_a_type_that_the_bindings_do_not_have_is_named() -> None:
    with pytest.raises(bindings.UnknownType, match="the bindings of hcp have no hcp_nothing"):
        schemas.read("hcp", ["hcp_nothing"])
