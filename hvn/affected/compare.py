"""Which workspaces differ between two commits: their inputs are compared, for equal inputs give equal Terraform."""

import pathlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from hvn.affected.edits import Edits, Line
from hvn.affected.history import Base
from hvn.affected.replaced import follow
from hvn.check.load import Checked, Loaded
from hvn.kinds.registry import kind_of
from hvn.kinds.workspace import Workspace, by_id


class Change(StrEnum):
    """What happens to a workspace."""

    CREATED = "created"
    CHANGED = "changed"
    CODE = "code"
    """Its inputs may be the same, but not what makes Terraform of them; or nobody knows what they were."""
    FOLLOWS = "follows"
    """It stays the same, and has to be applied to a cluster that is built anew, or to another Vault."""
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """A workspace that a change touches, with the lines that are responsible, if the file is.

    `follows` is the id of the cluster's workspace, if that is built anew and this one looks into it; of another Vault
    that nothing here makes it is `vault`.
    """

    workspace: Workspace
    change: Change
    lines: tuple[Line, ...] = ()
    follows: str = ""

    @property
    def lives_on(self) -> bool:
        """Removed, for what it made is called `existing` now: nobody should destroy that."""
        return self.change is Change.REMOVED and kind_of(self.workspace.id).lives_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """All of it. `affected` in the order of deployment, `removed` in the order of destruction.

    `blocked` were or would be affected, and cannot be built. `unknown_base` says why nothing is known of what was
    removed, or is empty; `unused` are edits that change no workspace.
    """

    base: Base
    affected: tuple[Affected, ...]
    removed: tuple[Affected, ...]
    blocked: tuple[Workspace, ...]
    unaffected: int
    unknown_base: str = ""
    unused: tuple[Line, ...] = ()


def compare(base: Base, loaded: Loaded, checked: Checked) -> Comparison:
    """The workspaces of the base against those of the working tree."""
    now = by_id(checked.workspaces())
    blocked = tuple(each for each in now.values() if each.blocked)
    built = [each for each in now.values() if not each.blocked]
    before = base.loaded.checked if base.loaded else None
    if base.unknown:
        return _all(base, built, blocked, base.unknown)
    if base.loaded is None:
        created = tuple(Affected(workspace=each, change=Change.CREATED) for each in built)
        return Comparison(base=base, affected=created, removed=(), blocked=blocked, unaffected=0)
    if before is None:
        why = f"{base.file} has errors in the base {base.commit[:12]}: which workspaces were removed is not known"
        return _all(base, built, blocked, why)
    earlier = by_id(before.workspaces())
    kept_back = tuple(each for each in blocked if each.id not in earlier or earlier[each.id].inputs)
    edits = Edits(base.loaded, loaded, checked.keys)
    following = dict(follow(built, earlier))
    code = bool(base.code)
    changes = {each.id: _change(each, earlier, follows=each.id in following, code=code) for each in built}
    affected = tuple(
        _affected(each, change, following.get(each.id, ""), edits, before, checked)
        for each in built
        if (change := changes[each.id])
    )
    removed = tuple(
        Affected(workspace=each, change=Change.REMOVED, lines=edits.of(each.id, each.spoke))
        for each in reversed(earlier.values())
        if each.id not in now and each.inputs
    )
    touched = [(each.workspace.id, each.workspace.spoke) for each in (*affected, *removed)]
    touched += [(each.id, each.spoke) for each in kept_back]
    return Comparison(
        base=base,
        affected=affected,
        removed=removed,
        blocked=kept_back,
        unaffected=len(built) - len(affected),
        unused=edits.unused(touched) if edits.paths else (),
    )


def _all(base: Base, built: Sequence[Workspace], blocked: tuple[Workspace, ...], why: str) -> Comparison:
    affected = tuple(Affected(workspace=each, change=Change.CODE) for each in built)
    return Comparison(base=base, affected=affected, removed=(), blocked=blocked, unaffected=0, unknown_base=why)


def _change(each: Workspace, earlier: Mapping[str, Workspace], *, follows: bool, code: bool) -> Change | None:
    was = earlier.get(each.id)
    if was is None or was.inputs is None:
        return Change.CREATED
    if was.inputs != each.inputs:
        return Change.CHANGED
    return Change.FOLLOWS if follows else Change.CODE if code else None


def _affected(each: Workspace, change: Change, follows: str, edits: Edits, before: Checked, after: Checked) -> Affected:
    lines: Sequence[Line] = () if change in (Change.CODE, Change.FOLLOWS) else edits.of(each.id, each.spoke)
    spoke = each.spoke or ""
    if kind_of(each.id).reads_keys and before.keys.get(spoke) != after.keys.get(spoke):
        keys = pathlib.PurePosixPath(edits.after.source.file).parent / "jwks" / f"{spoke}.json"
        lines = (*lines, Line(str(keys), 1, "keys", before=spoke not in after.keys))
    return Affected(workspace=each, change=change, lines=tuple(lines), follows=follows)
