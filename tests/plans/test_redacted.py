"""What leaves the job that plans: no secret, and the same digest."""

import json
from typing import Any

import pytest
from hypothesis import given, settings

from hvn.plans.redacted import redacted
from hvn.review.plan import parse
from tests.review.plans import plan, resource
from tests.review.test_plan import SECRET, resources, values


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


@settings(max_examples=200)
@given(resources, values)
def test_it_is_read_as_the_whole_one_is(made: Any, version: Any) -> None:
    text = json.dumps({"format_version": version, "resource_changes": [made]})
    assert parse("w", redacted(text).encode()).digest == parse("w", text.encode()).digest
