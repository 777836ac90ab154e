"""List every field of the topology's model, with its places in a file, and with values that can replace its value.

A field's name is its path, for example `spokes.*(existing).cluster.apps.*.secrets[].path`. `*` is a key of a mapping,
`[]` an item of a list. Parentheses contain an alternative: the model's class if several are possible, and `new` or
`existing` for a part that can be managed outside this project. The tool may use a field of a new part and ignore the
field of an existing part, so these count as two fields.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import MultipleOf
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from hvn.topology.fields import Address, Range, Text

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class ModelField:
    """A field of the model, under one combination of alternatives."""

    path: str
    model: type[BaseModel]
    name: str

    @property
    def info(self) -> FieldInfo:
        """Return pydantic's facts about the field."""
        return self.model.model_fields[self.name]


def walk(model: type[BaseModel], at: str = "") -> Iterator[ModelField]:
    """Yield every field of a model and of its inner models."""
    for variant in ("(new)", "(existing)") if _may_exist(model) else ("",):
        for name, info in model.model_fields.items():
            if name == "existing" and variant == "(new)" and list(_inside(info.annotation)):
                continue  # an existing part has these fields, a new part does not
            path = f"{at}{variant}.{name}".removeprefix(".")
            yield ModelField(path, model, name)
            for step, inner in _inside(info.annotation):
                yield from walk(inner, f"{path}{step}")


def occurrences(model: type[BaseModel], data: Mapping[str, Any]) -> dict[str, list[Place]]:
    """Return the places of each field in a file, by the field's path."""
    places: dict[str, list[Place]] = {}
    for path, place in _occurrences(model, data, "", ()):
        places.setdefault(path, []).append(place)
    return places


def _occurrences(annotation: Any, value: Any, at: str, place: Place) -> Iterator[tuple[str, Place]]:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        yield from _occurrences(arguments[0], value, at, place)
    elif origin is tuple:
        for index, item in enumerate(value):
            yield from _occurrences(arguments[0], item, f"{at}[]", (*place, index))
    elif origin is Mapping:
        for key, item in value.items():
            yield from _occurrences(arguments[1], item, f"{at}.*", (*place, key))
    elif origin in (Union, UnionType):
        models = list(_models(arguments))
        for member in _members(arguments, value):
            named = f"({member.__name__})" if len(models) > 1 else ""
            yield from _occurrences(member, value, f"{at}{named}", place)
    elif _is_model(annotation):
        variant = ("(existing)" if value.get("existing") else "(new)") if _may_exist(annotation) else ""
        for name, item in value.items():
            path = f"{at}{variant}.{name}".removeprefix(".")
            yield path, (*place, name)
            yield from _occurrences(annotation.model_fields[name].annotation, item, path, (*place, name))


def _inside(annotation: Any) -> Iterator[tuple[str, type[BaseModel]]]:
    """Yield the models in an annotation, each with its part of the path."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        yield from _inside(arguments[0])
    elif origin is tuple:
        yield from ((f"[]{step}", inner) for step, inner in _inside(arguments[0]))
    elif origin is Mapping:
        yield from ((f".*{step}", inner) for step, inner in _inside(arguments[1]))
    elif origin in (Union, UnionType):
        models = list(_models(arguments))
        yield from ((f"({inner.__name__})" if len(models) > 1 else "", inner) for inner in models)
    elif _is_model(annotation):
        yield "", annotation


def _models(members: Sequence[Any]) -> Iterator[type[BaseModel]]:
    for member in members:
        if get_origin(member) in (Annotated, Union, UnionType):
            yield from _models(get_args(member))
        elif _is_model(member):
            yield member


def _members(members: Sequence[Any], value: Any) -> Iterator[Any]:
    """Yield the members of a union that accept a value, by the value's keys and constant fields."""
    models = list(_models(members))
    if not models:
        yield from (member for member in members if member is not type(None) and value is not None)
    elif isinstance(value, Mapping):
        yield from (model for model in models if _fits(model, value))


def _fits(model: type[BaseModel], value: Mapping[str, Any]) -> bool:
    fixed = {
        name: get_args(info.annotation)
        for name, info in model.model_fields.items()
        if get_origin(info.annotation) is Literal and info.is_required() and name in value
    }
    return value.keys() <= model.model_fields.keys() and all(value[name] in texts for name, texts in fixed.items())


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _may_exist(model: type[BaseModel]) -> bool:
    info = model.model_fields.get("existing")
    return info is not None and not info.is_required()


# --- Other values


def other_values(info: FieldInfo, value: Any) -> Iterator[Any]:
    """Yield values of the field's type that differ from this value; most of these values are valid in any topology."""
    yield from (other for other in _others(info.annotation, info.metadata, value) if other != value)


def has_fields(info: FieldInfo) -> bool:
    """Return whether the field's value has inner fields. Tests change the inner fields one by one."""
    return any(True for _ in _inside(info.annotation))


def _others(annotation: Any, marks: Sequence[Any], value: Any) -> Iterator[Any]:
    for mark in marks:
        if isinstance(mark, Text):
            yield from _texts(mark, value)
            return
        if isinstance(mark, Range):
            yield from _ranges(IPv4Network(value))
            return
        if isinstance(mark, Address):
            yield from (str(IPv4Address(value) + step) for step in (1, -1))
            return
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        yield from _others(arguments[0], arguments[1:], value)
    elif origin is Literal:
        yield from arguments
    elif origin is tuple:
        yield from (value[:index] + value[index + 1 :] for index in range(len(value)))
        yield from ([*value, other] for other in _others(arguments[0], (), value[0]) if other not in value)
    elif origin is Mapping:
        yield from ({key: item for key, item in value.items() if key != left_out} for left_out in value)
    elif origin in (Union, UnionType):
        for member in _members(arguments, value):
            yield from _others(member, (), value)
    elif annotation is bool:
        yield not value
    elif annotation is int:
        step = next((mark.multiple_of for mark in marks if isinstance(mark, MultipleOf)), 1)
        yield from (value + step, value - step)
    # A model has no other values itself: tests change its fields.


def _texts(kind: Text, value: str) -> Iterator[str]:
    """Yield the example of this kind of text, then the value with a different last character or an additional
    character."""
    changed = (kind.example.strip('"'), *(value[:-1] + last for last in "b2z"), value + "b", value + "2", "2" + value)
    yield from (text for text in dict.fromkeys(changed) if re.fullmatch(kind.pattern, text))


def _ranges(cidr: IPv4Network) -> Iterator[str]:
    """Yield the halves of a range, and the next range."""
    yield from map(str, cidr.subnets())
    yield str(IPv4Network((int(cidr.network_address) ^ cidr.num_addresses, cidr.prefixlen)))
