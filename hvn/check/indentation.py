"""Move keys with a wrong indentation into the mapping that they belong to, so that one wrong indentation causes only
one finding."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any, get_origin

from hvn.check.model_paths import annotations, clean, models
from hvn.check.typos import UNKNOWN, Error, at, errors, with_value
from hvn.diagnostics.finding import Path


@dataclass(frozen=True, slots=True)
class Move:
    """A key of the mapping `source` that belongs to the mapping `target`."""

    key: str
    source: Path
    target: Path


@dataclass(slots=True)
class Indented:
    """A file's data with corrected indentation."""

    data: Any
    reported: Sequence[Error]
    """pydantic's errors about the data."""
    moves: list[Move] = field(default_factory=list)
    empty: set[Path] = field(default_factory=set)
    """The targets without a value in the file."""

    @property
    def moved(self) -> Mapping[Path, Path]:
        """Return the path in the file of each moved key, in the order of the moves."""
        return {(*move.target, move.key): (*move.source, move.key) for move in self.moves}

    def groups(self) -> Mapping[tuple[Path, Path], tuple[str, ...]]:
        """Return the moved keys by source and target."""
        groups: dict[tuple[Path, Path], tuple[str, ...]] = {}
        for move in self.moves:
            ends = move.source, move.target
            groups[ends] = (*groups.get(ends, ()), move.key)
        return groups


def indented(data: Any, reported: Sequence[Error]) -> Indented:
    """Return the data with moved keys. `reported` has pydantic's errors about the data."""
    result = Indented(data, reported)
    while moves := list(_moves(result.data, result.reported)):  # a moved mapping can have more keys to move
        result.empty |= {move.target for move in moves if at(result.data, move.target) is None}
        for move in moves:
            result.data = _moved(result.data, move)
        result.moves += moves
        result.reported = errors(result.data)
    return result


def _moved(data: Any, move: Move) -> Any:
    source = dict(at(data, move.source))
    value = source.pop(move.key)
    data = with_value(data, move.source, source)
    return with_value(data, move.target, {**(at(data, move.target) or {}), move.key: value})


def _moves(data: Any, reported: Sequence[Error]) -> Iterator[Move]:
    """Yield the moves in mappings with errors, but no moves in a part of a mapping with moves."""
    paths = [(clean(error["loc"]), error["type"] == UNKNOWN) for error in reported]
    wrong = Counter(path[:end] for path, _ in paths for end in range(1, len(path) + 1))
    unknown = {path for path, is_unknown in paths if is_unknown}
    changed: set[Path] = set()
    for place in sorted(dict.fromkeys(path[:-1] for path in wrong), key=len):
        if any(place[:end] in changed for end in range(len(place) + 1)):
            continue
        moves = list(_down(data, place, wrong, unknown)) or list(_up(data, place, unknown))
        changed |= {min(move.source, move.target, key=len) for move in moves}
        yield from moves


def _down(data: Any, place: Path, wrong: Mapping[Path, int], unknown: Set[Path]) -> Iterator[Move]:
    """Yield the keys that belong to a key before them: their indentation is too small."""
    mapping, entries = _mapping(data, place), _has_entries(place)
    before, is_moving = "", False
    for key, value in mapping.items():
        path, target = (*place, key), (*place, before)
        if before and path in (wrong if entries else unknown) and key not in (mapping[before] or {}):
            limit = wrong[path]
            if entries:
                belongs = key in _fields(target) and _fits(value, path, (*target, key))
            else:
                # Another finding reports an unknown key beside a mapping in which the key is optional.
                required = mapping[before] is not None and not is_moving
                entry = _is_entry(value, (*target, key)) and not _is_misnamed(data, place, value, (*target, key))
                belongs = key in _fields(target, required=required) or entry
                limit = len(value) if isinstance(value, Mapping) else 1
            if belongs and _errors(data, (*target, key), value) < max(limit, 1):
                yield Move(key, place, target)
                is_moving = True
                continue
        before = key if isinstance(key, str) and (value is None or isinstance(value, Mapping)) else ""
        is_moving = False


def _up(data: Any, place: Path, unknown: Set[Path]) -> Iterator[Move]:
    """Yield the unknown keys that are entries of the mapping above: their indentation is too large."""
    above = place[:-1]
    for key, value in _mapping(data, place).items() if _has_entries(above) else ():
        path = (*above, key)
        misplaced = (*place, key) in unknown and key not in _mapping(data, above) and _is_entry(value, path)
        if misplaced and _errors(data, path, value) < len(value):
            yield Move(key, place, above)


def _mapping(data: Any, path: Path) -> Mapping[Any, Any]:
    """Return the mapping at a path; an empty mapping if the path has no mapping, or is in a list."""
    for part in path:
        data = data.get(part) if isinstance(data, Mapping) else None
    return data if isinstance(data, Mapping) else {}


def _has_entries(place: Path) -> bool:
    """Return whether the value at a place maps names, which users choose, to values with a model."""
    return any(get_origin(one) is Mapping for one in annotations(place)) and any(models((*place, "*")))


def _fields(path: Path, *, required: bool = False) -> set[str]:
    """Return the names of the fields at a path, or only of the required fields."""
    fields = [field for model in models(path) for field in model.model_fields.items()]
    return {name for name, info in fields if info.is_required() or not required}


def _is_entry(value: Any, path: Path) -> bool:
    """Return whether a value has mainly the fields of an entry, and the path is the path of an entry."""
    if not (isinstance(value, Mapping) and _has_entries(path[:-1])):
        return False
    return 2 * len(value.keys() & _fields(path)) > len(value)


def _is_misnamed(data: Any, place: Path, value: Any, entry: Path) -> bool:
    """Return whether a value fits a missing key of a mapping at least as well as the path of an entry."""
    missing = _fields(place) - _mapping(data, place).keys()
    limit = _errors(data, entry, value)
    return any(_errors(data, (*place, name), value) <= limit for name in missing)


def _fits(value: Any, place: Path, other: Path) -> bool:
    """Return whether a value does not have more fields of its own place than of another place."""
    if not isinstance(value, Mapping):
        return True
    here, there = value.keys() & _fields(place), value.keys() & _fields(other)
    return len(here - there) <= len(there - here)


def _errors(data: Any, path: Path, value: Any) -> int:
    """Return the number of errors about a value at a path of the data."""
    tried = value
    for end in range(len(path) - 1, -1, -1):  # only this part, because validating a large file is slow
        # The key selects the model.
        existing = {key: one for key, one in _mapping(data, path[:end]).items() if key == "existing"}
        tried = {**existing, path[end]: tried}
    return sum(clean(error["loc"])[: len(path)] == path for error in errors(tried))
