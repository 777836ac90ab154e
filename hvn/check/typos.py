"""Correct misspelled keys, so that the rules check the intended values, and each typing error causes only one
finding."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from hvn.check import kubernetes_auth, unsupported_keys
from hvn.check.model_paths import Location, clean, keys
from hvn.diagnostics.finding import Path
from hvn.diagnostics.suggest import closest
from hvn.topology.model import Topology

Error = Mapping[str, Any]
"""An error of pydantic."""

UNKNOWN = "extra_forbidden"
WITHOUT_TAG = "union_tag_not_found"


@dataclass(slots=True)
class Corrected:
    """A file's data without unknown keys: an unknown key that resembles a missing key gets the missing key's name; all
    other unknown keys are removed.

    Paths are paths of the corrected data.
    """

    data: Any
    unknown: list[Error] = field(default_factory=list)
    """The errors about unknown keys."""
    meant: set[Path] = field(default_factory=set)
    """Fields with an unknown value: missing fields that a removed key could set, and the field of a login with another
    method."""
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
    while unknown := list(_unknown(reported)):  # correcting a key shows the unknown keys below it
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
    corrected.unknown.append({"type": UNKNOWN, "loc": location, "input": mapping[key]})
    expected = unsupported_keys.entry(path)
    missing = [name for name in keys(location[:-1]) if name not in mapping]
    other_method = kubernetes_auth.finding(path, mapping[key])
    if expected is None and not other_method and (near := closest(str(key), keys(location[:-1]))) in missing:
        corrected.renamed[(*above, near)] = str(key)
        corrected.data = with_value(
            corrected.data, above, {near if name == key else name: value for name, value in mapping.items()}
        )
        return
    if other_method:
        corrected.meant.add(tuple(above))
    if expected:
        named = (name.rpartition(".")[2] for name in re.findall(r"`([^`]+)`", expected.fix))
        corrected.meant |= {(*above, name) for name in list(named)[:1] if name in missing}
    corrected.data = with_value(corrected.data, above, {name: value for name, value in mapping.items() if name != key})


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
