"""Find the edits of the topology file that change a workspace, with their lines."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from hvn.check.load import Loaded
from hvn.check.shape import shape
from hvn.diagnostics.finding import Path, dotted
from hvn.kinds.derivation import workspaces
from hvn.kinds.workspace import WorkspaceId
from hvn.topology.jwks import Jwks

# The maximum number of edits outside `spokes` to revert one by one. With more edits, all edits count as responsible.
TRIED = 20
MISSING = object()
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, order=True)
class Line:
    """An edited line of the current topology file; with `before`, a removed line of the base's file."""

    file: str
    line: int
    path: str
    before: bool = False


def differences(before: Any, after: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the paths at which two topology files differ. If only one file has a key, yield the path of the key."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in (*after, *(key for key in before if key not in after)):
            yield from differences(before.get(key, MISSING), after.get(key, MISSING), (*path, key))
    elif isinstance(before, tuple) and isinstance(after, tuple) and len(before) == len(after):
        for index, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from differences(old, new, (*path, index))
    elif type(before) is not type(after) or before != after:
        yield path


class Edits:
    """All edits between two topology files. `of` reverts one edit at a time and compares the workspace."""

    def __init__(self, before: Loaded, after: Loaded, keys: Mapping[str, Jwks]) -> None:
        self.before, self.after, self._keys = before, after, keys

    @cached_property
    def paths(self) -> tuple[Path, ...]:
        """Return the paths at which the two topology files differ."""
        return tuple(differences(self.before.source.data, self.after.source.data))

    def of(self, id_: WorkspaceId) -> tuple[Line, ...]:
        """Return the lines of the edits that are responsible for the change of a workspace."""
        return tuple(sorted({self._line(path) for path in self._responsible(id_)}))

    def unused(self, ids: Iterable[WorkspaceId]) -> tuple[Line, ...]:
        """Return the lines of edits that change none of these workspaces, such as the edit of a pool without spokes."""
        used = {path for id_ in ids for path in self._responsible(id_)}
        return tuple(sorted(self._line(path) for path in self.paths if path not in used))

    def _responsible(self, id_: WorkspaceId) -> tuple[Path, ...]:
        """Return the paths of the responsible edits: the workspace changes if any one of these edits is reverted.

        If no single reverted edit changes the workspace, return each edit that alone changes the base's workspace. If
        no edit does, or the number of shared edits exceeds `TRIED`, return all edits that the function did not exclude.
        """
        related = self._related(id_.spoke)
        paths = [path for path in self.paths if _concerns(path, related)]
        shared = sum(path[0] != "spokes" for path in self.paths if path)
        tried = [path for path in paths if shared <= TRIED or path[:1] == ("spokes",)]
        now = self._fingerprint(id_, self.after)
        needed = [path for path in tried if self._fingerprint(id_, self.after, path) != now]
        if needed or len(tried) < len(paths):
            return tuple(path for path in paths if path in needed or path not in tried)
        was = self._fingerprint(id_, self.before)
        if was == now:
            return ()
        enough = [path for path in tried if self._fingerprint(id_, self.before, path) != was]
        return tuple(enough or tried)

    def _related(self, spoke: str | None) -> frozenset[str]:
        """Return the spokes with values in the workspaces of a spoke, or in the shared workspaces, now or in
        the base: the spokes with the same VNet, and the spokes in peerings and firewall rules."""
        related = {spoke} if spoke else set[str]()
        for side in (self.before, self.after):
            owner = self._owner(side, spoke) if spoke else None
            related |= {owner, *self._guests.get(owner, ())} if owner else set()
            named = set(_named(_at(side.source.data, ("spokes", spoke) if spoke else ("hub",))))
            related |= named | {self._owner(side, other) for other in named}
        return frozenset(related)

    def _owner(self, side: Loaded, spoke: str) -> str:
        """Return the spoke in `vnet_of` of a spoke, or the spoke itself."""
        return str(_mapping(_at(side.source.data, ("spokes", spoke))).get("vnet_of", spoke))

    @cached_property
    def _guests(self) -> Mapping[str, set[str]]:
        """Return for each spoke the spokes in its VNet, now or in the base."""
        guests: dict[str, set[str]] = {}
        for side in (self.before, self.after):
            for name in _mapping(_at(side.source.data, ("spokes",))):
                guests.setdefault(self._owner(side, name), set()).add(name)
        return guests

    def _fingerprint(self, id_: WorkspaceId, side: Loaded, other: Path | None = None) -> str | None:
        """Return the fingerprint of a workspace in the file `side`, with the other file's value at the path `other`.

        Return None if the workspace does not exist.
        """
        key = side is self.after, id_.spoke, other
        if key not in self._known:
            self._known[key] = self._derive(side, id_.spoke, other)
        known = self._known[key]
        return UNKNOWN if known is None else known.get(id_)

    @cached_property
    def _known(self) -> dict[tuple[bool, str | None, Path | None], Mapping[str, str] | None]:
        return {}

    def _derive(self, side: Loaded, spoke: str | None, other: Path | None) -> Mapping[str, str] | None:
        """Return the fingerprints of the shared workspaces and of the workspaces of the related spokes, or None if the
        file is invalid."""
        data: Any = side.source.data
        if other is not None:
            there = self.before if side is self.after else self.after
            data = _with(data, other, _at(there.source.data, other))
        spokes = data.get("spokes")
        related = self._related(spoke)
        kept = {key: value for key, value in spokes.items() if key in related} if spokes else {}
        topology = shape({**data, "spokes": kept}).topology
        if topology is None:
            return None
        try:
            derived = workspaces(topology, self._keys)
        except (LookupError, ValueError):  # the mix of both files is unchecked, so it may be invalid
            return None
        return {one.id: one.inputs.fingerprint if one.inputs else "" for one in derived}

    def _line(self, path: Path) -> Line:
        removed = _at(self.after.source.data, path) is MISSING
        side = self.before if removed else self.after
        return Line(side.source.file, side.source.key_span(path).line, dotted(path), removed)


def _concerns(path: Path, related: frozenset[str]) -> bool:
    """Return whether an edit can change the workspaces of the related spokes: False for an edit of another spoke."""
    return path[:1] != ("spokes",) or (bool(related) and (len(path) == 1 or path[1] in related))


def _named(owner: Any) -> Iterator[str]:
    """Yield the spokes in the peerings and firewall rules of a spoke or of the hub."""
    for peering in _mapping(_mapping(owner).get("peerings")).values():
        yield str(_mapping(peering).get("spoke", ""))
    for rule in _mapping(_mapping(owner).get("firewall_rules")).values():
        places = (*_mapping(rule).get("sources", ()), *_mapping(rule).get("destinations", ()))
        yield from (place.split(".", 2)[1] for place in map(str, places) if place.startswith("spokes."))


def _mapping(value: Any) -> Mapping[str, Any]:
    """Return a mapping of a topology file, and an empty mapping instead of another value: the base may be invalid."""
    return value if isinstance(value, Mapping) else {}


def _at(data: Any, path: Path) -> Any:
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return MISSING
    return data


def _with(data: Any, path: Path, value: Any) -> Any:
    """Return a copy of the data with this value at `path`; `MISSING` removes the key."""
    if not path:
        return value
    head, rest = path[0], path[1:]
    if isinstance(data, tuple):
        return tuple(_with(item, rest, value) if index == head else item for index, item in enumerate(data))
    if not rest and value is MISSING:
        return {key: item for key, item in data.items() if key != head}
    return {**data, head: _with(data.get(head, {}), rest, value)}
