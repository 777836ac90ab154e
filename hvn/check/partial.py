"""Build topologies from a file with errors of shape. A placeholder replaces each invalid value, so that the rules can
check the other values."""

from collections.abc import Collection, Mapping, Set
from types import MappingProxyType, NoneType
from typing import Annotated, Any, Literal, get_args, get_origin

from annotated_types import Ge, MinLen
from pydantic import BaseModel

from hvn.check.invalid import invalid
from hvn.check.model_paths import Location, clean, field, models
from hvn.check.typos import at, errors, with_value
from hvn.diagnostics.finding import Path
from hvn.topology.model import Topology
from hvn.topology.model.base import EMPTY

ITEMS = ("spokes", "on_premises")
"""The mappings that `without_items` removes items from."""


def with_invalid(data: Any, meant: Collection[Path]) -> Topology | None:
    """Return the topology with a placeholder for each field without a valid value, and for the fields `meant`.

    Return None if no field is valid.
    """
    replaced = set(meant)
    while reported := errors(data):
        new: set[Path] = set()
        for error in reported:
            location = _field_of(error["loc"])
            if error["type"] == EMPTY and location[0] in ITEMS:  # somebody may have forgotten to write the value
                location = location[:1]
            if _is_below(clean(location), new):
                continue
            # If an example value for this field does not make the data valid, try an example for the field that
            # contains it.
            while location and _is_below(clean(location), replaced):
                location = _field_of(location[:-1])
            if not location:
                return None
            new.add(clean(location))
            data = _with_example(data, location)
        replaced |= new
    topology: Any = Topology.model_validate(data)
    for path in replaced:
        if not _is_below(path[:-1], replaced):
            topology = _mark(topology, path)
    return topology if isinstance(topology, Topology) else None


def _is_below(path: Path, others: Set[Path]) -> bool:
    """Return whether the path is one of the other paths, or below such a path."""
    return any(path[:end] in others for end in range(1, len(path) + 1))


def _mark(value: Any, path: Path) -> Any:
    """Return a copy of a model, mapping or tuple with the placeholder at the path, if the path exists."""
    if not path:
        return invalid()
    name, below = path[0], path[1:]
    if isinstance(value, BaseModel):
        # An example of another model of a union lacks the field.
        exists = name in type(value).model_fields
        return value.model_copy(update={str(name): _mark(getattr(value, str(name)), below)}) if exists else value
    if isinstance(value, Mapping):
        return MappingProxyType({**value, name: _mark(value[name], below)}) if name in value else value
    if not isinstance(value, tuple):
        return value
    return tuple(_mark(item, below) if index == name else item for index, item in enumerate(value))


def without_items(data: Any, invalid: Collection[Path], meant: Collection[Path]) -> Topology | None:
    """Return the topology without the firewall rules, spokes and networks that have an invalid part.

    If a firewall rule names a removed spoke or network, a placeholder replaces all firewall rules.
    """
    removed: set[Path] = set()
    for path in invalid:
        if rule := _firewall_rule(path):
            removed.add(rule)
        elif path[:1] and path[0] in ITEMS and len(path) > 1:
            removed.add(path[:2])
    hidden = set(meant)
    if any(len(path) == 2 and path[0] in ITEMS for path in removed):
        spokes = data["spokes"].items() if isinstance(data.get("spokes"), Mapping) else ()
        hidden |= {
            ("spokes", name, "firewall_rules")
            for name, spoke in spokes
            if isinstance(spoke, Mapping) and "firewall_rules" in spoke
        }
        hidden.add(("hub", "firewall_rules"))
    return with_invalid(_without(data, removed, ()), hidden)


def _field_of(location: Location) -> tuple[str | int, ...]:
    """Return the location of the nearest field of a model: an item of a list or mapping belongs to the field."""
    location = tuple(location)
    while location and not any(location[-1] in model.model_fields for model in models(location[:-1])):
        location = location[:-1]
    return location


def _with_example(data: Any, location: Location) -> Any:
    """Return the data with an example value for the field; without the field if the field is optional."""
    described = field(location)
    *above, name = clean(location)
    mapping = {key: value for key, value in at(data, above).items() if key != name}
    if described and described.is_required():
        mapping[name] = _example(described.annotation, described.metadata)
    return with_value(data, above, mapping)


def _example(annotation: Any, marks: Collection[Any] = ()) -> Any:
    """Return an example value of a type, in the form of the file. pydantic may refuse the value."""
    for one in marks:
        if example := getattr(one, "example", ""):
            return str(example).strip('"')
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _example(arguments[0], arguments[1:])
    if origin is Literal:
        return arguments[0]
    shortest = max((one.min_length for one in marks if isinstance(one, MinLen)), default=0)
    if origin is tuple:
        return (_example(arguments[0]),) * min(shortest, 1)
    if origin is Mapping:
        return {_example(arguments[0]): _example(arguments[1])} if shortest else {}
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        required = {name: info for name, info in annotation.model_fields.items() if info.is_required()}
        return {name: _example(info.annotation, info.metadata) for name, info in required.items()}
    if annotation is int:
        return next((one.ge for one in marks if isinstance(one, Ge)), 1)
    return next((_example(one) for one in arguments if one is not NoneType), False)


def _firewall_rule(path: Path) -> Path:
    """Return the path of the firewall rule that contains a path; empty for a path outside firewall rules."""
    for length in (2, 3):
        if path[length - 1 : length] == ("firewall_rules",) and path[0] == ("hub", "spokes")[length - 2]:
            return path[: length + 1]
    return ()


def _without(data: Any, removed: Set[Path], path: Path) -> Any:
    """Return the data at `path` without the values at the removed paths."""
    if isinstance(data, tuple):
        return tuple(_without(item, removed, (*path, index)) for index, item in enumerate(data))
    if isinstance(data, dict):
        kept = ((key, value, (*path, key)) for key, value in data.items())
        return {key: _without(value, removed, at) for key, value, at in kept if at not in removed}
    return data
