"""Find the settings that differ because of changed code and that no plan shows, such as backends, data sources,
conditions and provisioners.

A plan shows changes of resources. A plan does not show the backend, the account of a provider, removed protections and
conditions, or commands that run after a creation.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from hvn.plans.explained import Stack, named_blocks
from hvn.review.grants.opening import SENSITIVE, Opening
from hvn.review.plan import Openings

_SHOWN = ("//", "resource", "data", "provider", "terraform", "output", "moved", "import", "removed")
"""The blocks of a stack that this module compares argument by argument, or that a plan shows."""
_CONDITIONS = ("precondition", "postcondition")
_REVEALS = re.compile(r"\bnonsensitive\s*\(")


def by_settings(before: Stack, after: Stack) -> Openings:
    """Return the changed settings, without added protections, by the name of their block."""
    by_name: dict[str, set[Opening]] = {}
    for opening in _settings(before, after):
        by_name.setdefault(opening.subject, set()).add(opening)
    return {name: frozenset(openings) for name, openings in by_name.items()}


def _settings(before: Stack, after: Stack) -> Iterator[Opening]:
    old, new = dict(named_blocks(before)), dict(named_blocks(after))
    for name, block in new.items():
        was = old.get(name)
        if name.startswith(("provider.", "data.")):
            yield from _read(name, was, block)
        yield from _protection(name, was or {}, block)
        if _REVEALS.search(json.dumps(block)) and not _REVEALS.search(json.dumps(was)):
            yield Opening(name, "shows a sensitive value")
    yield from _terraform(before.get("terraform", {}), after.get("terraform", {}))
    yield from _outputs(before.get("output", {}), after.get("output", {}))
    for name in after:
        if name not in _SHOWN and before.get(name) != after[name]:
            yield Opening(name, "changed block")


def _read(name: str, before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> Iterator[Opening]:
    """Yield the changed arguments of a provider or data source, because it may now use a different account or
    endpoint."""
    if before is None:
        yield Opening(name, "new")
        return
    for argument in sorted({*before, *after} - {"lifecycle", "depends_on"}):
        if before.get(argument) != after.get(argument):
            yield Opening(name, argument, _text(after.get(argument)))


def _protection(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Opening]:
    old, new = before.get("lifecycle") or {}, after.get("lifecycle") or {}
    if old.get("prevent_destroy") and not new.get("prevent_destroy"):
        yield Opening(name, "removed prevent_destroy")
    for argument in sorted({*_items(new.get("ignore_changes"))} - {*_items(old.get("ignore_changes"))}):
        yield Opening(name, "ignores changes of", argument)
    for kind in _CONDITIONS:
        kept = {_condition(one) for one in _blocks(new.get(kind))}
        for condition in sorted({_condition(one) for one in _blocks(old.get(kind))} - kept):
            yield Opening(name, f"removed {kind}", condition)
    if before.get("provisioner") != after.get("provisioner") and after.get("provisioner"):
        yield Opening(name, "runs", _text(after["provisioner"]))
    if before and before.get("provider") != after.get("provider"):
        yield Opening(name, "provider", _text(after.get("provider")))


def _terraform(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Opening]:
    for block in ("backend", "cloud"):
        if before.get(block) != after.get(block):
            yield Opening("state", block, _text(after.get(block)))
    old, new = (side.get("required_providers", {}) for side in (before, after))
    for name, provider in new.items():
        was = old.get(name)
        if was is None or was.get("source") != provider.get("source"):
            yield Opening(f"provider {name}", "source", _text(provider.get("source")))


def _outputs(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Opening]:
    """Yield new and changed outputs with sensitive values, because every reader of the state can read the values."""
    for name, output in after.items():
        sensitive = output.get("sensitive") or _REVEALS.search(json.dumps(output))
        if sensitive and before.get(name) != output:
            yield Opening(f"output.{name}", SENSITIVE, _text(output.get("value")))


def _items(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value or ())


def _blocks(value: Any) -> list[Mapping[str, Any]]:
    return [value] if isinstance(value, Mapping) else list(value or ())


def _condition(block: Mapping[str, Any]) -> str:
    return _text(block.get("condition"))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)
