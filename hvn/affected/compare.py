"""Compare the workspaces of the base and the working tree by their inputs, because equal inputs give equal
Terraform."""

import pathlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from hvn.affected.edits import Edits, Line
from hvn.affected.history import Base
from hvn.affected.replaced import follow
from hvn.check.load import Checked, Loaded
from hvn.kinds.registry import kind_of
from hvn.kinds.workspace import Workspace, WorkspaceId, by_id

KEYS = "keys"
"""The path of each `Line` of a key file, because a key file has no paths of the topology."""


EXTRA = "extra"
"""The path of each `Line` of the user's own Terraform, and the name of the folder with these files."""


class Change(StrEnum):
    """The effect of a change on one workspace."""

    CREATED = "created"
    CHANGED = "changed"
    CODE = "code"
    """The code that generates the workspace's Terraform changed, or the base's inputs are unknown.
    """
    FOLLOWS = "follows"
    """The inputs are equal, but the workspace depends on a recreated cluster, or on a changed HVN or Vault."""
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """A workspace that a change affects, with the responsible lines of the topology file.

    `follows` is the workspace of the recreated cluster, HVN or Vault that this workspace depends on. If the topology
    now names a different Vault and does not create it, `follows` is `vault`. `lives_on` is true if the topology now
    declares a removed workspace's resources as existing: the resources must not be destroyed.
    """

    workspace: Workspace
    change: Change
    lines: tuple[Line, ...] = ()
    follows: str = ""
    lives_on: bool = False
    waits_for: tuple[str, ...] = ()
    """The workspaces to apply first, because this workspace destroys a resource that they use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The workspaces that differ between the base and the working tree.

    `affected` is in the order of deployment, `removed` in the order of destruction. `blocked` are affected workspaces
    that cannot be built. `unknown_base` is the reason why removed workspaces are unknown, or an empty text. `unused`
    are edits that change no workspace.
    """

    base: Base
    affected: tuple[Affected, ...]
    removed: tuple[Affected, ...]
    blocked: tuple[Workspace, ...]
    unaffected: int
    unknown_base: str = ""
    unused: tuple[Line, ...] = ()


def compare(base: Base, loaded: Loaded, checked: Checked) -> Comparison:
    """Compare the base's workspaces with the workspaces of the working tree, and return the differences."""
    now = by_id(checked.workspaces())
    blocked = tuple(workspace for workspace in now.values() if workspace.blocked)
    built = [workspace for workspace in now.values() if not workspace.blocked]
    before = base.loaded.checked if base.loaded else None
    if base.unknown:
        return _all(base, built, blocked, base.unknown)
    if base.loaded is None:
        created = tuple(Affected(workspace=workspace, change=Change.CREATED) for workspace in built)
        return Comparison(base=base, affected=created, removed=(), blocked=blocked, unaffected=0)
    if before is None:
        reason = f"{base.file} has errors in the base {base.commit[:12]}, so the removed workspaces are unknown"
        return _all(base, built, blocked, reason)
    earlier = by_id(before.workspaces())
    newly_blocked = tuple(one for one in blocked if one.id not in earlier or earlier[one.id].inputs)
    edits = Edits(base.loaded, loaded, checked.keys)
    following = dict(follow(built, earlier))
    code = bool(base.code)
    changes = {one.id: _change(one, earlier, follows=one.id in following, code=code) for one in built}
    affected = tuple(
        _affected(workspace, change, following.get(workspace.id, ""), edits, before, checked)
        for workspace in built
        if (change := changes[workspace.id])
    )
    affected = tuple(_last(one, earlier.get(one.workspace.id), affected) for one in affected)
    removed = tuple(
        Affected(
            workspace=workspace,
            change=Change.REMOVED,
            lines=edits.of(workspace.id),
            lives_on=kind_of(workspace.id).lives_on(workspace, checked.topology),
        )
        for workspace in reversed(earlier.values())
        if workspace.id not in now and workspace.inputs
    )
    touched = [*(one.workspace.id for one in (*affected, *removed)), *(one.id for one in newly_blocked)]
    return Comparison(
        base=base,
        affected=affected,
        removed=removed,
        blocked=newly_blocked,
        unaffected=len(built) - len(affected),
        unused=edits.unused(touched) if edits.paths else (),
    )


def _all(base: Base, built: Sequence[Workspace], blocked: tuple[Workspace, ...], reason: str) -> Comparison:
    affected = tuple(Affected(workspace=workspace, change=Change.CODE) for workspace in built)
    return Comparison(base=base, affected=affected, removed=(), blocked=blocked, unaffected=0, unknown_base=reason)


def _change(workspace: Workspace, earlier: Mapping[str, Workspace], *, follows: bool, code: bool) -> Change | None:
    before = earlier.get(workspace.id)
    if before is None or before.inputs is None:
        return Change.CREATED
    if before.inputs != workspace.inputs:
        return Change.CHANGED
    return Change.FOLLOWS if follows else Change.CODE if code else None


def _affected(
    workspace: Workspace, change: Change, follows: str, edits: Edits, before: Checked, after: Checked
) -> Affected:
    lines = () if change in (Change.CODE, Change.FOLLOWS) else edits.of(workspace.id)
    if kind_of(workspace.id).reads_keys and _keys(before, workspace.id) != _keys(after, workspace.id):
        file = pathlib.PurePosixPath(edits.after.source.file).parent / "jwks" / f"{workspace.spoke}.json"
        lines = (*lines, Line(str(file), 1, KEYS, before=_keys(after, workspace.id) is None))
    lines = (*lines, *_extra(workspace.id, before, after, pathlib.PurePosixPath(edits.after.source.file).parent))
    return Affected(workspace=workspace, change=change, lines=lines, follows=follows)


def _last(one: Affected, before: Workspace | None, affected: Sequence[Affected]) -> Affected:
    """Return an affected workspace with the workspaces that it waits for, unless one of them follows it."""
    if before is None or before.inputs is None or one.workspace.inputs is None:
        return one
    kinds = kind_of(one.workspace.id).destroys_after(before.inputs, one.workspace.inputs)
    first = [other for other in affected if other.workspace.id.kind in kinds]
    if any(other.follows == one.workspace.id for other in first):
        return one
    return replace(one, waits_for=tuple(other.workspace.id for other in first))


def _extra(id_: WorkspaceId, before: Checked, after: Checked, folder: pathlib.PurePosixPath) -> Iterator[Line]:
    """Yield the changed files of the user's own Terraform."""
    old, new = (side.extra.get(id_, {}) for side in (before, after))
    for name in sorted(file for file in {*old, *new} if old.get(file) != new.get(file)):
        yield Line(str(folder / EXTRA / id_ / name), 1, EXTRA, before=name not in new)


def _keys(checked: Checked, id_: WorkspaceId) -> object:
    return checked.keys.get(id_.spoke or "")
