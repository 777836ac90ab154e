"""Every type that a stack uses is described, and what the descriptions say shows in Terraform's plans."""

import pathlib

import pytest

from hvn.rehearsal import planning, schemas, server, tables
from hvn.rehearsal.schema import PROVIDERS, Block
from hvn.rehearsal.tables import Table
from tests.conftest import PROJECT, SAMPLE, Synth
from tests.rehearsal.conftest import Resources, Stage, said

TOPOLOGIES = [SAMPLE, *sorted((PROJECT / "tests" / "topologies").glob("*.yaml"))]


@pytest.mark.parametrize("file", TOPOLOGIES, ids=lambda file: file.stem)
def test_every_type_in_use_is_described(file: pathlib.Path, synth: Synth) -> None:
    used = {
        prefix + kind
        for stack in synth(file).values()
        for prefix, section in (("", "resource"), ("data.", "data"))
        for kind in stack.get(section, {})
    }
    described = {name for provider in PROVIDERS for name in tables.types(provider)}
    assert len(used) > 10
    assert sorted(used - described) == []


def test_a_type_that_is_not_described_stops_the_rehearsal() -> None:
    with pytest.raises(tables.Unknown, match=r"no table describes azurerm_bastion_host: add it to .*azurerm\.json"):
        server.schemas_of({"azurerm": ["azurerm_bastion_host"]})


def test_a_provider_that_is_not_described_stops_it_too_and_terraforms_own_type_does_not(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "cdk.tf.json"
    file.write_text('{"resource": {"terraform_data": {"a": {}}, "random_id": {"b": {}}}}')
    with pytest.raises(tables.Unknown, match="no table describes the provider random"):
        server.schemas_of(server.types_in_use([file]))
    file.write_text('{"resource": {"terraform_data": {"a": {}}}}')
    assert server.types_in_use([file]) == {}


def test_every_pattern_is_one() -> None:
    patterns = [
        each["pattern"]
        for provider in PROVIDERS
        for table in tables.types(provider).values()
        for each in table.attributes.values()
        if "pattern" in each
    ]
    assert len(patterns) > 20
    for each in patterns:
        assert planning.fits(each, "a value") != planning.fits(f"not: {each}", "a value") or each.startswith("not: ")


def test_defaults_and_what_the_cloud_decides_stand_in_the_plan(stage: Stage) -> None:
    plan = stage.plan_of("aks-payments")
    changes = {each["address"]: each["change"] for each in plan["resource_changes"]}
    cluster = changes["azurerm_kubernetes_cluster.cluster"]
    assert cluster["after"]["support_plan"] == "KubernetesOfficial", "a default of azurerm that the stack leaves out"
    assert cluster["after_unknown"]["oidc_issuer_url"] is True
    assert "oidc_issuer_url" not in cluster["after"]


def test_what_the_provider_marks_is_sensitive(stage: Stage) -> None:
    plan = stage.plan_of("aks-payments")
    (cluster,) = (each for each in plan["resource_changes"] if each["type"] == "azurerm_kubernetes_cluster")
    assert cluster["change"]["after_sensitive"]["kube_config"] is True
    stage.change("aks-payments")["output"]["kubeconfig"] = {
        "value": "${azurerm_kubernetes_cluster.cluster.kube_config}"
    }
    found = stage.build("hub", "network-payments", "aks-payments")
    assert "Output refers to sensitive values" in said(found.problems)


def test_a_changed_argument_replaces_where_the_provider_would(stage: Stage) -> None:
    stage.build("hub", "network-payments")
    stack = stage.change("network-payments")
    stack["resource"]["azurerm_virtual_network"]["vnet"]["tags"] = {"owner": "somebody-else"}
    stack["resource"]["azurerm_route_table"]["route_table"]["name"] = "another"
    actions = {each["address"]: each["change"] for each in stage.plan_of("network-payments")["resource_changes"]}
    assert actions["azurerm_virtual_network.vnet"]["actions"] == ["update"]
    table = actions["azurerm_route_table.route_table"]
    assert (table["actions"], table["replace_paths"]) == (["delete", "create"], [["name"]])


@pytest.mark.parametrize(
    ("kind", "arguments", "says"),
    [
        ("hcp_vault_cluster", {"cluster_id": "vault", "hvn_id": "hvn", "tier": "huge"}, "expected one of"),
        ("hcp_vault_cluster", {"cluster_id": "vault", "hvn_id": "hvn", "tier": "STANDARD_SMALL"}, ""),
        ("azurerm_role_assignment", {"scope": "/subscriptions/s", "principal_id": "p"}, "exactly one of"),
        (
            "azurerm_role_assignment",
            {"scope": "/s", "principal_id": "p", "role_definition_id": "d", "role_definition_name": "n"},
            "exactly one of role_definition_id, role_definition_name",
        ),
        (
            "vault_jwt_auth_backend",
            {"oidc_discovery_url": "https://i/", "jwt_validation_pubkeys": ["k"]},
            "conflicts with oidc_discovery_url",
        ),
        ("vault_jwt_auth_backend", {"oidc_discovery_url": "https://i/", "namespace": "admin/"}, "does not fit"),
        (
            "azurerm_virtual_network_peering",
            {"name": "p", "resource_group_name": "r", "virtual_network_name": "v", "remote_virtual_network_id": 5},
            "",
        ),
    ],
)
def test_validate_refuses_what_the_provider_refuses(
    stage: Stage, of: Resources, kind: str, arguments: dict[str, object], says: str
) -> None:
    stage.stacks["small"] = of(**{kind: {"one": arguments}})
    found = stage.build("small")
    if says:
        assert [each.phase for each in found.problems][:1] == ["validate"]
        assert says in said(found.problems)
    else:
        assert "validate" not in [each.phase for each in found.problems]


def test_an_argument_that_is_wrong_deep_inside_is_refused_at_its_place() -> None:
    block = schemas.read("azurerm", ["provider", *tables.types("azurerm")])["azurerm_kubernetes_cluster"]
    table = tables.table("azurerm", "azurerm_kubernetes_cluster")
    config = {"dns_prefix": "d", "identity": [{}], "network_profile": [{"outbound_type": "somewhere"}]}
    found = dict(planning.refused(block, table, config))
    assert list(found) == [("network_profile", 0, "outbound_type")]


def test_replacement_is_told_by_path_also_within_blocks() -> None:
    block = Block(blocks={})
    assert list(planning.replaced(block, Table("", {}), {}, {})) == []
    cluster = schemas.read("azurerm", ["provider", *tables.types("azurerm")])["azurerm_kubernetes_cluster"]
    table = tables.table("azurerm", "azurerm_kubernetes_cluster")
    before = {"name": "a", "network_profile": [{"pod_cidr": "10.244.0.0/16"}]}
    after = {"name": "a", "network_profile": [{"pod_cidr": "10.245.0.0/16"}]}
    assert list(planning.replaced(cluster, table, before, after)) == [("network_profile", 0, "pod_cidr")]
