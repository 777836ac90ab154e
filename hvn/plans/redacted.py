"""A plan without what is sensitive, and without all that a review does not read: what may leave the job that made it.

The digest of its changes stays the same, so that what was reviewed here is what an apply is held against.
"""

import json
from typing import Any

from hvn.review.differences import same
from hvn.review.digest import OF_A_RESOURCE, of_expressions, of_providers
from hvn.review.masked import SENSITIVE, masked
from hvn.review.plan import EXPRESSIONS, NOT_READ, PROVIDERS, loads

KEPT = ("format_version", "terraform_version", "timestamp", "errored", "complete")
CHANGES = ("resource_changes", "resource_drift")
OF_A_CHANGE = ("actions", "importing", "after_unknown", "before_sensitive", "after_sensitive", "replace_paths")

NO_PART = "?"
"""In place of what is no part of a plan: a doubt must stay one."""


def redacted(text: str) -> str:
    """The JSON of a plan. Raises `ValueError` for a text that is no JSON."""
    read = loads(text)
    given = read if isinstance(read, dict) else {}
    kept = {key: given[key] for key in KEPT if key in given}
    if "planned_values" in given:
        kept["planned_values"] = {}  # a plan that failed at once has nothing else
    kept |= {key: [{}] for key in NOT_READ if given.get(key)}
    kept |= {key: _resources(given[key]) for key in CHANGES if key in given}
    if given.get("output_changes") is not None:
        kept["output_changes"] = _outputs(given["output_changes"])
    if "configuration" in given:
        kept[PROVIDERS] = of_providers(given["configuration"])
        kept[EXPRESSIONS] = of_expressions(given)
    return json.dumps(kept)


def _resources(given: Any) -> Any:
    if isinstance(given, list):
        return [_resource(each) for each in given]
    return None if given is None else NO_PART


def _outputs(given: Any) -> Any:
    if not isinstance(given, dict):
        return NO_PART
    return {name: _change(each) if isinstance(each, dict) else NO_PART for name, each in given.items()}


def _resource(each: Any) -> Any:
    change = each.get("change") if isinstance(each, dict) else None
    if not isinstance(change, dict):
        return {}
    kept = {key: each[key] for key in (*OF_A_RESOURCE, "action_reason") if key in each}
    return {**kept, "change": _change(change)}


def _change(change: dict[str, Any]) -> Any:
    marks = (change.get("before_sensitive"), change.get("after_sensitive"))
    before, after = change.get("before"), change.get("after")
    return {
        **{key: change[key] for key in OF_A_CHANGE if key in change},
        "before": _plain(masked(before, *marks), before, after, "sensitive before"),
        "after": _plain(masked(after, *marks), after, before, "sensitive after"),
    }


def _plain(value: Any, raw: Any, other: Any, word: str) -> Any:
    """The masked value with a word where something is sensitive, the same on both sides if that does not change."""
    if value is SENSITIVE:
        return "sensitive" if same(raw, other) else word
    if isinstance(value, dict):
        others = other if isinstance(other, dict) else {}
        return {key: _plain(each, raw[key], others.get(key), word) for key, each in value.items()}
    if isinstance(value, list):
        items = other if isinstance(other, list) and len(other) == len(value) else [None] * len(value)
        return [_plain(one, its, an, word) for one, its, an in zip(value, raw, items, strict=True)]
    return value
