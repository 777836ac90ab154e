"""Plans, states and refreshes follow terraform-plugin-sdk and terraform-provider-kubernetes."""

import json
from typing import Any

import pytest

from hvn.rehearsal import crds, planning, schemas, state, tables
from hvn.rehearsal.behaviours import Change, operator_crds
from hvn.rehearsal.cloud import Cloud
from hvn.rehearsal.schema import Attribute, Block, NestedBlock
from hvn.rehearsal.tables import Table
from hvn.rehearsal.wire import UNKNOWN
from tests.rehearsal.conftest import Resources, Stage

NO_FACTS = Table("", {})
TEXT = Attribute("string", optional=True)
TEXTS = Attribute(["list", "string"], optional=True)
SET = Attribute(["set", "string"], optional=True)
COMPUTED = Attribute("string", optional=True, computed=True)


def plan(block: Block, config: Any, prior: Any = None, facts: Any = None) -> Any:
    """Return the plan of a resource. The proposed state is the configuration with the computed values of the prior
    state."""
    proposed = {name: (prior or {}).get(name) if block.attributes[name].computed else None for name in block.attributes}
    empty: dict[str, Any] = {name: [] for name in block.blocks}
    return planning.planned(block, Table("", facts or {}), config, prior, {**empty, **proposed, **config})


@pytest.mark.parametrize(
    ("attribute", "prior", "planned"),
    [
        (COMPUTED, None, UNKNOWN),
        (COMPUTED, {"a": "x"}, "x"),
        (TEXT, None, None),
        (TEXT, {"a": ""}, ""),
        (TEXT, {"a": "x"}, None),
        (TEXTS, {"a": []}, []),
        (TEXTS, {"a": ["x"]}, []),
        (TEXTS, {"a": None}, None),
        (Attribute(["map", "string"], optional=True), {"a": {"b": "x"}}, {}),
    ],
)
def test_argument_that_is_not_set(attribute: Attribute, prior: Any, planned: Any) -> None:
    assert plan(Block({"a": attribute}), {}, prior) == {"a": planned}


def test_default_and_null_at_plan_come_from_the_table() -> None:
    assert plan(Block({"a": COMPUTED}), {}, None, {"a": {"default": "x"}}) == {"a": "x"}
    assert plan(Block({"a": COMPUTED}), {}, None, {"a": {"null_at_plan": True}}) == {"a": None}


def test_set_with_an_unknown_element_is_unknown_and_a_list_is_not() -> None:
    block = Block({"a": SET, "b": TEXTS})
    assert plan(block, {"a": ["x", UNKNOWN], "b": ["x", UNKNOWN]}) == {"a": UNKNOWN, "b": ["x", UNKNOWN]}


def test_objects_in_a_set_have_zero_values() -> None:
    block = schemas.read("azurerm", ["azurerm_network_security_group"])["azurerm_network_security_group"]
    rule = {"name": "in", "priority": 100, "description": None, "source_port_ranges": None}
    (planned,) = plan(block, {"security_rule": [rule]})["security_rule"]
    assert planned == rule | {"description": "", "source_port_ranges": []}


def test_write_only_argument_is_null() -> None:
    assert plan(Block({"a": Attribute("string", optional=True, write_only=True)}), {"a": "secret"}) == {"a": None}


@pytest.mark.parametrize(
    ("provider", "name", "blocks"),
    [
        (
            "azurerm",
            "azurerm_kubernetes_cluster",
            ["auto_scaler_profile", "bootstrap_profile", "kubelet_identity", "windows_profile"],
        ),
        ("azurerm", "azurerm_private_dns_zone", ["soa_record"]),
        ("azuread", "azuread_service_principal", ["features", "feature_tags"]),
        ("hcp", "hcp_vault_cluster", ["major_version_upgrade_config"]),
    ],
)
def test_optional_and_computed_block_is_unknown_until_it_exists(provider: str, name: str, blocks: list[str]) -> None:
    block, table = schemas.read(provider, [name])[name], tables.table(provider, name)
    unset: dict[str, Any] = {inner: [] for inner in blocks}
    created = planning.planned(block, table, unset, None, unset)
    assert [created[inner] for inner in blocks] == [UNKNOWN] * len(blocks)
    prior = {inner: [{"a": "b"}] for inner in blocks}
    assert {inner: planning.planned(block, table, unset, prior, unset)[inner] for inner in blocks} == prior


def test_network_profile_has_unknown_profiles() -> None:
    block = schemas.read("azurerm", ["azurerm_kubernetes_cluster"])["azurerm_kubernetes_cluster"]
    config = {"network_profile": [{"network_plugin": "azure", "load_balancer_profile": [], "nat_gateway_profile": []}]}
    table = tables.table("azurerm", "azurerm_kubernetes_cluster")
    (profile,) = planning.planned(block, table, config, None, config)["network_profile"]
    assert (profile["load_balancer_profile"], profile["nat_gateway_profile"]) == (UNKNOWN, UNKNOWN)


def test_argument_in_upper_case_is_no_change() -> None:
    facts = {"a": {"upper_case": True}}
    assert plan(Block({"a": TEXT}), {"a": "small"}, {"a": "SMALL"}, facts) == {"a": "SMALL"}
    assert plan(Block({"a": TEXT}), {"a": "large"}, {"a": "SMALL"}, facts) == {"a": "large"}


# --- state.py

INNER = Block({"zones": TEXTS, "size": Attribute("number", optional=True)})
READ = Block({"text": TEXT, "list": TEXTS, "ignored": TEXT}, {"pool": NestedBlock(INNER, "list")})
UNSET = {"text": None, "list": None, "ignored": None, "pool": [{"zones": None, "size": None}]}


@pytest.mark.parametrize(("refresh", "collection"), [(False, None), (True, [])])
def test_collection_is_null_after_an_apply_and_empty_after_a_refresh(refresh: bool, collection: Any) -> None:
    read = state.read_back(READ, Table("", {"ignored": {"not_read": True}}), UNSET, refresh=refresh)
    assert read == {
        "text": "",
        "list": collection,
        "ignored": None,
        "pool": [{"zones": collection, "size": 0}],
    }


def test_unset_block_has_the_result_of_the_table() -> None:
    table = Table("", {"pool": {"result": [{"zones": ["1"], "size": 3}]}})
    assert state.read_back(READ, table, UNSET | {"pool": []}, refresh=False)["pool"] == [{"zones": ["1"], "size": 3}]


# --- kubernetes_manifest

MANIFEST = {
    "apiVersion": "secrets.hashicorp.com/v1beta1",
    "kind": "VaultStaticSecret",
    "metadata": {"name": "a", "namespace": "app"},
    "spec": {"destination": {"name": "a"}, "mount": "kv", "path": "p", "type": "kv-v2", "refreshAfter": "60s"},
}


def sent(manifest: Any) -> list[Any]:
    return [b'"dynamic"', manifest]


def test_every_field_of_the_crd_is_in_the_object() -> None:
    kind, value = crds.planned(sent(MANIFEST), {})
    assert value["metadata"]["uid"] is UNKNOWN
    assert value["spec"]["mount"] == "kv"
    assert value["spec"]["hmacSecretData"] is UNKNOWN
    assert value["spec"]["destination"]["transformation"]["templates"] is UNKNOWN
    spec = json.loads(kind)[1]["spec"][1]
    assert spec["rolloutRestartTargets"] == ["list", ["object", {"kind": "string", "name": "string"}]]
    assert spec["destination"][1]["labels"] == ["map", "string"]


def test_applied_object_has_the_defaults_of_the_crd() -> None:
    _, value = crds.applied(sent(MANIFEST), crds.planned(sent(MANIFEST), {}))
    assert value["metadata"]["uid"] is None
    assert value["spec"]["hmacSecretData"] is True
    assert value["spec"]["destination"]["overwrite"] is False
    assert value["spec"]["syncConfig"] == {"instantUpdates": None}


def test_removed_field_is_unknown_and_an_unset_one_keeps_its_value() -> None:
    before = {"manifest": sent(MANIFEST), "object": crds.applied(sent(MANIFEST), crds.planned(sent(MANIFEST), {}))}
    spec = {name: value for name, value in MANIFEST["spec"].items() if name != "refreshAfter"}  # type: ignore[attr-defined]
    _, value = crds.planned(sent({**MANIFEST, "spec": spec}), before)
    assert value["spec"]["refreshAfter"] is UNKNOWN
    assert value["spec"]["hmacSecretData"] is True
    assert value["metadata"]["uid"] is None


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"apiVersion": "v1"}, ("manifest", "apiVersion")),
        ({"kind": "VaultAuth"}, ("manifest", "kind")),
        ({"metadata": {"name": "b", "namespace": "app"}}, ("manifest", "metadata", "name")),
        ({"metadata": {"name": "a", "namespace": "web"}}, ("manifest", "metadata", "namespace")),
        ({"metadata": {"name": "a", "namespace": "app", "labels": {"a": "b"}}}, None),
    ],
)
def test_change_of_identity_replaces_the_object(change: Any, path: Any) -> None:
    cloud = Cloud(":memory:")
    cloud.put(operator_crds.CRDS, operator_crds.GROUP, {})
    before = {"manifest": sent(MANIFEST), "object": crds.planned(sent(MANIFEST), {})}
    planned = Change("kubernetes_manifest", cloud, before, {"manifest": sent({**MANIFEST, **change})})
    operator_crds.plan(planned)
    assert planned.replaces == ([path] if path else [])


# --- with Terraform


def test_write_only_argument_is_not_in_a_plan(stage: Stage, of: Resources) -> None:
    release = {"name": "one", "chart": "c", "version": "1", "set_wo": [{"name": "key", "value": "hunter2"}]}
    stage.stacks["small"] = of(helm_release={"one": release})
    (resource,) = stage.plan_of("small")["resource_changes"]
    assert resource["change"]["after"]["set_wo"] is None
    assert resource["change"]["after"]["status"] == "deployed"
    assert [resource["change"]["after"][name] for name in ("description", "manifest", "resources")] == [None] * 3


def test_refresh_shows_no_drift_of_inline_subnets(stage: Stage) -> None:
    stage.prepare("hub", "network-payments")
    drift = {
        resource["address"]: resource["change"]
        for resource in stage.plan_of("network-payments").get("resource_drift", ())
    }
    assert "azurerm_virtual_network.vnet" not in drift
