"""Test how the review reads a plan: masked values, equal values, drift, and unknowns."""

import json
import pathlib
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hvn.review import approval
from hvn.review.differences import LONGEST
from hvn.review.plan import UNEXPLAINED, WORKSPACE, Action
from hvn.review.plan_files import LARGEST, parse, read
from hvn.review.plan_reader import UNREADABLE
from tests.review.plans import plan, resource
from tests.strategies.examples import examples

MANY = json.dumps(["a"] * 40)[-40:-1]
SECRET = "hunter2-very-secret"  # noqa: S105 - it must not be seen


def shown(*resources: Any, **more: Any) -> str:
    return repr(parse("w", plan(*resources, **more)))


@pytest.mark.parametrize(
    ("before", "after", "marks"),
    [
        ({"a": SECRET}, {"a": "x"}, {"before_sensitive": {"a": True}}),
        ({"a": "x"}, {"a": SECRET}, {"after_sensitive": {"a": True}}),
        ({"a": SECRET}, {"a": "x"}, {"after_sensitive": {"a": True}}),
        ({"a": "x"}, {"a": SECRET}, {"before_sensitive": {"a": True}}),
        ({"a": SECRET}, {"a": "x"}, {"before_sensitive": True}),
        ({"a": [{"b": SECRET}]}, {"a": [{"b": "x"}]}, {"before_sensitive": {"a": [{"b": True}]}}),
        ({"a": [{"b": SECRET}, {}]}, {"a": [{"b": "x"}]}, {"after_sensitive": {"a": [{"b": True}]}}),
        ({"a": [{"b": {"c": SECRET}}]}, {"a": []}, {"before_sensitive": {"a": [{"b": {"c": True}}]}}),
        ({"a": SECRET}, {"a": "x"}, {"before_sensitive": {"a": "yes"}}),
        ({"a": SECRET}, {"a": "x"}, {"before_sensitive": "yes"}),
        ({"a": SECRET}, {"a": "x"}, {"before_sensitive": {"a": {"b": True}}}),
        ({"a": {"b": SECRET}}, {"a": {"b": "x"}}, {"after_sensitive": {"a": [True]}}),
        (None, {"a": SECRET}, {"after_sensitive": {"a": True}}),
        ({"a": SECRET}, None, {"before_sensitive": {"a": True}}),
    ],
)
@pytest.mark.parametrize("where", ["resource_changes", "resource_drift"])
def test_a_sensitive_value_of_either_side_is_hidden(before: Any, after: Any, marks: Any, where: str) -> None:
    made = resource(before=before, after=after, **marks)
    read = parse("w", plan(**{where: [made]}) if where != "resource_changes" else plan(made))
    assert SECRET not in repr(read)
    assert len(read.changes or read.drift) == 1


def test_other_values_are_shown() -> None:
    (change,) = parse("w", plan(resource(before={"a": "x"}, after={"a": "y"}, before_sensitive={"b": True}))).changes
    assert [(each.path, each.before, each.after) for each in change.differences] == [("a", "x", "y")]


def test_a_sensitive_change_counts_as_one() -> None:
    (change,) = parse("w", plan(resource(before={"a": 1}, after={"a": 2}, after_sensitive={"a": True}))).changes
    assert [(each.path, each.before, each.after) for each in change.differences] == [
        ("a", "(sensitive)", "(sensitive)")
    ]
    assert change.sensitive == 1


def test_both_orders_of_a_replacement() -> None:
    for actions in (("delete", "create"), ("create", "delete")):
        (change,) = parse("w", plan(resource(actions=actions, replace_paths=[["a", 0, "b"]]))).changes
        assert (change.action, change.replaced_by) == (Action.REPLACE, ("a[0].b",))


def test_only_computed_values_are_noise() -> None:
    (change,) = parse("w", plan(resource(before={"a": 1}, after={"a": 1}, after_unknown={"etag": True}))).changes
    assert (change.silent, change.unknown) == (True, 1)
    (change,) = parse("w", plan(resource(before={"a": 1}, after={"a": 2}, after_unknown={"etag": True}))).changes
    assert not change.silent


def test_a_known_value_that_becomes_unknown_is_a_change() -> None:
    (change,) = parse("w", plan(resource(before={"a": "x"}, after={}, after_unknown={"a": True}))).changes
    assert (change.silent, change.unknown) == (False, 1)
    assert [(each.path, each.before, each.after) for each in change.differences] == [("a", "x", "(known after apply)")]


def test_known_parts_of_an_unknown_value_are_shown() -> None:
    after = {"a": [{"size": 1}]}
    (change,) = parse("w", plan(resource(before={"a": []}, after=after, after_unknown={"a": [{"id": True}]}))).changes
    assert [each.after for each in change.differences] == ['[{"id": "(known after apply)", "size": 1}]']


def test_a_replacement_shows_known_values_only() -> None:
    made = resource(
        actions=("delete", "create"), before={"a": 1, "id": "/a"}, after={"a": 2}, after_unknown={"id": True}
    )
    (change,) = parse("w", plan(made)).changes
    assert ([each.path for each in change.differences], change.unknown) == (["a"], 1)


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("a", "b", ("a", "b")),
        ("x" * 79 + "a", "x" * 79 + "b", ("x" * 79 + "a", "x" * 79 + "b")),
        ("x" * 99 + "a", "x" * 99 + "b", (f"…{'x' * 39}a", f"…{'x' * 39}b")),
        ("x" * 99, "x" * 99 + "b", (f"…{'x' * 39}", f"…{'x' * 39}b")),
        ("a" + "x" * 99, "b" + "x" * 99, (f"a{'x' * 78}…", f"b{'x' * 78}…")),
        ("x" * 99 + "a" + "y" * 99, "x" * 99 + "b" * 41, (f"…{'x' * 39}a{'y' * 38}…", f"…{'x' * 39}{'b' * 39}…")),
        ("\n" * 99 + "a", "\n" * 99 + "b", ("…" + "\\u{a}" * 7 + "a", "…" + "\\u{a}" * 7 + "b")),
        ("1", 1, ('"1"', "1")),
        (None, "null", ("null", '"null"')),
        ([1], "[1]", ("[1]", '"[1]"')),
        (["a"] * 40, ["a"] * 40 + ["*"], (f"…{MANY}]", f'…{MANY}, "*"]')),
    ],
)
def test_both_sides_show_the_difference(before: Any, after: Any, shown: tuple[str, str]) -> None:
    (change,) = parse("w", plan(resource(before={"a": before}, after={"a": after}))).changes
    assert [(each.before, each.after) for each in change.differences] == [shown]


@given(*[st.text(st.sampled_from("ab\n`"), max_size=200)] * 2)
def test_the_shown_texts_differ(before: str, after: str) -> None:
    assume(before != after)
    (change,) = parse("w", plan(resource(before={"a": before}, after={"a": after}))).changes
    (difference,) = change.differences
    assert difference.before != difference.after
    assert max(len(difference.before), len(difference.after)) <= LONGEST


@pytest.mark.parametrize(
    ("actions", "action"),
    [
        (["create"], Action.CREATE),
        (["update"], Action.UPDATE),
        (["delete"], Action.DELETE),
        (["forget"], Action.FORGET),
        (["delete", "create"], Action.REPLACE),
        (["create", "delete"], Action.REPLACE),
        (["create", "forget"], Action.REPLACE),
    ],
)
def test_every_action_of_terraform(actions: list[str], action: Action) -> None:
    before = None if actions == ["create"] else {"a": 1}
    read = parse("w", plan(resource(actions=actions, before=before, after={"a": 2})))
    assert [each.action for each in read.changes] == [action]
    assert not read.unknowns


def test_an_import_and_a_move_are_changes() -> None:
    quiet = resource(actions=("no-op",), before={"a": 1}, after={"a": 1})
    made = resource(actions=("no-op",), importing={"id": "/a"}), {**quiet, "previous_address": "azurerm_subnet.two"}
    one, two = parse("w", plan(*made)).changes
    assert {(each.action, each.imported, each.moved_from) for each in (one, two)} == {
        (Action.IMPORT, "/a", ""),
        (Action.MOVE, "", "azurerm_subnet.two"),
    }
    computed = resource(before={}, after={}, after_unknown={"etag": True}, importing={"identity": {"n": 1}})
    (change,) = parse("w", plan(computed)).changes
    assert (change.silent, change.imported) == (False, '{"identity": {"n": 1}}')
    assert parse("w", plan({**resource(actions=("delete",)), "deposed": "0123abcd"})).changes[0].deposed == "0123abcd"


@pytest.mark.parametrize("mark", ["", 0, "no", 1, [[1]]])
def test_a_mark_of_any_other_shape_hides_the_value(mark: Any) -> None:
    for made in (resource(before={"a": 1}, after={"a": SECRET}, after_sensitive={"a": mark}),
                 resource(before={"a": 1}, after={"a": SECRET}, after_sensitive=mark)):  # fmt: skip
        assert SECRET not in shown(made)


@pytest.mark.parametrize("mark", [None, False, {}, [], {"a": False}, {"a": {}}, {"a": []}, {"a": [False, None]}])
def test_no_mark_hides_nothing(mark: Any) -> None:
    assert "value" in shown(resource(before={"a": 1}, after={"a": "value"}, after_sensitive=mark))


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (b"", "line 1, column 1"),
        (b"\xff\xfe\x00", "not JSON"),
        (b"[" * 100_000, "JSON that the review cannot parse"),
        (b"[]", "a list"),
        (b"{}", "not a plan"),
        (b'{"format_version": "1.2", "resource_changes": {}}', "resource_changes"),
        (b'{"format_version": "1.2", "resource_changes": [1]}', "change"),
        (plan(resource(actions=("explode",))), "explode"),
        (plan(resource(actions=("create", "update"))), "create update"),
        (plan(format_version="1.3"), "1.3"),
        (plan(format_version="2.0"), "2.0"),
        (plan(format_version=3), "format_version"),
        (plan(errored=True), "ended with an error"),
        (plan(errored="no"), "ended with an error"),
        (plan(complete=False), "incomplete"),
        (b'{"format_version": "1.2", "planned_values": {}, "errored": true}', "ended with an error"),
        (b'{"format_version": "1.2", "resource_changes": [], "resource_changes": []}', "duplicate key"),
        (b'{"format_version": "1.2", "resource_changes": [{"change": {"a": 1, "a": 1}}]}', "duplicate key"),
        (plan({**resource(), "address": None}), "no address"),
        (plan({**resource(), "address": ["a.b"]}), "no address"),
        (plan({**resource(), "type": None}), "type does not match"),
        (plan({**resource("hcp_vault_cluster.vault"), "type": "a"}), "type does not match"),
        (plan({**resource('module.a["b"].hcp_vault_cluster.vault["a.b"]'), "type": "a"}), "type does not match"),
        (plan({**resource("module.hcp_vault_cluster.vault"), "type": "module"}), "type does not match"),
        (plan(output_changes=[]), "output_changes"),
        (plan(output_changes={"a": 1}), "output_changes"),
        (plan(deferred_changes=[{"reason": "unknown"}]), "deferred_changes"),
        (plan(deferred_action_invocations=[{}]), "deferred_action_invocations"),
        (b"[command]/usr/bin/terraform show -json tfplan\n" + plan(), "terraform_wrapper: false"),
        (b"::debug::Terraform exited\n" + plan(), "terraform_wrapper: false"),
        (plan() + b"\n" + plan(), "line 2, column 1: a second JSON text"),
        (json.dumps([{}, {}]).encode(), "one file for each plan"),
        (b'{"version": 4, "serial": 1, "lineage": "a", "resources": []}', "a state"),
        (b'{"format_version": "1.0", "values": {"root_module": {}}}', "a state"),
        (b"PK\x03\x04\x14\x00\x08\xff\xff", "terraform show -json PLANFILE"),
        (b'{"@level":"info","@message":"x"}\n{"@level":"info"}\n', "terraform show -json PLANFILE"),
        (plan(resource(), **{WORKSPACE: "network-sandbox"}), "network-sandbox"),
        (plan(action_invocations=[{"address": "action.a.b"}]), "action_invocations"),
        (plan(module_changes=[{"address": "module.a"}], timestamp="2026-11-29T00:00:00Z"), "module_changes"),
        (plan(safe=False), "safe"),
        (plan(hvn_later={"a": None}), "hvn_later"),
    ],
)
def test_an_unreadable_part_is_named_and_never_approved(content: bytes, value: str) -> None:
    read = parse("w", content)
    assert value in " ".join(map(str, read.unknowns))
    assert approval.reviewed(approval.mark([read])) == {}
    assert approval.refusals([read], approval.mark([read]))


def test_an_empty_part_and_the_parts_of_terraform_are_known() -> None:
    lists: dict[str, list[Any]] = {
        key: [] for key in ("checks", "relevant_attributes", "resource_drift", "module_changes")
    }
    objects: dict[str, dict[str, Any]] = {key: {} for key in ("variables", "planned_values", "prior_state", "later")}
    more = {"terraform_version": "1.14.0", "timestamp": "2026-11-29T00:00:00Z", "applyable": True, "complete": True}
    assert parse("w", plan(**lists, **objects, **more, errored=False, next=None)).unknowns == ()


def test_many_unknown_parts_are_listed_only_in_part() -> None:
    (unknown,) = parse("w", plan(**{f"part_{number}": 1 for number in range(100)})).unknowns
    assert "part_0" in str(unknown)
    assert "part_99" not in str(unknown)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le"])
def test_every_encoding_of_json_is_read(encoding: str) -> None:
    text = plan(resource(before={}, after={"a": 1})).decode()
    assert len(parse("w", text.encode(encoding)).changes) == 1


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3) | st.just("a"), inner, max_size=3),
    max_leaves=8,
)
changes = st.fixed_dictionaries(
    {},
    optional={
        "actions": values | st.sampled_from((["update"], ["create"], ["delete"], ["create", "delete"])),
        **dict.fromkeys(("before", "after", "before_sensitive", "after_sensitive", "after_unknown"), values),
        "replace_paths": values,
    },
)
resources = st.fixed_dictionaries({}, optional={"change": changes | values, "address": values, "type": values})
KEYS = (
    *("format_version", "resource_drift", "output_changes", "errored", "complete", "planned_values", "configuration"),
    *("deferred_changes", "action_invocations", UNEXPLAINED),
)
outputs = st.dictionaries(st.text(max_size=3), changes | values, max_size=2)
some = st.lists(resources, max_size=3)
plans = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(KEYS, values),
        "resource_changes": some | values,
        "resource_drift": some | values,
        "output_changes": outputs | values,
        "format_version": st.just("1.2") | values,
    },
)


@settings(max_examples=examples(400))
@given(plans)
def test_no_json_raises_an_exception(given: Any) -> None:
    text = json.dumps(given).encode()
    found = parse("w", text)
    assert found == parse("w", text)
    assert found.unknowns or all(each.action is not Action.UNKNOWN for each in found.changes)


@settings(max_examples=examples(200))
@given(values, values)
def test_a_mark_hides_every_value(before: Any, after: Any) -> None:
    made = resource(
        before={"a": before, "b": SECRET}, after={"a": after, "b": SECRET + "2"}, before_sensitive={"b": True}
    )
    assert SECRET not in shown(made)


@pytest.mark.parametrize(
    "address", ["a.one", 'a.one["x.y"]', "a.one[0]", 'module.m["x.y"].a.one', "module.m.data.a.one"]
)
def test_an_address_contains_the_type(address: str) -> None:
    assert not parse("w", plan({**resource(address), "type": "a"})).unknowns


@pytest.mark.parametrize("each", [{}, {"change": {"actions": "explode"}, "address": "a.b", "type": "a"}])
def test_after_many_unreadable_resources_the_rest_is_not_read(each: Any) -> None:
    read = parse("w", plan(*[each] * 10_000))
    assert len(read.changes) == UNREADABLE
    assert "stopped reading the plan" in str(read.unknowns[-1])


def test_a_file_that_is_too_large_is_not_read(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "hub.json"
    with file.open("wb") as opened:
        opened.truncate(LARGEST + 1)
    (unknown,) = read("hub", file).unknowns
    assert (dict(unknown.facts)["file"], "32 MiB" in str(unknown)) == ("hub.json", True)
    assert read("hub", tmp_path / "none.json").failed
