"""How a plan is read: what is masked, what counts as the same, and what is a doubt."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hvn.review import approval
from hvn.review.plan import UNEXPLAINED, Action, parse
from tests.review.plans import plan, resource

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
def test_what_is_sensitive_on_either_side_is_not_shown(before: Any, after: Any, marks: Any, where: str) -> None:
    made = resource(before=before, after=after, **marks)
    read = parse("w", plan(**{where: [made]}) if where != "resource_changes" else plan(made))
    assert SECRET not in repr(read)
    assert len(read.changes or read.drift) == 1


def test_what_is_not_sensitive_is_shown() -> None:
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
    assert change.silent
    (change,) = parse("w", plan(resource(before={"a": 1}, after={"a": 2}, after_unknown={"etag": True}))).changes
    assert not change.silent


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no JSON"),
        (b"\xff\xfe\x00", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"[]", "no plan"),
        (b"{}", "no plan"),
        (b'{"format_version": "1.2", "resource_changes": {}}', "no list"),
        (b'{"format_version": "1.2", "resource_changes": [1]}', "no `change`"),
        (plan(resource(actions=("explode",))), "is not known: explode"),
        (plan(resource(actions=("create", "update"))), "is not known"),
        (plan(format_version="1.3"), "newer than"),
        (plan(format_version="2.0"), "newer than"),
        (plan(format_version=3), "does not say its format"),
        (plan(errored=True), "ended with an error"),
        (plan(errored="no"), "ended with an error"),
        (plan(complete=False), "incomplete"),
    ],
)
def test_what_is_not_understood_is_a_doubt_and_never_approved(content: bytes, says: str) -> None:
    read = parse("w", content)
    assert says in " ".join(read.doubts)
    assert approval.reviewed(approval.mark([read])) == {}
    assert approval.refusals([read], approval.mark([read]))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le"])
def test_any_of_the_encodings_of_json(encoding: str) -> None:
    text = plan(resource(before={}, after={"a": 1})).decode()
    assert len(parse("w", text.encode(encoding)).changes) == 1


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
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
KEYS = ("format_version", "resource_drift", "output_changes", "errored", "complete", "planned_values", UNEXPLAINED)


@settings(max_examples=400)
@given(
    st.fixed_dictionaries({"resource_changes": st.lists(resources, max_size=3)}, optional=dict.fromkeys(KEYS, values))
)
def test_no_json_makes_it_fail(given: Any) -> None:
    read = parse("w", json.dumps(given).encode())
    assert approval.mark([read])
    assert read.digest == parse("w", json.dumps(given).encode()).digest


@settings(max_examples=200)
@given(values, values)
def test_whatever_the_value_a_mark_hides_all_of_it(before: Any, after: Any) -> None:
    made = resource(
        before={"a": before, "b": SECRET}, after={"a": after, "b": SECRET + "2"}, before_sensitive={"b": True}
    )
    assert SECRET not in shown(made)


def test_the_digest_is_of_the_changes_and_of_nothing_else() -> None:
    one = resource(before={"a": 1}, after={"a": 2})
    other = resource("azurerm_subnet.two", actions=("create",), after={"a": 3})
    digest = parse("w", plan(one, other, timestamp="now")).digest
    assert digest == parse("w", plan(other, one, timestamp="later", terraform_version="1.99.0")).digest
    assert digest == parse("w", plan(one, other, **{UNEXPLAINED: {"azurerm_subnet.two": []}})).digest
    quiet = resource("azurerm_subnet.three", actions=("no-op",))
    assert digest == parse("w", plan(one, other, quiet)).digest
    assert digest != parse("w", plan(one)).digest
    assert digest != parse("w", plan(resource(before={"a": 1}, after={"a": 3}), other)).digest
    assert digest != parse("w", plan(one, resource("azurerm_subnet.two", actions=("delete",)))).digest


def test_only_what_was_reviewed_may_be_applied() -> None:
    seen = parse("one", plan(resource(before={"a": 1}, after={"a": 2})))
    comment = f"{approval.STICKY}\ntext\n{approval.mark([seen])}\n"
    assert approval.refusals([seen], comment) == []
    assert approval.refusals([seen], comment.replace("\n", "\r\n")) == []
    other = parse("one", plan(resource(before={"a": 1}, after={"a": 3})))
    assert "others than" in approval.refusals([other], comment)[0].why
    later = parse("two", plan(resource(before={"a": 1}, after={"a": 2})))
    assert "approval of their own" in approval.refusals([later], comment)[0].why
    assert approval.refusals([parse("two", plan())], comment) == []
    assert approval.refusals([parse("one", plan())], comment) == []
