"""Describe the edits of the topology in sentences: added, removed and renamed spokes, and other changed fields."""

from collections.abc import Iterator, Mapping, Sequence

from hvn.affected.compare import KEYS
from hvn.affected.edits import Line
from hvn.diagnostics.finding import dotted
from hvn.diagnostics.message import Message
from hvn.review.context import Context
from hvn.topology.model import Spoke, Topology

NAMED = 6
"""The maximum number of spokes or fields in a sentence; the table by spoke lists all of them."""


def intent(context: Context, after: Topology) -> Iterator[Message]:
    """Yield sentences about the edits of the topology, and about changed code."""
    base = context.comparison.base
    if context.comparison.unknown_base:
        return
    if base.loaded is None or base.loaded.checked is None:
        yield Message("Adds the topology {name}.", name=after.name)
        return
    before = base.loaded.checked.topology
    added = {name: spoke for name, spoke in after.spokes.items() if name not in before.spokes}
    removed = {name: spoke for name, spoke in before.spokes.items() if name not in after.spokes}
    renamed = dict(_renamed(removed, added))
    for old, new in [*renamed.items()][:NAMED]:
        yield Message("Renames spoke {old} to {new}: its resources are created again as {new}.", old=old, new=new)
    created = {name: spoke for name, spoke in added.items() if name not in renamed.values()}
    if len(created) == 1:
        yield from (_added(name, spoke) for name, spoke in created.items())
    else:
        yield from _named("Adds the spokes {names}.", "Adds the spokes {names} and {more} more.", [*created])
    destroyed = [name for name in removed if name not in renamed]
    if len(destroyed) == 1:
        yield Message("Removes spoke {name}.", name=destroyed[0])
    else:
        yield from _named("Removes the spokes {names}.", "Removes the spokes {names} and {more} more.", destroyed)
    yield from _fields(context, {*added, *removed})
    if base.code:
        yield Message("Changes the code or locked versions.")


def _renamed(removed: Mapping[str, Spoke], added: Mapping[str, Spoke]) -> Iterator[tuple[str, str]]:
    """Yield the old and new name of each renamed spoke. Equal spokes are omitted, because their new names are
    ambiguous."""
    for old, spoke in removed.items():
        same = [new for new, other in added.items() if other == spoke]
        if len(same) == 1 and sum(other == spoke for other in removed.values()) == 1:
            yield old, same[0]


def _added(name: str, spoke: Spoke) -> Message:
    if spoke.cluster is None:
        return Message("Adds spoke {name}.", name=name)
    if not spoke.cluster.apps:
        return Message("Adds spoke {name} with a cluster.", name=name)
    return Message("Adds spoke {name} with a cluster (apps: {apps}).", name=name, apps=sorted(spoke.cluster.apps))


def _fields(context: Context, spokes: set[str]) -> Iterator[Message]:
    """Yield sentences about changed and removed fields, without the fields of added or removed spokes."""
    comparison = context.comparison
    whole = {dotted(("spokes", name)) for name in spokes}
    lines = [
        line
        for affected in (*comparison.affected, *comparison.removed)
        for line in affected.lines
        if affected.workspace.spoke not in spokes
    ]
    lines += list(comparison.unused)
    changed = dict.fromkeys(_field(line) for line in lines if line.path not in whole and not line.before)
    removed = dict.fromkeys(_field(line) for line in lines if line.path not in whole and line.before)
    yield from _named("Changes {names}.", "Changes {names} and {more} more.", [*changed])
    yield from _named("Removes {names}.", "Removes {names} and {more} more.", [*removed])


def _field(line: Line) -> str:
    return line.file if line.path == KEYS else line.path


def _named(all_: str, some: str, names: Sequence[str]) -> Iterator[Message]:
    if len(names) > NAMED:
        yield Message(some, names=names[:NAMED], more=len(names) - NAMED)
    elif names:
        yield Message(all_, names=names)
