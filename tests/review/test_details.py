"""The comment shows drift, and the arguments that differ in a plan."""

import json
from typing import Any

import pytest

from hvn.review.plan_files import parse
from tests.review.plans import plan, resource
from tests.review.test_plan import SECRET, shown


def differences(made: bytes) -> list[tuple[str, str, str]]:
    (change,) = parse("w", made).changes
    return [(one.path, one.before, one.after) for one in change.differences]


@pytest.mark.parametrize(
    ("before", "after"),
    [(None, []), ([], None), ({}, None), (None, [{"a": None, "b": []}][:0]), ({"a": None}, {}), ([{"a": []}], [{}])],
)
def test_empty_values_of_different_forms_are_equal(before: Any, after: Any) -> None:
    made = resource(before={"a": before, "b": 1}, after={"a": after, "b": 2})
    assert differences(plan(made)) == [("b", "1", "2")]
    assert parse("w", plan(resource_drift=[resource(before={"a": before}, after={"a": after})])).drift == ()


def test_a_replacement_shows_the_forcing_argument_first_and_no_unset_values() -> None:
    before = {"a": "x", "tier": "t", "z": [{"cidr": 1, "b": 1}]}
    after = {"a": None, "tier": "u", "z": [{"cidr": 2, "b": 1}]}
    made = resource(actions=("delete", "create"), before=before, after=after, replace_paths=[["z", 0, "cidr"]])
    assert differences(plan(made)) == [("z[0].cidr", "1", "2"), ("tier", "t", "u")]
    unset = resource(actions=("delete", "create"), before={"a": "x"}, after={"a": None}, replace_paths=[["a"]])
    assert differences(plan(unset)) == [("a", "x", "null")]


def test_an_update_that_unsets_a_value_shows_it() -> None:
    assert differences(plan(resource(before={"a": "x"}, after={"a": None}))) == [("a", "x", "null")]


VNET, PEERING, VAULT = "azurerm_virtual_network.vnet", "hcp_azure_peering_connection.peering", "hcp_vault_cluster.vault"


@pytest.mark.parametrize(
    ("address", "before", "after", "drifts"),
    [
        (VNET, {"subnet": []}, {"subnet": [{"name": "nodes"}]}, False),
        (VNET, {"address_space": ["10.0.0.0/24"]}, {"address_space": ["10.0.0.0/16"]}, True),
        (VNET, {"dns_servers": []}, {"dns_servers": ["10.0.0.4"]}, True),
        (VNET, {"guid": "a"}, {"guid": "b"}, False),
        (PEERING, {"state": "PENDING_ACCEPTANCE"}, {"state": "ACTIVE"}, False),
        (PEERING, {"allow_forwarded_traffic": True}, {"allow_forwarded_traffic": False}, True),
        (VAULT, {"tier": "standard_small"}, {"tier": "STANDARD_SMALL"}, False),
        (VAULT, {"tier": "standard_small"}, {"tier": "standard_medium"}, True),
        ("azurerm_kubernetes_cluster.c", {"default_node_pool": [{"node_count": 2}]},
         {"default_node_pool": [{"node_count": 3}]}, False),
        ("azurerm_kubernetes_cluster.c", {"default_node_pool": [{"max_count": 2}]},
         {"default_node_pool": [{"max_count": 3}]}, True),
        ("other_type.one", {"a": 1}, {"a": 2}, True),
    ],
)  # fmt: skip
def test_drift_contains_only_differences_that_a_person_can_cause(
    address: str, before: Any, after: Any, drifts: bool
) -> None:
    assert bool(parse("w", plan(resource_drift=[resource(address, before=before, after=after)])).drift) == drifts


def test_a_difference_that_the_plan_takes_back_is_drift() -> None:
    drift = resource("azurerm_subnet.one", before={"name": "dev"}, after={"name": "DEV"})
    back = resource("azurerm_subnet.one", before={"name": "DEV"}, after={"name": "dev"})
    assert parse("w", plan(back, resource_drift=[drift])).drift


def test_a_tier_in_capitals_is_no_difference() -> None:
    back = resource(VAULT, before={"tier": "DEV", "cluster_id": "a"}, after={"tier": "dev", "cluster_id": "b"})
    (change,) = parse("w", plan(back)).changes
    assert [one.path for one in change.differences] == ["cluster_id"]


def test_a_computed_value_of_a_replaced_resource_is_no_drift() -> None:
    drift = resource(PEERING, before={"state": "PENDING_ACCEPTANCE"}, after={"state": "ACTIVE"})
    before, unknown = {"state": "ACTIVE"}, {"state": True}
    replaced = resource(PEERING, actions=("delete", "create"), before=before, after={}, after_unknown=unknown)
    assert parse("w", plan(replaced, resource_drift=[drift])).drift == ()


def details(before: Any, after: Any) -> list[tuple[str, Any]]:
    (change,) = parse("w", plan(resource(before=before, after=after))).changes
    return [(one.path, one.lines or (one.before, one.after)) for one in change.details]


def test_elements_with_names_are_compared_by_name() -> None:
    rules = [{"name": "dns", "to": ["a"]}, {"name": "web", "to": ["b"]}]
    assert details({"rule": rules}, {"rule": [{"name": "new", "to": ["x"]}, {**rules[1], "to": ["b", "c"]}]}) == [
        ('rule["dns"]', (("−", '{"name": "dns", "to": ["a"]}'),)),
        ('rule["web"].to', (("+", "c"),)),
        ('rule["new"]', (("+", '{"name": "new", "to": ["x"]}'),)),
    ]


def test_texts_are_compared_by_line_and_policies_by_path() -> None:
    assert details({"a": "one\ntwo\nthree\n"}, {"a": "one\ntwo\n3\n"}) == [
        ("a", (("", "one"), ("", "two"), ("−", "three"), ("+", "3")))
    ]
    read, both = ({"path": {"kv/a": {"capabilities": capabilities}}} for capabilities in (["read"], ["list", "read"]))
    assert details({"policy": json.dumps(read)}, {"policy": json.dumps(both)}) == [
        ("policy.path.kv/a.capabilities", (("+", "list"),))
    ]
    assert details({"policy": json.dumps(read)}, {"policy": '{"path": {}}'}) == [
        ("policy.path.kv/a", (("−", '{"capabilities": ["read"]}'),))
    ]


def test_details_hide_sensitive_values() -> None:
    before, after = {"policy": f"a\n{SECRET}"}, {"policy": "a\nb"}
    assert SECRET not in shown(resource(before=before, after=after, before_sensitive={"policy": True}))
