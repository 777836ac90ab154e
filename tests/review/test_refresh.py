"""Changes of the state by a refresh are not drift. Unset arguments of a replaced resource are not differences."""

from typing import Any

import pytest

from hvn.review.plan_files import parse
from tests.review.plans import plan, resource

PEERING = "hcp_azure_peering_connection.peering"
CLUSTER = "azurerm_kubernetes_cluster.cluster"
VNET = "azurerm_virtual_network.vnet"
LINK = "azurerm_private_dns_zone_virtual_network_link.one"
CREDENTIAL = "azurerm_federated_identity_credential.one"


@pytest.mark.parametrize(
    ("address", "before", "after"),
    [
        ("azurerm_firewall.one", {"zones": None}, {"zones": []}),
        ("azurerm_public_ip.one", {"ip_tags": None}, {"ip_tags": {}}),
        (CLUSTER, {"default_node_pool": [{"zones": None}]}, {"default_node_pool": [{"zones": []}]}),
        (VNET, {"subnet": []}, {"subnet": [{"name": "nodes"}]}),
        (VNET, {"subnet": [{"name": "nodes"}]}, {"subnet": [{"name": "pods"}]}),
        (PEERING, {"state": "PENDING_ACCEPTANCE"}, {"state": "ACTIVE"}),
        # A provider of a different version reads these arguments for the first time.
        (LINK, {"private_dns_zone_id": None}, {"private_dns_zone_id": "/a"}),
        (CREDENTIAL, {"parent_id": None, "resource_group_name": None}, {"parent_id": "/a", "resource_group_name": "a"}),
        (CLUSTER, {"node_provisioning_profile": []}, {"node_provisioning_profile": [{"mode": "Manual"}]}),
        ("azurerm_subnet.one", {"service_endpoint": None}, {"service_endpoint": [{"service": "Microsoft.Sql"}]}),
        ("azurerm_user_assigned_identity.one", {"isolation_scope": None}, {"isolation_scope": ""}),
        ("vault_policy.one", {"allow_overwrite": None}, {"allow_overwrite": False}),
    ],
)
def test_change_by_a_refresh_is_no_drift(address: str, before: Any, after: Any) -> None:
    read = parse("w", plan(resource_drift=[resource(address, before=before, after=after)]))
    assert (read.drift, read.unknowns) == ((), ())


@pytest.mark.parametrize(
    ("address", "before", "after"),
    [
        ("azurerm_firewall.one", {"zones": None}, {"zones": ["1"]}),
        ("azurerm_firewall.one", {"zones": ["1"]}, {"zones": []}),
        ("azurerm_route_table.one", {"subnet": []}, {"subnet": ["a"]}),
        (LINK, {"private_dns_zone_id": "/a"}, {"private_dns_zone_id": "/b"}),
        (LINK, {"virtual_network_id": None}, {"virtual_network_id": "/a"}),
        ("vault_policy.one", {"allow_overwrite": None}, {"allow_overwrite": True}),
        ("vault_policy.one", {"allow_overwrite": True}, {"allow_overwrite": False}),
        ("azurerm_subnet.one", {"address_prefixes": ["10.0.0.0/24"]}, {"address_prefixes": ["10.0.1.0/24"]}),
        # The argument is optional and computed, so somebody may have set it.
        (CLUSTER, {"kubernetes_version": "1.35"}, {"kubernetes_version": "1.36"}),
        (CLUSTER, {"default_node_pool": [{"max_pods": 30}]}, {"default_node_pool": [{"max_pods": 60}]}),
        ("unknown_type.one", {"state": "a"}, {"state": "b"}),
    ],
)
def test_change_outside_of_terraform_is_drift(address: str, before: Any, after: Any) -> None:
    assert len(parse("w", plan(resource_drift=[resource(address, before=before, after=after)])).drift) == 1


def test_type_with_a_path_reads_no_file() -> None:
    drifted = resource(before={"id": "a"}, after={"id": "b"}) | {"type": "../tables/azurerm_firewall"}
    assert len(parse("w", plan(resource_drift=[drifted])).drift) == 1


def test_only_the_drift_of_a_resource_is_listed() -> None:
    before, after = {"zones": None, "sku_tier": "Standard"}, {"zones": [], "sku_tier": "Premium"}
    (change,) = parse("w", plan(resource_drift=[resource("azurerm_firewall.one", before=before, after=after)])).drift
    assert [difference.path for difference in change.differences] == ["sku_tier"]


def test_deleted_resource_is_drift() -> None:
    deleted = resource(VNET, actions=["delete"], before={"subnet": []}, after=None)
    assert len(parse("w", plan(resource_drift=[deleted])).drift) == 1


@pytest.mark.parametrize("value", ["", 0, False, [], {}, [{"relay_state": ""}]])
def test_unset_argument_of_a_replaced_resource_is_no_difference(value: object) -> None:
    after: Any = [] if isinstance(value, list) else None
    change: Any = {"before": {"a": value, "name": "x"}, "after": {"a": after, "name": "y"}}
    (replaced,) = parse("w", plan(resource(actions=["delete", "create"], **change))).changes
    assert [difference.path for difference in replaced.differences] == ["name"]


@pytest.mark.parametrize(
    ("actions", "before", "after"),
    [
        (["update"], "", None),
        (["delete", "create"], None, ""),
    ],
)
def test_argument_that_changes_is_a_difference(actions: list[str], before: object, after: object) -> None:
    (change,) = parse("w", plan(resource(actions=actions, before={"a": before}, after={"a": after}))).changes
    assert [difference.path for difference in change.differences] == ["a"]
