"""Add to a plan's JSON the values that the plan must contain, because they are constants in the workspace's Terraform.

The review compares these values with the plan. A plan of different Terraform, or a modified plan file, contains
different values.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from hvn.plans.blocks import resolved, resources_of
from hvn.plans.explained import Stack, leaves_of
from hvn.review.grants import grants
from hvn.review.plan import EXPECTED

Values = Mapping[str, tuple[str, ...]]
"""The values of a block as JSON, by the path of the argument without list indexes."""


def with_expected(plan: str, before: Stack | None, now: Stack) -> str:
    """Return the plan's JSON with two additions: the values that changed since `before`, and the arguments that cannot
    be known after apply.

    A new workspace has no changed values.
    """
    changed = dict(_changed(before, now)) if before else {}
    known = {name: sorted(_literals(block)) for name, block in _resources(now) if grants(name.partition(".")[0])}
    return json.dumps({**json.loads(plan), EXPECTED: {"changed": changed, "known": known}})


def _changed(before: Stack, now: Stack) -> Iterator[tuple[str, Values | None]]:
    """Yield the changed values of each resource, or None for a resource that is no longer in the Terraform."""
    old, new = dict(_resources(before)), dict(_resources(now))
    moved = {str(move.get("from")) for move in now.get("moved", ())}
    for name, block in new.items():
        values, known = _literals(block), _literals(old[name]) if name in old else {}
        if (changed := {path: items for path, items in values.items() if items != known.get(path)}) or name not in old:
            yield name, changed
    for name in old.keys() - new.keys() - moved:
        yield name, None


def _resources(stack: Stack) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, (_, block) in resolved(dict(resources_of(stack))).items():
        if not {"count", "for_each"} & block.keys():
            yield name, block


def _literals(block: Mapping[str, Any]) -> Values:
    """Return the values of a block that contain no reference, without arguments in `ignore_changes`. Terraform does not
    plan changes of those arguments."""
    ignored = block.get("lifecycle", {}).get("ignore_changes") or ()
    values: dict[str, list[str]] = {}
    for path, value in leaves_of({key: inner for key, inner in block.items() if key not in _SETTINGS}):
        ours = value is not None and value not in ([], {})
        if ours and not any(f"{path}.".startswith(f"{name}.") for name in _names(ignored)) and ignored != "all":
            values.setdefault(path, []).append(json.dumps(value))
    return {path: tuple(sorted(items)) for path, items in values.items() if not any("${" in item for item in items)}


_INDEX = re.compile(r"\[\d+\]")
_SETTINGS = ("//", "depends_on", "lifecycle", "provider", "provisioner", "connection")


def _names(ignored: Any) -> list[str]:
    """Return the paths in `ignore_changes` without list indexes."""
    return [_INDEX.sub("", str(name)) for name in ignored] if isinstance(ignored, list) else []
