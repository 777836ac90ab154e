"""Find reasons why a review cannot rely on a plan: the plan omits changes, or keys of `hvn plans` are missing or
malformed.

https://developer.hashicorp.com/terraform/internals/json-format#plan-representation
"""

from collections.abc import Iterator, Mapping
from typing import Any

from hvn.diagnostics.message import Message
from hvn.diagnostics.printable import printable
from hvn.review.plan import (
    BASE,
    BY_CODE,
    CODE,
    EXPECTED,
    EXPRESSIONS,
    INPUTS,
    OPENINGS,
    PROVIDERS,
    UNEXPLAINED,
    VERSIONS,
    WORKSPACE,
)

NOT_READ = ("deferred_changes", "deferred_action_invocations", "action_invocations")
"""Parts of a plan that the review does not read, although an apply may act on them."""
KNOWN = frozenset(
    {
        *("format_version", "terraform_version", "timestamp", "applyable", "complete", "errored"),
        *("variables", "configuration", "prior_state", "planned_values", "relevant_attributes", "checks"),
        *("resource_changes", "resource_drift", "output_changes"),
        *(UNEXPLAINED, PROVIDERS, EXPRESSIONS, OPENINGS, EXPECTED, BY_CODE, VERSIONS, WORKSPACE, INPUTS, CODE, BASE),
    }
)
"""Parts of a plan that the review reads, or that do not change what an apply does. Terraform 1.9 to 1.14 writes only
these parts and `NOT_READ` (internal/command/jsonplan/plan.go), OpenTofu a subset. Newer versions may add parts without
a new format."""
SHOWN = 10
"""The maximum number of unknown parts to list."""
LABELS = (WORKSPACE, INPUTS, CODE)
"""Keys that `hvn plans` always writes. The review refuses a plan that has `hvn_openings` but lacks one of these
keys."""


def incomplete(data: Mapping[str, Any], *, failed: bool) -> Iterator[Message]:
    """Yield a reason for each part that the plan lacks."""
    if failed:
        yield Message("Terraform ended with an error: the plan shows only some of the changes")
    elif data.get("complete") not in (None, True):
        yield Message("Terraform marks the plan as incomplete: plan again after the apply")
    elif data.get("applyable") not in (None, True) and _changes(data):
        # Terraform writes `false` only for a plan without changes and for a failed plan (internal/plans/plan.go).
        yield Message("Terraform calls the plan not applyable, although it contains changes")
    for name in NOT_READ:
        if data.get(name):
            yield Message("the plan has {name}, which this review does not read", name=name)
    if unknown := sorted(name for name in data.keys() - KNOWN - {*NOT_READ} if not _empty(data[name])):
        names = [printable(name, 80) for name in unknown[:SHOWN]]
        yield Message("the plan has {names}, which this review does not know", names=names)
    if OPENINGS in data and (missing := [key for key in LABELS if not isinstance(data.get(key), str)]):
        yield Message(
            "the plan has {compared}, but {keys} is missing or malformed: somebody changed the file. Plan the "
            "workspace again",
            compared=OPENINGS,
            keys=missing,
        )
    if not failed and _compared(data) and not _has_values(data.get(EXPECTED)):
        yield Message(
            "the plan has {compared}, but {key} is missing or malformed: somebody changed the file. Plan the workspace "
            "again",
            compared=OPENINGS,
            key=EXPECTED,
        )


def _empty(part: Any) -> bool:
    """Return whether a part has no content. `false` has content: it may mean that a check failed."""
    return part is None or part in ("", [], {})


def _changes(data: Mapping[str, Any]) -> bool:
    resources = data.get("resource_changes")
    changes = (
        [one.get("change") for one in resources if isinstance(one, Mapping)] if isinstance(resources, list) else []
    )
    return any(isinstance(one, Mapping) and one.get("actions") not in (["no-op"], ["read"]) for one in changes)


def _compared(data: Mapping[str, Any]) -> bool:
    """Return whether `hvn plans` compared the plan with the edit. If so, it also wrote the expected values."""
    parts = data.get(OPENINGS)
    return OPENINGS in data and not (isinstance(parts, Mapping) and parts and not any(map(_known, parts.values())))


def _known(part: Any) -> bool:
    return part is not None


def _has_values(expected: Any) -> bool:
    return isinstance(expected, Mapping) and all(
        isinstance(expected.get(name), Mapping) for name in ("changed", "known")
    )
