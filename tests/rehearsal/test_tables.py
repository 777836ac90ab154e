"""Every resource type of the stacks has a table, and Terraform's plans follow the tables."""

import pathlib

import pytest

from hvn.rehearsal import planning, schemas, server, tables, validation
from hvn.rehearsal.forms import FORMS
from hvn.rehearsal.schema import PROVIDERS, Block
from hvn.rehearsal.tables import Table
from tests.conftest import PROJECT, SAMPLE, Synth
from tests.rehearsal.conftest import Resources, Stage, messages

TOPOLOGIES = [SAMPLE, *sorted((PROJECT / "tests" / "topologies").glob("*.yaml"))]


@pytest.mark.parametrize("file", TOPOLOGIES, ids=lambda file: file.stem)
def test_every_type_in_use_has_a_table_and_a_schema(file: pathlib.Path, synth: Synth) -> None:
    used = {
        prefix + kind
        for stack in synth(file).values()
        for prefix, section in (("", "resource"), ("data.", "data"))
        for kind in stack.get(section, {})
    }
    described = {name for provider in PROVIDERS for name in tables.types(provider)}
    assert len(used) > 10
    assert sorted(used - described) == []


def test_type_without_a_table_stops_the_rehearsal() -> None:
    with pytest.raises(tables.Unknown, match=r"no table describes azurerm_bastion_host: add it to .*azurerm\.json"):
        server.schemas_of({"azurerm": ["azurerm_bastion_host"]})


def test_provider_without_schemas_stops_the_rehearsal(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "cdk.tf.json"
    file.write_text('{"resource": {"terraform_data": {"a": {}}, "random_id": {"b": {}}}}')
    with pytest.raises(tables.Unknown, match="no table describes the provider random"):
        server.schemas_of(server.types_in_use([file]))
    file.write_text('{"resource": {"terraform_data": {"a": {}}}}')
    assert server.types_in_use([file]) == {}


def test_every_pattern_compiles() -> None:
    patterns = [
        facts["pattern"]
        for provider in PROVIDERS
        for table in tables.types(provider).values()
        for facts in table.attributes.values()
        if "pattern" in facts
    ]
    assert len(patterns) > 20
    for pattern in patterns:
        assert validation.fits(pattern, "a value") != validation.fits(
            f"not: {pattern}", "a value"
        ) or pattern.startswith("not: ")


def test_plan_has_defaults_and_unknown_values(stage: Stage) -> None:
    plan = stage.plan_of("aks-payments")
    changes = {resource["address"]: resource["change"] for resource in plan["resource_changes"]}
    cluster = changes["azurerm_kubernetes_cluster.cluster"]
    assert cluster["after"]["support_plan"] == "KubernetesOfficial", "a default of azurerm that the stack leaves out"
    assert cluster["after_unknown"]["oidc_issuer_url"] is True
    assert "oidc_issuer_url" not in cluster["after"]


def test_sensitive_attributes_are_marked(stage: Stage) -> None:
    plan = stage.plan_of("aks-payments")
    (cluster,) = (resource for resource in plan["resource_changes"] if resource["type"] == "azurerm_kubernetes_cluster")
    assert cluster["change"]["after_sensitive"]["kube_config"] is True
    stage.change("aks-payments")["output"]["kubeconfig"] = {
        "value": "${azurerm_kubernetes_cluster.cluster.kube_config}"
    }
    result = stage.build("hub", "network-payments", "aks-payments")
    assert "Output refers to sensitive values" in messages(result.failures)


def test_changed_argument_replaces_the_resource_if_the_provider_does(stage: Stage) -> None:
    stage.prepare("hub", "network-payments")
    stack = stage.change("network-payments")
    stack["resource"]["azurerm_virtual_network"]["vnet"]["tags"] = {"owner": "somebody-else"}
    stack["resource"]["azurerm_route_table"]["route_table"]["name"] = "another"
    actions = {
        resource["address"]: resource["change"] for resource in stage.plan_of("network-payments")["resource_changes"]
    }
    assert actions["azurerm_virtual_network.vnet"]["actions"] == ["update"]
    table = actions["azurerm_route_table.route_table"]
    assert (table["actions"], table["replace_paths"]) == (["create", "delete"], [["name"]])


@pytest.mark.parametrize(
    ("kind", "arguments", "error"),
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
            "parsing '5': not an id of azurerm_virtual_network",
        ),
    ],
)
def test_validate_refuses_the_same_values_as_the_provider(
    stage: Stage, of: Resources, kind: str, arguments: dict[str, object], error: str
) -> None:
    stage.stacks["small"] = of(**{kind: {"one": arguments}})
    result = stage.build("small")
    if error:
        assert [problem.phase for problem in result.failures][:1] == ["validate"]
        assert error in messages(result.failures)
    else:
        assert "validate" not in [problem.phase for problem in result.failures]


@pytest.mark.parametrize(
    ("kind", "arguments", "block", "most"),
    [
        (
            "azurerm_virtual_network",
            {"name": "v", "location": "japaneast", "resource_group_name": "r"},
            {"ip_address_pool": {"id": "/pool", "number_of_ip_addresses": "256"}},
            2,
        ),
        (
            "hcp_vault_cluster",
            {"cluster_id": "vault", "hvn_id": "hvn"},
            {"ip_allowlist": {"address": "10.0.0.0/8"}},
            50,
        ),
    ],
)
def test_number_of_blocks_is_limited(
    stage: Stage, of: Resources, kind: str, arguments: dict[str, object], block: dict[str, object], most: int
) -> None:
    ((name, body),) = block.items()
    stage.stacks["small"] = of(**{kind: {"one": arguments | {name: [body] * (most + 1)}}})
    assert f"Too many {name} blocks" in messages(stage.build("small").failures)
    stage.stacks["small"] = of(**{kind: {"one": arguments | {name: [body] * most}}})
    assert "Too many" not in messages(stage.build("small").failures)


SUBNET = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/n"


@pytest.mark.parametrize(
    ("workspace", "kind", "path", "value", "error"),
    [
        ("hub", "azurerm_firewall_policy_rule_collection_group", "priority", 99, "in the range (100 - 65000), got 99"),
        (
            "hub",
            "azurerm_firewall_policy_rule_collection_group",
            "network_rule_collection.0.priority",
            65001,
            "expected priority to be in the range (100 - 65000), got 65001",
        ),
        ("hub", "azurerm_network_security_group", "security_rule.0.priority", 4097, "range (100 - 4096)"),
        (
            "hub",
            "azurerm_firewall_policy_rule_collection_group",
            "network_rule_collection.0.rule.0.source_addresses",
            ["10.0.0.0/33"],
            "expected an IP address or a CIDR range, got 10.0.0.0/33",
        ),
        ("hub", "azurerm_firewall", "ip_configuration.0.subnet_id", SUBNET, "does not fit /AzureFirewallSubnet$"),
        ("hub", "azurerm_resource_group", "name", "x" * 91, "does not fit"),
        ("hub", "azurerm_resource_group", "name", "hub.", "does not fit"),
        (
            "hub",
            "azurerm_virtual_network",
            "subnet.0.address_prefixes",
            [],
            "requires 1 item minimum, but config has only 0 declared",
        ),
        ("aks-payments", "azurerm_kubernetes_cluster", "default_node_pool.name", "nodes-1", "does not fit"),
        ("aks-payments", "azurerm_kubernetes_cluster", "default_node_pool.max_count", 1001, "range (1 - 1000)"),
        (
            "aks-payments",
            "azurerm_kubernetes_cluster",
            "default_node_pool.vnet_subnet_id",
            SUBNET.replace("resourceGroups", "resourcegroups"),
            "not an id of azurerm_subnet",
        ),
        (
            "aks-payments",
            "azurerm_kubernetes_cluster",
            "private_dns_zone_id",
            "system",
            "not an id of azurerm_private_dns",
        ),
        (
            "aks-payments",
            "azurerm_kubernetes_cluster",
            "network_profile.dns_service_ip",
            "fd00::1",
            "valid IPv4 address",
        ),
        ("hcp", "hcp_hvn", "hvn_id", "hv", "does not fit"),
        ("hcp", "hcp_hvn", "cidr_block", "172.25.16.0", "unable to parse string as CIDR notation IP address"),
        ("hcp", "hcp_hvn", "cidr_block", "100.64.0.0/20", "must match pattern of 10.*.*.*"),
        ("peering-payments", "hcp_hvn_route", "destination_cidr", "10.64.1.0/16", "should have been 10.64.0.0"),
        ("vso-payments", "helm_release", "name", "v" * 54, "expected length of name to be in the range (1 - 53)"),
        ("secrets-payments", "kubernetes_namespace_v1", "metadata.name", "Web_App", "does not fit"),
        ("hub", "azurerm_route_table", "route.0.next_hop_type", "Firewall", "expected one of VirtualNetworkGateway"),
    ],
)
def test_value_of_a_wrong_form_or_size_is_refused_at_validate(
    stage: Stage, workspace: str, kind: str, path: str, value: object, error: str
) -> None:
    *steps, last = path.split(".")
    target = next(iter(stage.change(workspace)["resource"][kind].values()))
    for step in steps:
        target = target[int(step) if isinstance(target, list) else step]
    target[last] = value
    result = stage.build(workspace)
    assert {failure.phase for failure in result.failures} == {"validate"}
    assert error in messages(result.failures)


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("HVN route range", "100.64.0.0/16"),
        ("IP address or CIDR", "10.0.0.1-10.0.0.9"),
        ("IP address or CIDR", "10.0.0.1"),
        ("IP address or CIDR", "fd00::/64"),
    ],
)
def test_valid_value_is_accepted(form: str, text: str) -> None:
    assert FORMS[form](text) == ""


def test_every_form_and_every_id_of_the_tables_exists() -> None:
    known = [
        facts for provider in PROVIDERS for one in tables.types(provider).values() for facts in one.attributes.values()
    ]
    assert {facts["form"] for facts in known if "form" in facts} == set(FORMS)
    assert {facts["id_of"] for facts in known if "id_of" in facts} <= set(tables.types("azurerm"))


def test_nested_invalid_argument_is_refused_at_its_path() -> None:
    block = schemas.read("azurerm", ["azurerm_kubernetes_cluster"])["azurerm_kubernetes_cluster"]
    table = tables.table("azurerm", "azurerm_kubernetes_cluster")
    config = {"dns_prefix": "d", "identity": [{}], "network_profile": [{"outbound_type": "somewhere"}]}
    refused = dict(validation.refused(block, table, config))
    assert list(refused) == [("network_profile", 0, "outbound_type")]


def test_replacement_has_the_path_within_blocks() -> None:
    block = Block(blocks={})
    assert list(planning.replaced(block, Table("", {}), {}, {})) == []
    cluster = schemas.read("azurerm", ["azurerm_kubernetes_cluster"])["azurerm_kubernetes_cluster"]
    table = tables.table("azurerm", "azurerm_kubernetes_cluster")
    before = {"name": "a", "network_profile": [{"pod_cidr": "10.244.0.0/16"}]}
    after = {"name": "a", "network_profile": [{"pod_cidr": "10.245.0.0/16"}]}
    assert list(planning.replaced(cluster, table, before, after)) == [("network_profile", 0, "pod_cidr")]
