"""Which edits of the topology file are responsible for the change of a workspace, and on which lines they stand."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from hvn.topology.finding import Path, dotted
from hvn.topology.jwks import Jwks
from hvn.topology.load import Loaded
from hvn.topology.shape import shape
from hvn.topology.workspaces import workspaces

# So many edits outside of the spokes are tried one by one; of more, each counts as responsible for all.
TRIED = 20
MISSING = object()


@dataclass(frozen=True, slots=True, order=True)
class Line:
    """A place that was edited: in the file as it is now, or, if it is gone, in the base's (`before`)."""

    file: str
    line: int
    path: str
    before: bool = False


def differences(before: Any, after: Any, path: Path = ()) -> Iterator[Path]:
    """The paths at which two files differ: the key itself where only one of them has it."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in (*after, *(key for key in before if key not in after)):
            yield from differences(before.get(key, MISSING), after.get(key, MISSING), (*path, key))
    elif isinstance(before, tuple) and isinstance(after, tuple) and len(before) == len(after):
        for index, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from differences(old, new, (*path, index))
    elif type(before) is not type(after) or before != after:
        yield path


class Edits:
    """All edits between two files; each is tried on its own: what would a workspace be without it?"""

    def __init__(self, before: Loaded, after: Loaded, keys: Mapping[str, Jwks]) -> None:
        self.before, self.after, self._keys = before, after, keys

    @cached_property
    def paths(self) -> tuple[Path, ...]:
        """Where the two differ."""
        return tuple(differences(self.before.source.data, self.after.source.data))

    def of(self, workspace: str, spoke: str | None) -> tuple[Line, ...]:
        """The lines of the edits without which the workspace would be the same as before them."""
        return tuple(sorted({self._line(path) for path in self._responsible(workspace, spoke)}))

    def unused(self, workspaces: Iterable[tuple[str, str | None]]) -> tuple[Line, ...]:
        """The lines of edits that change no workspace: a default written out, a pool without spokes."""
        used = {path for workspace, spoke in workspaces for path in self._responsible(workspace, spoke)}
        return tuple(sorted(self._line(path) for path in self.paths if path not in used))

    def _responsible(self, workspace: str, spoke: str | None) -> Iterator[Path]:
        shared = sum(path[0] != "spokes" for path in self.paths if path)
        now = self._fingerprints(None, spoke)
        for path in self.paths:
            if path[:1] == ("spokes",) and (spoke is None or path[1:2] not in ((), (spoke,))):
                continue  # a spoke is self-contained
            too_many = path[:1] != ("spokes",) and shared > TRIED
            without = None if too_many else self._fingerprints(path, spoke)
            if now is None or without is None or without.get(workspace) != now.get(workspace):
                yield path

    def _fingerprints(self, path: Path | None, spoke: str | None) -> Mapping[str, str] | None:
        """Of the shared workspaces and the spoke's, as if the edit at `path` were not made; None if nobody knows."""
        if (path, spoke) not in self._known:
            self._known[path, spoke] = self._derive(path, spoke)
        return self._known[path, spoke]

    @cached_property
    def _known(self) -> dict[tuple[Path | None, str | None], Mapping[str, str] | None]:
        return {}

    def _derive(self, path: Path | None, spoke: str | None) -> Mapping[str, str] | None:
        data: Any = self.after.source.data
        if path is not None:
            data = _with(data, path, _at(self.before.source.data, path))
        spokes = data.get("spokes")
        kept = {key: value for key, value in spokes.items() if key == spoke} if spokes else {}
        topology, _ = shape({**data, "spokes": kept})
        if topology is None:
            return None
        try:
            found = workspaces(topology, self._keys)
        except Exception:  # noqa: BLE001 - no rule was asked: with half of the edits it may be no network at all
            return None
        return {each.id: each.inputs.fingerprint if each.inputs else "" for each in found}

    def _line(self, path: Path) -> Line:
        gone = _at(self.after.source.data, path) is MISSING
        side = self.before if gone else self.after
        return Line(side.source.file, side.source.key_span(path).line, dotted(path), gone)


def _at(data: Any, path: Path) -> Any:
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return MISSING
    return data


def _with(data: Any, path: Path, value: Any) -> Any:
    """A copy of the data with this value at `path`, or without what is there."""
    if not path:
        return value
    head, rest = path[0], path[1:]
    if isinstance(data, tuple):
        return tuple(_with(each, rest, value) if index == head else each for index, each in enumerate(data))
    if not rest and value is MISSING:
        return {key: each for key, each in data.items() if key != head}
    return {**data, head: _with(data.get(head, {}), rest, value)}
