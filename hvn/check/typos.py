"""Correct misspelled keys, so that the rules check the intended values, and each typing error causes only one
finding."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from hvn.check import kubernetes_auth, unsupported_keys
from hvn.check.model_paths import Location, clean, elsewhere, keys, models
from hvn.diagnostics.finding import Path
from hvn.diagnostics.suggest import closest, is_typo
from hvn.topology.model import Topology

Error = Mapping[str, Any]
"""An error of pydantic."""

UNKNOWN = "extra_forbidden"
WITHOUT_TAG = "union_tag_not_found"


@dataclass(slots=True)
class Corrected:
    """A file's data without unknown keys. `correct` renames an unknown key that resembles a missing key. If the value
    is valid only for other missing keys, `correct` removes the key, like all other unknown keys.

    Paths refer to the corrected data.
    """

    data: Any
    unknown: list[Error] = field(default_factory=list)
    """The errors about unknown keys."""
    meant: set[Path] = field(default_factory=set)
    """Fields with an unknown value: missing fields that a removed key could set, and the settings of a login with an
    unsupported method."""
    renamed: dict[Path, str] = field(default_factory=dict)
    """The key in the file for each corrected path."""

    def written(self, path: Path) -> Path:
        """Return the path in the file of a path in the corrected data."""
        return tuple(self.renamed.get(path[: end + 1], part) for end, part in enumerate(path))


def errors(data: Any) -> Sequence[Error]:
    """Return pydantic's errors about the data; an empty list for a valid topology."""
    try:
        Topology.model_validate(data)
    except ValidationError as error:
        return list[Error](error.errors(include_url=False))
    return ()


def correct(data: Any, reported: Sequence[Error]) -> Corrected:
    """Return the data without unknown keys. `reported` has pydantic's errors about the data."""
    corrected = Corrected(data)
    while unknown := list(_unknown(reported)):  # a corrected key can have unknown keys below it
        for location in unknown:
            _correct(corrected, location)
        reported = errors(corrected.data)
    return corrected


def _unknown(reported: Sequence[Error]) -> Iterator[Location]:
    """Yield the unknown keys. If a union lacks a tag, pydantic does not report unknown keys: yield the misspelled
    tag."""
    for error in reported:
        location = error["loc"]
        if error["type"] == UNKNOWN:
            yield location
        elif error["type"] == WITHOUT_TAG and isinstance(error["input"], Mapping):
            tag = str(error["ctx"]["discriminator"]).strip("'")
            others = [str(key) for key in error["input"] if key not in keys(location)]
            if near := closest(tag, others):
                yield (*location, near)


def _correct(corrected: Corrected, location: Location) -> None:
    path = clean(location)
    *above, key = path
    mapping = at(corrected.data, above)
    expected = unsupported_keys.entry(path)
    missing = [name for name in keys(location[:-1]) if name not in mapping]
    other_method = kubernetes_auth.finding(path, mapping[key])
    near = _nearest(corrected.data, location, missing)
    # An unsupported key is a typing error if its value fits: `hubs` with the fields of a hub.
    candidates = () if other_method else [near] * (near in missing) if expected else missing
    possible = _fitting(corrected.data, location, candidates)
    renamed = not other_method and near in missing and (near in possible or not (possible or expected))
    # Without a similar spelling the name is a guess: do not report a value that the guessed key refuses.
    renamed = renamed and (is_typo(str(key), near) or bool(_accepting(corrected.data, location, [near])))
    unknown = {"type": UNKNOWN, "loc": location, "input": mapping[key], "near": near, "renamed": renamed}
    corrected.unknown.append(unknown)
    if renamed:
        corrected.renamed[(*above, near)] = str(key)
        corrected.data = with_value(
            corrected.data, above, {near if name == key else name: value for name, value in mapping.items()}
        )
        return
    corrected.meant |= {(*above, name) for name in (*possible, near) if name in missing}
    if not (expected or other_method or near) and (place := elsewhere(location)):
        corrected.meant.add(place)
    if other_method:
        corrected.meant.add(tuple(above))
    if expected:
        named = (name.rpartition(".")[2] for name in re.findall(r"`([^`]+)`", expected.fix))
        corrected.meant |= {(*above, name) for name in list(named)[:1] if name in missing}
    corrected.data = with_value(corrected.data, above, {name: value for name, value in mapping.items() if name != key})


def _nearest(data: Any, location: Location, missing: Sequence[str]) -> str:
    """Return the valid key that is most similar to an unknown key. Unless the key is a typing error, prefer a missing
    required key that has a word of the unknown key. Return an empty string if no key is similar, or if another place of
    the file lacks a key of this name."""
    key = str(location[-1])
    near = closest(key, keys(location[:-1]))
    if near and is_typo(key, near):
        return near
    required = {
        name for model in models(location[:-1]) for name, info in model.model_fields.items() if info.is_required()
    }
    words = set(key.split("_"))
    similar = [name for name in missing if name in required and words & set(name.split("_"))]
    if preferred := closest(key, similar, least=0.5):
        return preferred
    place = elsewhere(location)
    return "" if place and not _exists(data, place) else near


def _exists(data: Any, path: Path) -> bool:
    try:
        at(data, path)
    except (LookupError, TypeError):
        return False
    return True


def _fitting(data: Any, location: Location, missing: Sequence[str]) -> Sequence[str]:
    """Return the missing keys for which the value of an unknown key is valid. Return no key for a number, a truth value
    or an empty value, because these are valid for too many keys."""
    value = at(data, clean(location))
    if not value or not isinstance(value, str | tuple | Mapping):
        return ()
    return _accepting(data, location, missing)


def _accepting(data: Any, location: Location, missing: Sequence[str]) -> Sequence[str]:
    """Return the missing keys for which the value of an unknown key is valid."""
    *above, key = clean(location)
    mapping = at(data, above)
    # The key `existing` would select another model for the hub.
    missing = [name for name in missing if any(name in model.model_fields for model in models(location[:-1]))]
    tried: Any = mapping | dict.fromkeys(missing, mapping[key])
    for part in reversed(above):  # only this part, because validating a large file is slow
        tried = (tried,) if isinstance(part, int) else {part: tried}
    place = tuple(0 if isinstance(part, int) else part for part in above)
    refused = {path[: len(place) + 1] for path in (clean(error["loc"]) for error in errors(tried))}
    return [name for name in missing if (*place, name) not in refused]


def at(data: Any, path: Sequence[str | int]) -> Any:
    """Return the value at the path."""
    for part in path:
        data = data[part]
    return data


def with_value(data: Any, path: Sequence[str | int], value: Any) -> Any:
    """Return a copy of the data with this value at the path."""
    if not path:
        return value
    if isinstance(data, Mapping):
        return {name: with_value(inner, path[1:], value) if name == path[0] else inner for name, inner in data.items()}
    return tuple(with_value(inner, path[1:], value) if index == path[0] else inner for index, inner in enumerate(data))
