"""Separate the changes of the backup HVN's resources from other changes: their names begin with `backup_`
(stacks/hcp.py, stacks/peering.py)."""

from collections.abc import Iterable, Mapping

from hvn.review.plan import ResourceChange

Changes = Mapping[str, list[ResourceChange]]
"""Changes by workspace."""


def split(by_workspace: Changes) -> tuple[dict[str, list[ResourceChange]], dict[str, list[ResourceChange]]]:
    """Return the changes of all other resources, and the changes of the backup HVN's resources."""
    return _filtered(by_workspace, is_backup=False), _filtered(by_workspace, is_backup=True)


def _filtered(by_workspace: Changes, *, is_backup: bool) -> dict[str, list[ResourceChange]]:
    kept = {id_: list(_of(changes, is_backup=is_backup)) for id_, changes in by_workspace.items()}
    return {id_: changes for id_, changes in kept.items() if changes}


def _of(changes: Iterable[ResourceChange], *, is_backup: bool) -> Iterable[ResourceChange]:
    return (one for one in changes if one.address.partition(".")[2].startswith("backup_") == is_backup)
