"""Build the picture of a change: parts that are added, removed, changed or moved."""

from collections.abc import Collection, Iterator
from dataclasses import replace

from hvn.affected.compare import Change as WorkspaceChange
from hvn.affected.compare import Comparison
from hvn.check.load import Checked, Loaded
from hvn.graph.build import of_file
from hvn.graph.picture import GROUPS, Box, Change, Edge, Kind, Picture

OWN = (WorkspaceChange.CREATED, WorkspaceChange.CHANGED)
"""The changes of a workspace that come from the topology file."""


def of_change(comparison: Comparison, loaded: Loaded, checked: Checked) -> Picture | None:
    """Return the picture of a change, or None if the base has no valid topology."""
    before = comparison.base.loaded
    if before is None or before.checked is None:
        return None
    affected = {one.workspace.id for one in comparison.affected if one.change in OWN}
    return compare(of_file(before, before.checked), of_file(loaded, checked), affected)


def compare(before: Picture, after: Picture, affected: Collection[str] = ()) -> Picture:
    """Return the picture of both networks. A box of an `affected` workspace counts as changed, even if its text is
    equal.

    Removed boxes follow the other boxes. A box in another subscription or pool counts as moved. Groups are never
    marked.
    """
    old, new = ({box.id: box for box in side.boxes} for side in (before, after))
    removed = [box for box in before.boxes if box.id not in new]
    around = {box.inside for box in removed if box.kind not in GROUPS}
    around |= {box.inside for box in removed if box.id in around}
    boxes = [
        *(_compared(old.get(box.id), box, affected) for box in after.boxes),
        *(box for box in removed if box.kind in GROUPS and box.id in around),
        *(replace(box, change=Change.REMOVED, line=0) for box in removed if box.kind not in GROUPS),
    ]
    return Picture(after.name, tuple(boxes), tuple(_edges(before, after)))


def _compared(before: Box | None, box: Box, affected: Collection[str]) -> Box:
    if box.kind in GROUPS:
        return box
    if before is None:
        return replace(box, change=Change.ADDED)
    was = tuple(fact for fact in (before.title, *before.facts) if fact not in (box.title, *box.facts))
    if before.inside != box.inside:
        return replace(box, change=Change.MOVED, was=was)
    differs = was or (before.facts, before.existing, bool(before.blocked)) != (
        box.facts,
        box.existing,
        bool(box.blocked),
    )
    return replace(box, change=Change.CHANGED, was=was) if differs or {*box.workspaces} & {*affected} else box


def _edges(before: Picture, after: Picture) -> Iterator[Edge]:
    old, new = ({(edge.source, edge.target, edge.label): edge for edge in side.edges} for side in (before, after))
    for key, edge in new.items():
        if key not in old:
            yield replace(edge, change=Change.ADDED)
        else:
            yield edge if old[key] == edge else replace(edge, change=Change.CHANGED)
    yield from (replace(edge, change=Change.REMOVED) for key, edge in old.items() if key not in new)


def changed_part(picture: Picture) -> Picture:
    """Return the changed boxes and edges, the boxes that contain them, and the boxes that the edges connect."""
    by_id = {box.id: box for box in picture.boxes}
    changed = {box.id for box in picture.boxes if box.change}
    spokes = {id_ for id_ in changed if by_id[id_].kind is Kind.SPOKE}
    edges = [edge for edge in picture.edges if edge.change or edge.source in spokes]
    kept = changed | {end for edge in edges for end in (edge.source, edge.target)}
    for id_ in tuple(kept):
        while id_ := by_id[id_].inside:
            kept.add(id_)
    return Picture(picture.name, tuple(box for box in picture.boxes if box.id in kept), tuple(edges))
