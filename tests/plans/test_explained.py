"""An edit explains some changes of a plan, and not others. Each case makes one edit of its own stack."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from hvn.plans.explained import marked
from hvn.review.plan import UNEXPLAINED
from tests.conftest import PROJECT, SAMPLE, Synth
from tests.review.plans import plan, resource

STACK: dict[str, Any] = {
    "//": {"metadata": {"version": "1"}},
    "terraform": {"backend": {"local": {"path": "one"}}, "required_providers": {}},
    "provider": {"azurerm": [{"features": [{}]}, {"alias": "hub", "subscription_id": "one"}]},
    "data": {
        "azurerm_group": {"late": {"name": "a", "depends_on": ["azurerm_vnet.hub"]}},
        "azurerm_zone": {"zone": {"name": "a"}},
    },
    "resource": {
        "azurerm_vnet": {
            "hub": {"name": "hub", "provider": "azurerm.hub", "tags": {"owner": "a"}},
            "spoke": {"name": "spoke", "tags": {"owner": "a", "cost": "b"}, "address_space": ["10.0.0.0/16"]},
        },
        "azurerm_subnet": {
            "nodes": {
                "name": "nodes",
                "vnet": "${azurerm_vnet.spoke.name}",
                "zone": "${lower(data.azurerm_zone.zone.id)}",
                "pool": {"size": 1, "labels": {"a": "b"}},
                "rules": [{"port": 1, "ranges": ["a"]}, {"port": 2}],
                "depends_on": ["azurerm_vnet.hub"],
                "lifecycle": {"ignore_changes": ["tags"]},
            },
            "pods": {"name": "pods", "after": "${azurerm_subnet.nodes.id}", "group": "${data.azurerm_group.late.id}"},
        },
    },
}
NODES, PODS, HUB, SPOKE = "azurerm_subnet.nodes", "azurerm_subnet.pods", "azurerm_vnet.hub", "azurerm_vnet.spoke"
Edit = Callable[[Any], object]


def edited(edit: Edit) -> Any:
    stack = copy.deepcopy(STACK)
    edit(stack)
    return stack


def unexplained(edit: Edit, *changes: Any) -> Any:
    """Return the changes that the edit of the stack does not explain."""
    return json.loads(marked(plan(*changes).decode(), STACK, edited(edit))).get(UNEXPLAINED, "not compared")


def update(address: str, before: Any, after: Any, **more: Any) -> Any:
    return resource(address, before=before, after=after, **more)


def replacement(before: Any, after: Any, *forced: list[Any]) -> Any:
    """Return the planned replacement of a subnet with a changed name, and with these pools before and after."""
    sides = {"before": {"name": "a", "pool": [before]}, "after": {"name": "b", "pool": [after]}}
    return resource(NODES, actions=("delete", "create"), **sides, replace_paths=list(forced))


def of(address: str, /, **values: Any) -> Edit:
    *data, kind, name = address.split(".")
    return lambda stack: stack["data" if data else "resource"][kind][name].update(values)


def gone(stack: Any) -> None:
    del stack["resource"]["azurerm_subnet"]["nodes"]


def no_owner(stack: Any) -> None:
    del stack["resource"]["azurerm_vnet"]["spoke"]["tags"]["owner"]


def another(stack: Any) -> None:
    stack["resource"]["azurerm_subnet"]["more"] = {"name": "more"}


def hub_elsewhere(stack: Any) -> None:
    stack["provider"]["azurerm"][1]["subscription_id"] = "two"


def features(stack: Any) -> None:
    stack["provider"]["azurerm"][0]["features"] = [{"key_vault": {}}]


def no_edit(stack: Any) -> None:
    pass


SIZE = update(NODES, {"pool": [{"size": 1}]}, {"pool": [{"size": 2}]})
NAME = update(NODES, {"name": "a"}, {"name": "b"})
WHOLE: list[str] = []


@pytest.mark.parametrize(
    ("edit", "change", "found"),
    [
        # The edit does not change the resource.
        (no_edit, NAME, WHOLE),
        (of(HUB, name="b"), NAME, WHOLE),  # a different order of the resources is not a change
        (of(NODES, depends_on=[]), NAME, WHOLE),
        (no_edit, resource(NODES, actions=("create",), after={}), WHOLE),
        (another, resource("azurerm_subnet.old", actions=("delete",), before={}), WHOLE),
        (another, resource("module.old.azurerm_subnet.nodes", actions=("delete",), before={}), WHOLE),
        (of(HUB, name="b"), update(PODS, {}, {}, after_unknown={"after": True}), ["after"]),
        # No stack has import or moved blocks.
        (no_edit, resource(NODES, actions=("no-op",), importing={"id": "/a"}), WHOLE),
        (of(NODES, name="b"), {**resource(NODES, actions=("no-op",)), "previous_address": PODS}, WHOLE),
        # The edit adds the resource, removes it, or does not mention it.
        (another, resource("azurerm_subnet.more", actions=("create",), after={}), None),
        (gone, resource(NODES, actions=("delete",), before={}), None),
        (gone, resource(NODES, actions=("forget",), before={}), None),
        (of(NODES, name="b"), resource(NODES, actions=("create",), after={}), WHOLE),
        (of(NODES, name="b"), resource(NODES, actions=("delete",), before={}), WHOLE),
        # One argument differs.
        (of(NODES, name="b"), NAME, None),
        (of(NODES, name="b"), SIZE, ["pool[0].size"]),
        (of(NODES, pool={"size": 2}), SIZE, None),
        (of(NODES, pool=[{"size": 1, "labels": {"a": "b"}}], name="b"), SIZE, ["pool[0].size"]),
        (of(NODES, pool={"size": 1, "labels": {"a": "c"}}), SIZE, ["pool[0].size"]),
        (of(NODES, name="b"), resource(NODES, actions=("delete", "create"), before={"name": "a", "zone": "x"},
                                   after={"name": "b", "zone": "y"}), ["zone"]),
        # A replacement unsets values that the provider computed.
        (of(NODES, name="b"), replacement({"size": 1, "extra": "x"}, {"size": 1, "extra": None}), None),
        (of(NODES, name="b"), replacement({"size": 1, "extra": "x"}, {"size": 1, "extra": None}, ["pool", 0, "extra"]),
         ["pool[0].extra"]),
        (of(NODES, rules=[{"port": 1, "ranges": ["a"]}, {"port": 3}]),
         update(NODES, {"rules": [{"port": 1}]}, {"rules": [{"port": 1}, {"port": 3}]}), None),
        (of(NODES, name="b"),
         update(NODES, {"rules": [{"port": 1}]}, {"rules": [{"port": 1}, {"port": 2}]}), ["rules"]),
        # The edit removes a block, or an earlier edit removed a block.
        (no_owner, update(SPOKE, {"tags": {"owner": "a"}}, {"tags": {}}), None),
        (of(SPOKE, name="b"), update(SPOKE, {"tags": {"old": "a"}}, {"tags": {}}), ["tags.old"]),
        (of(SPOKE, name="b"), update(SPOKE, {"guid": "a"}, {"guid": "b"}), None),
        (of(NODES, name="b"), update(NODES, {"pool": [{"count": 1}]}, {"pool": [{}]},
                                 after_unknown={"pool": [{"count": True}]}), None),
        # An argument refers to a block that the edit changes.
        (of(SPOKE, name="b"), update(NODES, {"vnet": "a"}, {"vnet": "b"}), None),
        (of(SPOKE, name="b"), SIZE, ["pool[0].size"]),
        (of(SPOKE, name="b"), update(PODS, {}, {}, after_unknown={"after": True}), None),
        (of(SPOKE, name="b"), update(PODS, {}, {}, after_unknown={"group": True}), ["group"]),
        (of("data.azurerm_zone.zone", name="b"), update(NODES, {"zone": "a"}, {"zone": "b"}), None),
        (of(HUB, name="b"), update(PODS, {}, {}, after_unknown={"group": True}), None),
        # The configuration of a provider or a lifecycle block differs.
        (hub_elsewhere, update(HUB, {"name": "a"}, {"name": "b"}), None),
        (hub_elsewhere, NAME, WHOLE),
        (features, SIZE, None),
        (of(NODES, provider="azurerm.hub"), SIZE, None),
        (of(NODES, lifecycle={}), SIZE, None),
        # The plan contains no changes.
        (no_edit, resource(NODES, actions=("no-op",)), None),
        (no_edit, resource("data.azurerm_zone.zone", actions=("read",)), None),
        (of(NODES, name="b"), {**SIZE, "address": f'{NODES}["a"]'}, ["pool[0].size"]),
    ],
)  # fmt: skip
def test_explained_changes(edit: Edit, change: Any, found: list[str] | None) -> None:
    assert unexplained(edit, change) == ({} if found is None else {change["address"]: found})


def test_a_deposed_object_is_unexplained() -> None:
    deposed = {**resource(NODES, actions=("delete",), before={}), "deposed": "0123abcd"}
    assert unexplained(of(NODES, name="b"), SIZE, deposed) == {NODES: []}
    assert unexplained(of(NODES, name="b"), deposed, SIZE) == {NODES: []}


def test_a_secret_is_not_in_the_marks() -> None:
    secret = update(NODES, {"pool": {"labels": "x"}}, {"pool": {"labels": {"hunter2": 1}}},
                    after_sensitive={"pool": {"labels": True}})  # fmt: skip
    assert unexplained(of(NODES, name="b"), secret) == {NODES: ["pool.labels"]}


def test_without_the_base_unexplained_changes_are_unknown() -> None:
    assert json.loads(marked(plan(NAME).decode(), None, STACK))[UNEXPLAINED] is None


def test_another_state_explains_nothing() -> None:
    def moved(stack: Any) -> None:
        stack["terraform"]["backend"] = {"local": {"path": "two"}}

    assert unexplained(moved, NAME) == {}


@pytest.mark.parametrize("name", ["everything", "existing"])
def test_our_stacks_have_no_blocks_that_are_not_read(name: str, synth: Synth) -> None:
    file = PROJECT / "tests" / "topologies" / f"{name}.yaml"
    stacks = [*synth(file).values(), *synth(SAMPLE).values()]
    # An edit of the topology cannot change a variable, because the variables have no default.
    assert [block for stack in stacks for block in stack.get("variable", {}).values() if "default" in block] == []
    assert {block for stack in stacks for block in stack} - {"variable"} == {
        *("//", "terraform", "provider", "data", "resource", "output")
    }
