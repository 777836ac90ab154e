"""A plan without what is sensitive, and without all that a review does not read: what may leave the job that made it.

The digest of its changes stays the same, so that what was reviewed here is what an apply is held against.
"""

import json
from typing import Any

from hvn.review.masked import SENSITIVE, masked

KEPT = ("format_version", "terraform_version", "timestamp", "errored", "complete", "applyable")
CHANGES = ("resource_changes", "resource_drift")
OF_A_CHANGE = ("actions", "after_unknown", "before_sensitive", "after_sensitive", "replace_paths")


def redacted(text: str) -> str:
    """The JSON of a plan. Raises `ValueError` for a text that is no JSON."""
    read = json.loads(text)
    given = read if isinstance(read, dict) else {}
    kept = {key: given[key] for key in KEPT if key in given}
    kept |= {key: [_resource(each) for each in given[key]] for key in CHANGES if isinstance(given.get(key), list)}
    outputs = given.get("output_changes")
    if isinstance(outputs, dict):
        kept["output_changes"] = {
            name: {"actions": each.get("actions")} for name, each in outputs.items() if isinstance(each, dict)
        }
    return json.dumps(kept)


def _resource(each: Any) -> Any:
    change = each.get("change") if isinstance(each, dict) else None
    if not isinstance(change, dict):
        return {}
    marks = (change.get("before_sensitive"), change.get("after_sensitive"))
    before, after = change.get("before"), change.get("after")
    return {
        **{key: each.get(key) for key in ("address", "type", "mode", "action_reason") if key in each},
        "change": {
            **{key: change[key] for key in OF_A_CHANGE if key in change},
            "before": _plain(masked(before, *marks), before, after, "sensitive before"),
            "after": _plain(masked(after, *marks), after, before, "sensitive after"),
        },
    }


def _plain(value: Any, raw: Any, other: Any, word: str) -> Any:
    """The masked value with a word where something is sensitive, the same on both sides if that does not change."""
    if value is SENSITIVE:
        return "sensitive" if raw == other else word
    if isinstance(value, dict):
        others = other if isinstance(other, dict) else {}
        return {key: _plain(each, raw[key], others.get(key), word) for key, each in value.items()}
    if isinstance(value, list):
        items = other if isinstance(other, list) and len(other) == len(value) else [None] * len(value)
        return [_plain(one, its, an, word) for one, its, an in zip(value, raw, items, strict=True)]
    return value
