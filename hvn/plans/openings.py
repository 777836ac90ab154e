"""Openings by an edit of the topology and by changed code, added to a plan's JSON for the review.

The review computes what a plan opens from the plan's own values. It subtracts what the edit explains; the rest is an
earlier edit that was never applied, a change outside of Terraform, or code.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from hvn.plans.explained import Stack
from hvn.review.grants import OPENINGS, openings
from hvn.review.grants.opening import Opening

Openings = Mapping[str, frozenset[Opening]]
"""By the address of the resource."""


def opened(before: Stack | None, after: Stack) -> Openings:
    """Return what one synthesized workspace opens compared with another; without one, with no workspace at all."""
    old, new = dict(_blocks(before)), dict(_blocks(after))
    by_address = {
        address: openings(type_, old.get(address, (type_, None))[1], block) for address, (type_, block) in new.items()
    }
    for address, (_, block) in old.items():
        if address in new and _protected(block) and not _protected(new[address][1]):
            lost = Opening(address, "prevent_destroy that is removed")
            by_address[address] = by_address[address] | {lost}
    return {address: found for address, found in by_address.items() if found}


def with_openings(plan: str, edit: Openings | None, code: Openings | None) -> str:
    """Return the plan's JSON with what the edit opens and what code opens; null for "unknown"."""
    return json.dumps({**json.loads(plan), OPENINGS: {"edit": _json(edit), "code": _json(code)}})


def by_code(base: Stack, head: Stack, edit: Openings) -> Openings:
    """Return what the changed code opens: all that the two stacks differ in, without what the edit explains."""
    return {
        address: left
        for address, found in opened(base, head).items()
        if (left := found - edit.get(address, frozenset()))
    }


def _json(found: Openings | None) -> Any:
    if found is None:
        return None
    return {
        address: sorted([one.subject, one.aspect, one.value] for one in values) for address, values in found.items()
    }


def _blocks(stack: Stack | None) -> Iterator[tuple[str, tuple[str, Mapping[str, Any]]]]:
    for type_, blocks in (stack or {}).get("resource", {}).items():
        for name, block in blocks.items():
            yield f"{type_}.{name}", (type_, block)


def _protected(block: Mapping[str, Any]) -> bool:
    return bool(block.get("lifecycle", {}).get("prevent_destroy"))
