"""Add to a plan's JSON the openings that the edit, the unapplied base or changed code explains.

An opening is access that a plan adds. The review finds openings in the values of a plan. Three comparisons can explain
an opening. The edit: the base's and the current topology file, with the same code. The base: changes that are merged,
but not applied. Changed code: the base's and the current code, with the same file. If the base's code differs from the
current code, the base's code synthesizes both topology files.
"""

import json
import pathlib
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hvn.affected.compare import Comparison
from hvn.affected.history import Base
from hvn.commits import take
from hvn.plans.base_code import stacks_by_base_code
from hvn.plans.blocks import resolved, resources_of
from hvn.plans.expected import with_expected
from hvn.plans.explained import Stack, named_blocks, provider_of, unexplained
from hvn.plans.settings import by_settings
from hvn.plans.versions import changed, of_the_base
from hvn.review.grants import openings
from hvn.review.grants.opening import Opening
from hvn.review.plan import BY_CODE, OPENINGS, VERSIONS, Openings
from hvn.synthesis import Failed


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """The synthesized workspaces to compare, by id. Each mapping contains only workspaces that its topology file
    defines."""

    base: Mapping[str, Stack]
    """Workspaces synthesized from the base's topology file with the base's code."""
    head: Mapping[str, Stack]
    """Workspaces synthesized from the current topology file with the base's code."""


def sides(
    comparison: Comparison,
    repository: pathlib.Path,
    file: pathlib.Path,
    before: Mapping[str, Stack | None],
    now: Mapping[str, Stack],
) -> Sides:
    """Return the workspaces in `now`, synthesized before and after the edit.

    `before` contains the base's workspaces that the edit changes, synthesized by the current code. Raises `Failed` if a
    side is unknown: the base has errors, or its code cannot be read or does not accept one of the files.
    """
    base = comparison.base
    checked = base.loaded.checked if base.loaded else None
    if base.unknown or (base.loaded and checked is None):
        raise Failed(base.unknown or f"{base.file} has errors in {base.commit[:12]}")
    built = {workspace.id for workspace in checked.workspaces() if workspace.inputs} if checked else set()
    old = [id_ for id_ in now if id_ in built]
    if base.code:
        return _by_base_code(base, repository, file, old, list(now))
    # Equal inputs and equal code give equal Terraform.
    stacks = {id_: before.get(id_, now[id_]) for id_ in old}
    if unknown := sorted(id_ for id_, stack in stacks.items() if stack is None):
        raise Failed(f"{', '.join(unknown)} cannot be synthesized from {base.commit[:12]}")
    return Sides(base={id_: stack for id_, stack in stacks.items() if stack}, head=now)


def _by_base_code(
    base: Base, repository: pathlib.Path, file: pathlib.Path, old: Sequence[str], new: Sequence[str]
) -> Sides:
    with tempfile.TemporaryDirectory(prefix="hvn-base-file-") as scratch:
        taken = take(repository, base.commit, base.file, pathlib.Path(scratch)) if base.file and old else None
        if old and taken is None:
            raise Failed(f"git can no longer read {base.file}")
        before = stacks_by_base_code(base.commit, taken, old) if taken else {}
    head = stacks_by_base_code(base.commit, file, new)
    return Sides(base=before, head={id_: of_the_base(base, stack) for id_, stack in head.items()})


def with_openings(plan: str, workspace: str, sides: Sides | None, now: Stack) -> str:
    """Return the JSON of a plan with the openings that each comparison explains, and with the effects of changed code.

    If `sides` is None, write null for every comparison.
    """
    data = json.loads(plan)
    by_code: dict[str, Any] = {}
    if sides is None:
        parts: Mapping[str, Openings | None] = {"edit": None, "base": None, "code": None}
    else:
        base, head = sides.base.get(workspace), sides.head[workspace]
        parts = {"edit": opened(base, head), "base": _pending(data, base), "code": _by_code(head, now)}
        by_code = {BY_CODE: unexplained(data, head, now), VERSIONS: changed(head, now)}
    explained = json.dumps({**data, **by_code, OPENINGS: {name: _json(part) for name, part in parts.items()}})
    return with_expected(explained, sides.base.get(workspace), now) if sides else explained


def _pending(plan: Any, base: Stack | None) -> Openings:
    """Return the openings that an apply of the base would add: they were merged before and are not applied yet."""
    blocks = resolved(dict(resources_of(base)))
    pending = {}
    for resource in plan.get("resource_changes") or ():
        if (address := resource.get("address")) in blocks:
            type_, block = blocks[address]
            pending[address] = openings(type_, resource["change"].get("before"), block)
    return pending


def opened(before: Stack | None, after: Stack) -> Openings:
    """Return the openings of a synthesized workspace that are not in `before`. If `before` is None, return all
    openings.

    A resource that moves to another subscription, project or namespace counts as a new resource.
    """
    old, new = resolved(dict(resources_of(before))), resolved(dict(resources_of(after)))
    moved = {str(move.get("to")): str(move.get("from")) for move in after.get("moved", ())}
    elsewhere = _elsewhere(before, after)
    by_address = {}
    for address in ({**old, **new}).keys() - moved.values():
        type_, block = new.get(address, ("", None))
        type_, was = old.get(moved.get(address, address), (type_, None))
        by_address[address] = openings(type_, was, block)
        if address in elsewhere:
            by_address[address] |= openings(type_, None, block)
    return {address: openings_ for address, openings_ in by_address.items() if openings_}


def _elsewhere(before: Stack | None, after: Stack) -> set[str]:
    """Return the resources with a changed provider configuration, such as another subscription or namespace."""
    sides = [dict(named_blocks(stack)) if stack else {} for stack in (before, after)]
    places = [{name: side.get(provider_of(name, block)) for name, block in side.items()} for side in sides]
    return {name for name in places[1] if name in places[0] and places[0][name] != places[1][name]}


def _by_code(head: Stack, now: Stack) -> Openings:
    """Return the openings of changed code, and its settings that no plan shows."""
    same = {**head, "provider": now["provider"]}  # by_settings reports the provider's change
    openings: dict[str, frozenset[Opening]] = dict(opened(same, now))
    for address, settings in by_settings(head, now).items():
        openings[address] = openings.get(address, frozenset()) | settings
    return openings


def _json(by_address: Openings | None) -> Any:
    if by_address is None:
        return None
    return {
        address: sorted([opening.subject, opening.aspect, opening.value] for opening in openings_)
        for address, openings_ in by_address.items()
    }
