"""HVN022: a value does not have the type of its field. The fix is a valid value if the written value suggests one."""

import re
from collections.abc import Mapping
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from hvn.check.model_paths import Location, annotations, clean, field, keys, marks, models, models_in, purpose
from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.diagnostics.message import Field, Words
from hvn.topology.fields.marks import Text
from hvn.yamlfile.writing import scalar

WRONG_TYPE = Rule(
    id="HVN022",
    name="wrong-type",
    reports=("A value does not have the type of its field, for example a number instead of a string."),
    why="a conversion could change the value (1.30 would become 1.3)",
    fix="write a value of the field's type",
    example="name: 123",
    see="docs/reference/topology.md",
)

NO_VALUE = "a key without a value can mean the default or a forgotten value"

IN_QUOTES = "put the value in quotes: {quoted}"
NUMBER = "a whole number without quotes"

TYPES = {
    "string_type": "text",
    "int_type": NUMBER,
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "mapping_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}
_NAMES = {str: "text", bool: "true or false", int: "a number", NoneType: "empty", tuple: "a list"}


def wrong_type(location: Location, wanted: str, value: Any) -> Finding:
    """Return the finding about a value that is not `wanted`, a type in words."""
    message = Message(
        "the value is {type}, not {wanted}",
        type=Words(_NAMES.get(type(value), "a mapping")),
        wanted=Words(wanted),
    )
    place = location[:-1] if location and location[-1] == "[key]" else location
    fix = _fix(location, wanted, value)
    return Finding(rule=WRONG_TYPE, path=clean(place), message=message, fix=fix, why=_why(place, wanted, value))


def _fix(location: Location, wanted: str, value: Any) -> Message:
    described = field(location)
    if value is None and described and not described.is_required():
        return Message("write {wanted}, or delete the key", wanted=Words(wanted))
    # `true` is plausible as the value of a tag or label, not of a field.
    texts = [mark for mark in marks(location) if isinstance(mark, Text)]
    if texts and wanted == "text" and isinstance(value, bool) and location[-1] in keys(location[:-1]):
        return texts[0].fix()
    if wanted == "text" and isinstance(value, int | bool):
        return as_text(location, str(value).lower() if isinstance(value, bool) else str(value))
    if wanted == NUMBER and (number := re.fullmatch(r"([0-9]{1,9})\s*([A-Za-z]*|%)", str(value))):
        without = "a unit" if number[2] else "quotes"
        return Message("write {number} without {without}", number=int(number[1]), without=Words(without))
    if wanted == "true or false" and isinstance(value, str) and value.lower() in ("true", "false"):
        return Message("write {value} without quotes", value=value.lower())
    if wanted == "a list" and isinstance(value, Mapping):
        return Message("put the mapping into a list: after `- `, or between [ and ]")
    if line := _line(location, wanted, value):
        return Message("write {line}", line=line)
    if wanted == "a mapping" and isinstance(value, tuple) and value:
        if all(isinstance(item, Mapping) for item in value):
            return Message("delete the - at the start of each item")
        return Message("write `NAME: VALUE` in place of each list item")
    return Message("write {wanted}", wanted=Words(wanted))


def as_text(location: Location, text: str) -> Message:
    """Return the fix that puts the text of a value in quotes. If the field refuses the text, return the fix of the
    field's mark."""
    for mark in marks(location):
        try:
            if check := getattr(mark, "check", None):
                check(text)
        except PydanticCustomError as error:
            if error.context:
                refused: Message = error.context["fix"]
                return refused
    return Message(IN_QUOTES, quoted=f'"{text}"')


def takes(location: Location, wanted: type) -> bool:
    """Return whether the field at a location accepts values of this type and no text."""
    accepted = set(_types(annotations(location)))
    return wanted in accepted and str not in accepted


def _types(alternatives: Any) -> set[Any]:
    """Return the types in annotations and their unions."""
    found: set[Any] = set()
    for one in alternatives:
        inner = getattr(one, "__origin__", one) if hasattr(one, "__metadata__") else one
        found |= _types(get_args(inner)) if get_origin(inner) in (Union, UnionType) else {inner}
    return found


def _why(location: Location, wanted: str, value: Any) -> Message | str:
    """Return the reason for the finding about a type. For a mapping or list, return the purpose of the field. Return an
    empty string if the rule's own reason, a possible conversion, applies."""
    if value is None:
        return NO_VALUE
    structure = wanted in {"a mapping", "a list"} or isinstance(value, Mapping | tuple | list)
    return described(location) if structure else ""


def described(location: Location) -> Message | str:
    """Return the description of the field at a location, or an empty string."""
    text = purpose(location)
    return Message("{field}: {purpose}", field=Field(clean(location)), purpose=Words(text)) if text else ""


def example(info: FieldInfo) -> str:
    """Return a valid value of a field in YAML notation, or an empty string."""
    if get_origin(info.annotation) is Literal:
        return str(get_args(info.annotation)[0])
    for mark in info.metadata:
        if shown := getattr(mark, "example", ""):
            return str(shown)
    return str(info.examples[0]) if info.examples else ""


def _line(location: Location, wanted: str, value: Any) -> str:
    """Return the line of YAML with the written value in the wanted form, or an empty string."""
    if wanted == "a mapping":
        return mapping_line(location, value)
    path = clean(location)
    key = str(path[-1]) if path else "[key]"
    if key == "[key]":
        return ""
    if wanted == "a list" and isinstance(value, str | int) and not isinstance(value, bool) and value != "":
        of_mappings = any(models((*location, 0)))
        parts = [part.strip() for part in str(value).split(",")]
        item = mapping_line((*location, 0), value) if of_mappings else ", ".join(scalar(one) for one in parts if one)
        return f"{key}: [{item}]" if item else ""
    if wanted == "text" and isinstance(value, tuple) and len(value) == 1 and isinstance(value[0], str):
        return f"{key}: {scalar(value[0])}" if isinstance(path[-1], str) else scalar(value[0])
    return ""


def mapping_line(location: Location, value: Any) -> str:
    """Return the line of YAML with the required keys of the field at a location. Return an empty string if a required
    value has no example. A single required key gets the value of the file."""
    while str(location[-1]).startswith("<"):
        location = location[:-1]
    key, info = str(location[-1]), field(location)
    item = isinstance(location[-1], int)
    if not item and (info is None or key not in keys(location[:-1])):
        return ""
    model = next(models(location) if item else models_in(info.annotation if info else None), None)
    if model is None:
        return ""
    examples = {name: example(inner) for name, inner in model.model_fields.items() if inner.is_required()}
    if len(examples) == 1 and isinstance(value, str) and value:
        examples = dict.fromkeys(examples, scalar(value))
    if item and isinstance(value, str) and value and "name" in examples:
        examples["name"] = scalar(value)
    if not all(examples.values()):
        return ""
    mapping = f"{{{', '.join(f'{name}: {shown}' for name, shown in examples.items())}}}"
    return mapping if item else f"{key}: {mapping}"


def empty(location: Location) -> Finding:
    """Return the finding about a key without a value."""
    info = field(location)
    fix = Message("write a value, or delete the key")
    literals = [one for one in _types(annotations(location)) if get_origin(one) is Literal]
    if literals:
        fix = Message("write one of {choices}", choices=tuple(map(str, get_args(literals[0]))))
    elif info is None or info.is_required():
        fix = Message("write a value")
    elif line := mapping_line(location, None):
        fix = Message("write {line}, or delete the key", line=line)
    path = clean(location)
    message = Message("the key {key} has no value", key=str(path[-1]))
    return Finding(rule=WRONG_TYPE, path=path, message=message, fix=fix, why=NO_VALUE)
