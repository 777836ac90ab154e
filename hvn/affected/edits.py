"""Which edits of the topology file are responsible for the change of a workspace, and on which lines they stand."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from hvn.check.load import Loaded
from hvn.check.shape import shape
from hvn.diagnostics.finding import Path, dotted
from hvn.kinds.derivation import workspaces
from hvn.topology.jwks import Jwks

# So many edits outside of the spokes are tried one by one; of more, each counts as responsible for all.
TRIED = 20
MISSING = object()
UNKNOWN = "unknown"


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

    def _responsible(self, workspace: str, spoke: str | None) -> tuple[Path, ...]:
        """Without which edits it would be another; or, if each can be left out, which would do on their own."""
        paths = [path for path in self.paths if _concerns(path, spoke)]
        shared = sum(path[0] != "spokes" for path in self.paths if path)
        tried = [path for path in paths if shared <= TRIED or path[:1] == ("spokes",)]
        now = self._fingerprint(workspace, spoke, self.after)
        needed = [path for path in tried if self._fingerprint(workspace, spoke, self.after, path) != now]
        if needed or len(tried) < len(paths):
            return tuple(path for path in paths if path in needed or path not in tried)
        was = self._fingerprint(workspace, spoke, self.before)
        if was == now:
            return ()
        enough = [path for path in tried if self._fingerprint(workspace, spoke, self.before, path) != was]
        return tuple(enough or tried)

    def _fingerprint(self, workspace: str, spoke: str | None, side: Loaded, other: Path | None = None) -> str | None:
        """Of a workspace on this side, with what the other side says at one path; None if it is not there."""
        asked = side is self.after, spoke, other
        if asked not in self._known:
            self._known[asked] = self._derive(side, spoke, other)
        known = self._known[asked]
        return UNKNOWN if known is None else known.get(workspace)

    @cached_property
    def _known(self) -> dict[tuple[bool, str | None, Path | None], Mapping[str, str] | None]:
        return {}

    def _derive(self, side: Loaded, spoke: str | None, other: Path | None) -> Mapping[str, str] | None:
        """The fingerprints of the shared workspaces and the spoke's; None if it is no network at all."""
        data: Any = side.source.data
        if other is not None:
            there = self.before if side is self.after else self.after
            data = _with(data, other, _at(there.source.data, other))
        spokes = data.get("spokes")
        kept = {key: value for key, value in spokes.items() if key == spoke} if spokes else {}
        topology, _ = shape({**data, "spokes": kept})
        if topology is None:
            return None
        try:
            found = workspaces(topology, self._keys)
        except (LookupError, ValueError):  # the rules were not asked, and half of the edits may break them
            return None
        return {each.id: each.inputs.fingerprint if each.inputs else "" for each in found}

    def _line(self, path: Path) -> Line:
        gone = _at(self.after.source.data, path) is MISSING
        side = self.before if gone else self.after
        return Line(side.source.file, side.source.key_span(path).line, dotted(path), gone)


def _concerns(path: Path, spoke: str | None) -> bool:
    """A spoke is self-contained: the edits in another one do not concern it."""
    return path[:1] != ("spokes",) or (spoke is not None and path[1:2] in ((), (spoke,)))


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
