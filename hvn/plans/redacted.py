"""Remove the sensitive values from a plan, and the parts that a review does not read.

A redacted plan can be an artifact of a CI job. The digest of a redacted plan equals the digest of the whole plan, so
that an apply can compare its plan with the reviewed plan.
"""

import json
from typing import Any

from hvn.affected import code
from hvn.kinds.workspace import Workspace
from hvn.review.completeness import NOT_READ
from hvn.review.conditions import KEY as CHECKS
from hvn.review.conditions import failing
from hvn.review.differences import same
from hvn.review.digest import OF_A_RESOURCE, of_expressions, of_providers
from hvn.review.masked import SENSITIVE, masked
from hvn.review.plan import BASE, CODE, EXPRESSIONS, INPUTS, PROVIDERS, WORKSPACE
from hvn.strict_json import loads

KEPT = ("format_version", "terraform_version", "timestamp", "errored", "complete", "applyable")
CHANGES = ("resource_changes", "resource_drift")
OF_A_CHANGE = ("actions", "importing", "after_unknown", "before_sensitive", "after_sensitive", "replace_paths")

MALFORMED = "?"
"""The placeholder of a malformed part, so that the review still reports the part as malformed."""


def redacted(text: str) -> str:
    """Return the redacted JSON of a plan. Raises `ValueError` for a text that is not JSON."""
    content = loads(text)
    plan = content if isinstance(content, dict) else {}
    kept = {key: plan[key] for key in KEPT if key in plan}
    if "planned_values" in plan:
        kept["planned_values"] = {}  # keep the key, because the plan of an early failure has no other key
    kept |= {key: [{}] for key in NOT_READ if plan.get(key)}
    if failed := failing(plan):
        kept[CHECKS] = failed
    kept |= {key: _resources(plan[key]) for key in CHANGES if key in plan}
    if plan.get("output_changes") is not None:
        kept["output_changes"] = _outputs(plan["output_changes"])
    if "configuration" in plan:
        kept[PROVIDERS] = of_providers(plan["configuration"])
        kept[EXPRESSIONS] = of_expressions(plan)
    return json.dumps(kept)


def labelled(text: str, workspace: Workspace, base: str | None = None) -> str:
    """Return the JSON of a plan with its workspace's id, and the fingerprints of the inputs and of the code.

    `base` is the commit that the plan is compared with; None without a comparison.
    """
    inputs = workspace.inputs.fingerprint if workspace.inputs else None
    labels = {WORKSPACE: workspace.id, INPUTS: inputs, CODE: code.fingerprint(), BASE: base}
    return json.dumps({**json.loads(text), **labels})


def _resources(value: Any) -> Any:
    if isinstance(value, list):
        return [_resource(resource) for resource in value]
    return None if value is None else MALFORMED


def _outputs(value: Any) -> Any:
    if not isinstance(value, dict):
        return MALFORMED
    return {name: _change(change) if isinstance(change, dict) else MALFORMED for name, change in value.items()}


def _resource(resource: Any) -> Any:
    change = resource.get("change") if isinstance(resource, dict) else None
    if not isinstance(change, dict):
        return {}
    kept = {key: resource[key] for key in (*OF_A_RESOURCE, "action_reason") if key in resource}
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
    """Return the value with a placeholder for each sensitive part. If a part is equal before and after, both values get
    the same placeholder."""
    if value is SENSITIVE:
        return "sensitive" if same(raw, other) else word
    if isinstance(value, dict):
        others = other if isinstance(other, dict) else {}
        return {key: _plain(inner, raw[key], others.get(key), word) for key, inner in value.items()}
    if isinstance(value, list):
        items = other if isinstance(other, list) and len(other) == len(value) else [None] * len(value)
        return [_plain(*parts, word) for parts in zip(value, raw, items, strict=True)]
    return value
