"""A redacted plan contains no secret, and has the same digest as the full plan."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from hvn.plans.redacted import redacted
from hvn.review.plan_files import parse
from hvn.strict_json import Ambiguous
from tests.review.plans import plan, resource
from tests.review.test_plan import SECRET, plans, values
from tests.strategies.examples import examples


@pytest.mark.parametrize("after", ["x", SECRET, {"deep": SECRET}, [SECRET, "x"], None])
@pytest.mark.parametrize("marks", [{"a": True}, True, {"a": [True, False]}, {"a": {"deep": True}}])
def test_a_secret_does_not_leave_and_the_digest_stays(after: Any, marks: Any) -> None:
    made = resource(
        before={"a": SECRET, "b": 1}, after={"a": after, "b": 2}, before_sensitive={"a": True}, after_sensitive=marks
    )
    secret = {"actions": ["update"], "after": SECRET, "before_sensitive": True, "after_sensitive": True}
    text = plan(made, prior_state=SECRET, planned_values=SECRET, output_changes={"o": secret})
    found = redacted(text.decode())
    assert SECRET not in found
    assert parse("w", found.encode()) == parse("w", text)


@settings(max_examples=examples(400))
@given(plans)
def test_it_is_read_like_the_whole_plan(given: Any) -> None:
    text = json.dumps(given)
    whole, found = parse("w", text.encode()), parse("w", redacted(text).encode())
    # `hvn plans` adds the unexplained changes to redacted plans only.
    assert replace(found, unexplained=whole.unexplained, marked=whole.marked) == whole


@pytest.mark.parametrize(
    "made",
    [
        plan(errored=True),
        plan(complete=False),
        b'{"format_version": "1.2", "planned_values": {}, "errored": true}',
        plan(deferred_changes=[{"reason": "a"}]),
        plan(deferred_action_invocations=[{}]),
        plan(action_invocations=[{"address": "action.a.b"}]),
        plan(output_changes=[]),
        plan(output_changes={"a": SECRET}),
        plan(resource_drift={"a": SECRET}),
        plan(SECRET),
    ],
)
def test_an_unknown_stays_unknown(made: bytes) -> None:
    found = redacted(made.decode())
    assert parse("w", made).unknowns == parse("w", found.encode()).unknowns != ()
    assert SECRET not in found


@given(values, values, values)
def test_a_secret_beside_other_values_does_not_leave(before: Any, after: Any, marks: Any) -> None:
    made = resource(
        before={"a": before, "b": [SECRET]},
        after={"a": after, "b": {"c": SECRET}},
        before_sensitive={"a": marks, "b": [True]},
        after_sensitive={"b": True},
    )
    assert SECRET not in redacted(plan(made, output_changes={"o": made["change"]}).decode())


def test_a_secret_in_a_provider_does_not_leave() -> None:
    secret = {"provider_config": {"vault": {"expressions": {"token": {"constant_value": SECRET}}}}}
    assert SECRET not in redacted(plan(configuration=secret, variables={"a": {"value": SECRET}}).decode())


def test_a_duplicate_key_is_refused() -> None:
    with pytest.raises(Ambiguous):
        redacted('{"format_version": "1.2", "resource_changes": [], "resource_changes": []}')
