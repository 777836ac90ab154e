"""Detect plans of a different workspace, a different version of the topology, or different code."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import fields, is_dataclass
from importlib import import_module
from typing import Any

from hvn.affected import code
from hvn.check import extra_files
from hvn.diagnostics.message import Message
from hvn.kinds.registry import kind_of
from hvn.kinds.workspace import Workspace, WorkspaceId
from hvn.review.plan import Plan

Workspaces = Mapping[str, Workspace]


Owners = Mapping[str, Mapping[str, Set[WorkspaceId]]]
"""By the kind of the workspaces and by a text, the workspaces with this text in their inputs."""


def owners_of_names(before: Workspaces, after: Workspaces) -> Owners:
    """Return the owners of each text in the inputs of the workspaces, before and after the change."""
    owners: dict[str, dict[str, set[WorkspaceId]]] = {}
    changed = [one for id_, one in after.items() if id_ not in before or before[id_].inputs != one.inputs]
    for one in (*before.values(), *changed):
        for text in {*_texts(one.inputs)}:
            owners.setdefault(one.id.kind, {}).setdefault(text, set()).add(one.id)
    return owners


def misfits(
    plan: Plan,
    workspace: Workspace,
    owners: Owners,
    before: Workspaces,
    after: Workspaces,
    base: str,
) -> Iterator[Message]:
    """Yield the reasons why the plan cannot belong to this workspace, to the topology, to the code or to the base.

    `owners` are the owners of all names (`owners_of_names`). `base` is the commit that the review compares with.
    """
    rights = import_module(kind_of(workspace.id).rights).RIGHTS
    sides = [side[workspace.id].inputs for side in (before, after) if workspace.id in side]
    extra = {type_ for inputs in sides if inputs for type_ in extra_files.types(dict(inputs.extra))}
    foreign = [address for type_, address in plan.kept.items() if type_ not in {*rights.types, *extra}]
    foreign += [
        address
        for type_, address in plan.read_types.items()
        if type_ not in rights.data_types and f"data.{type_}" not in extra
    ]
    if foreign:
        yield Message(
            "{file} is not the plan of this workspace: a workspace {kind} has no {addresses}",
            file=plan.file,
            kind=kind_of(workspace.id).title,
            addresses=foreign,
        )
    yield from _of_another(plan, workspace, owners.get(workspace.id.kind, {}))
    if plan.inputs and workspace.inputs and plan.inputs != workspace.inputs.fingerprint:
        yield Message("{file} is the plan of another version of the topology: plan the workspace again", file=plan.file)
    if plan.code and plan.code != code.fingerprint():
        yield Message(
            "{file} is a plan of different code, from another commit: plan the workspace again", file=plan.file
        )
    if plan.base and plan.base != base:
        yield Message(
            "{file} was compared with {planned}, and this review compares with {base}: plan the workspace again",
            file=plan.file,
            planned=plan.base[:12],
            base=base[:12],
        )


def _of_another(plan: Plan, workspace: Workspace, owners: Mapping[str, Set[WorkspaceId]]) -> Iterator[Message]:
    """Yield a reason if the plan has names of a different workspace of the kind, and no name of this workspace.

    The function ignores names and ids that several workspaces of the kind have.
    """
    others: dict[str, list[str]] = {}
    for text in sorted(plan.names.keys() & owners.keys()):
        if owners[text] == {workspace.id}:
            return
        for id_ in owners[text] if workspace.id not in owners[text] else ():
            others.setdefault(id_, []).append(text)
    if others:
        other = max(others, key=lambda id_: (len(others[id_]), id_))
        name = others[other][0]
        yield Message(
            "{file} has the names of {other}: {name} in {place}. Rename the file, or plan {workspace} again",
            file=plan.file,
            other=other,
            name=name,
            place=plan.names[name],
            workspace=workspace.id,
        )


def _texts(value: Any) -> Iterator[str]:
    """Yield the texts in a value that can identify an object: ranges, names, ids and mounts, but no numbers."""
    if is_dataclass(value):
        for field in fields(value):
            yield from _texts(getattr(value, field.name))
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str) and value:
        yield value
