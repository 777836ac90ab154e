"""Unknown and missing keys, wrong types and wrong values (HVN020 to HVN023). pydantic detects these errors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args, get_origin

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from hvn.check import kubernetes_auth, unsupported_keys
from hvn.check.model_paths import Location, choices, clean, elsewhere, field, keys, models_in, purpose
from hvn.check.typos import UNKNOWN, WITHOUT_TAG, Corrected, correct, errors
from hvn.diagnostics.finding import Finding, Message, Path, Rule
from hvn.diagnostics.message import Field, Words
from hvn.diagnostics.suggest import closest
from hvn.topology.fields import REFUSED, Limit
from hvn.topology.model import Topology
from hvn.topology.model.base import EMPTY
from hvn.yamlfile.writing import scalar

UNKNOWN_KEY = Rule(
    id="HVN020",
    name="unknown-key",
    reports="The topology file contains an unknown key.",
    why="the project does not read the key, so the setting has no effect",
    fix="correct the spelling, or delete the key",
    example="azure:\n  regoin: japaneast",
    see="docs/reference/topology.md",
)
MISSING_KEY = Rule(
    id="HVN021",
    name="missing-key",
    reports="A required key is missing.",
    why="the key has no default",
    fix="add the key",
    example="hub:\n  runners: {cidr: 10.0.0.64/27}",
    see="docs/reference/topology.md",
)
WRONG_TYPE = Rule(
    id="HVN022",
    name="wrong-type",
    reports=("A value does not have the type of its field, for example a number instead of a string."),
    why="a conversion could change the value (1.30 would become 1.3)",
    fix="write a value of the field's type",
    example="name: 123",
    see="docs/reference/topology.md",
)
WRONG_VALUE = Rule(
    id="HVN023",
    name="wrong-value",
    reports="A value is outside the limits of its field.",
    why="Azure, HCP, Vault, Kubernetes or this format refuses the value; each finding states the limit",
    fix="write a value within the limit",
    example="hvn:\n  id: hvn-japaneast\n  cidr: 172.25.16.1/20",
    see="docs/reference/topology.md",
)

NO_VALUE = "a key without a value can mean the default or a forgotten value"

RULES = (UNKNOWN_KEY, MISSING_KEY, WRONG_TYPE, WRONG_VALUE)

_TYPES = {
    "string_type": "text",
    "int_type": "a whole number without quotes",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "mapping_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}


@dataclass(frozen=True, slots=True)
class Shape:
    """The topology of a file's data, or the findings about the data's shape."""

    topology: Topology | None
    findings: tuple[Finding, ...] = ()
    corrected: Corrected | None = None
    """The data without unknown keys, if the data has findings."""
    invalid: frozenset[Path] = frozenset()
    """The paths of invalid and missing values in the corrected data."""


def shape(data: Any) -> Shape:
    """Return the topology of plain data, or the findings about the data's shape: one finding for each mistake."""
    try:
        return Shape(Topology.model_validate(data))
    except ValidationError as error:
        corrected = correct(data, error.errors(include_url=False))
    remaining = errors(corrected.data)
    paths = [clean(one["loc"]) for one in remaining]
    reported = [
        one
        for one, path in zip(remaining, paths, strict=True)
        if not (one["type"] == "missing" and path in corrected.meant) and not _follows(one, paths)
    ]
    findings = [_finding(one) for one in (*corrected.unknown, *reported)]
    return Shape(
        None,
        tuple(replace(finding, path=corrected.written(finding.path)) for finding in findings),
        corrected,
        frozenset(paths) | frozenset(corrected.meant),
    )


def _follows(error: Mapping[str, Any], paths: Sequence[Path]) -> bool:
    """Return whether a list only seems too short, because pydantic does not count its invalid items."""
    path = clean(error["loc"])
    return error["type"] == "too_short" and any(
        len(other) > len(path) and other[: len(path)] == path for other in paths
    )


def _finding(error: Mapping[str, Any]) -> Finding:
    kind: str = error["type"]
    location: Location = error["loc"]
    path, value = clean(location), error["input"]
    context: Mapping[str, Any] = error.get("ctx", {})
    if kubernetes := kubernetes_auth.finding(path, value):
        return kubernetes
    if kind == UNKNOWN:
        return _unknown_key(location)
    if kind == "missing":
        return _missing_key(path, location)
    if kind == WITHOUT_TAG:
        key = str(context["discriminator"]).strip("'")
        return _missing_key((*path, key), (*path, key), tuple(choices(path)))
    if kind == EMPTY:
        return _empty(location)
    if kind in _TYPES:
        return _wrong_type(location, _TYPES[kind], value)
    if kind == REFUSED:
        at_key = len(path) > 1 and path[-1] == "[key]" and path[-2] == value
        place = path[:-1] if at_key else path
        message, fix, why = context["message"], context["fix"], context["why"]
        return Finding(rule=WRONG_VALUE, path=place, message=message, fix=fix, why=why, at_key=at_key)
    if kind in {"literal_error", "union_tag_invalid"}:
        key = str(context.get("discriminator", "")).strip("'")
        expected = str(context.get("expected") or context["expected_tags"])
        return _wrong_choice((*location, key) if key else location, expected, value[key] if key else value)
    return _out_of_bounds(location, kind, context, value)


def _missing_key(path: Path, location: Location, values: Sequence[str] = ()) -> Finding:
    """Return the finding about a missing key, at the mapping that lacks the key. `path` and `location` include the
    key."""
    key, missing = str(path[-1]), field(location)
    values = values or (missing and _choices(missing)) or ()
    fix = Message("add {key}", key=key)
    if values:
        fix = Message("add {key}: one of {choices}", key=key, choices=tuple(values))
    elif missing and (example := _example(missing)):
        fix = Message("add {key}, for example {line}", key=key, line=f"{key}: {example}")
    elif missing and (required := _required_keys(missing)):
        fix = Message("add {key} with the keys {required}", key=key, required=required)
    message = Message("the required key {key} is missing", key=key)
    return Finding(rule=MISSING_KEY, path=path[:-1], message=message, fix=fix, why=_purpose(location), at_key=True)


def _purpose(location: Location) -> Message | str:
    """Return the description of the field at a location, or an empty string."""
    text = purpose(location)
    return Message("{field}: {purpose}", field=Field(clean(location)), purpose=Words(text)) if text else ""


def _choices(described: FieldInfo) -> tuple[str, ...]:
    if get_origin(described.annotation) is Literal:
        return tuple(str(choice) for choice in get_args(described.annotation))
    return ()


def _example(described: FieldInfo) -> str:
    for mark in described.metadata:
        if example := getattr(mark, "example", ""):
            return str(example)
    return str(described.examples[0]) if described.examples else ""


def _required_keys(described: FieldInfo) -> tuple[str, ...]:
    """Return the required keys of the first model that a field can have."""
    for model in models_in(described.annotation):
        return tuple(name for name, inner in model.model_fields.items() if inner.is_required())
    return ()


def _unknown_key(location: Location) -> Finding:
    path = clean(location)
    key, valid = str(path[-1]), keys(location[:-1])
    message = Message("{key} is not a valid key at this place", key=key)
    if expected := unsupported_keys.entry(path):
        if expected.why:
            message = Message("{key} is not supported", key=key)
        fix = Message("{fix}", fix=Words(expected.fix))
        return Finding(rule=UNKNOWN_KEY, path=path, message=message, fix=fix, why=expected.why, at_key=True)
    if near := closest(key, valid):
        fix = Message("did you mean {near}?", near=near)
    elif place := elsewhere(location):
        fix = Message("move the key to {place}", place=Field(place))
    elif valid:
        fix = Message("the valid keys here are {valid}", valid=valid)
    else:
        fix = Message("delete the key")
    return Finding(rule=UNKNOWN_KEY, path=path, message=message, fix=fix, at_key=True)


def _wrong_type(location: Location, wanted: str, value: Any) -> Finding:
    types = {str: "text", bool: "true or false", int: "a number", type(None): "empty", tuple: "a list"}
    message = Message(
        "the value is {type}, not {wanted}", type=Words(types.get(type(value), "a mapping")), wanted=Words(wanted)
    )
    fix = Message("write {wanted}", wanted=Words(wanted))
    described = field(location)
    if wanted == "text" and isinstance(value, int | bool):
        text = str(value).lower() if isinstance(value, bool) else str(value)
        fix = Message("put the value in quotes: {quoted}", quoted=f'"{text}"')
    elif described and not described.is_required() and value is None:
        fix = Message("write {wanted}, or delete the key", wanted=Words(wanted))
    elif wanted == "a mapping" and (line := _mapping(location, value)):
        fix = Message("write {line}", line=line)
    path = clean(location)
    if path and path[-1] == "[key]":
        return Finding(
            rule=WRONG_TYPE, path=path[:-1], message=message, fix=fix, why=_type_why(location[:-1], wanted, value)
        )
    return Finding(rule=WRONG_TYPE, path=path, message=message, fix=fix, why=_type_why(location, wanted, value))


def _type_why(location: Location, wanted: str, value: Any) -> Message | str:
    """Return the reason for the finding about a type. For a mapping or list, return the purpose of the field. Return an
    empty string if the rule's own reason, a possible conversion, applies."""
    if value is None:
        return NO_VALUE
    structure = wanted in {"a mapping", "a list"} or isinstance(value, Mapping | tuple | list)
    return _purpose(location) if structure else ""


def _mapping(location: Location, value: Any) -> str:
    """Return the line of YAML with the required keys of the field at a location. Return an empty string if a required
    value has no example. A single required key gets the value of the file."""
    while str(location[-1]).startswith("<"):
        location = location[:-1]
    key, described = str(location[-1]), field(location)
    if described is None or key not in keys(location[:-1]):
        return ""
    model = next(iter(models_in(described.annotation)), None)
    if model is None:
        return ""
    examples = {name: _example(inner) for name, inner in model.model_fields.items() if inner.is_required()}
    if len(examples) == 1 and isinstance(value, str) and value:
        examples = dict.fromkeys(examples, scalar(value))
    if not all(examples.values()):
        return ""
    return f"{key}: {{{', '.join(f'{name}: {example}' for name, example in examples.items())}}}"


def _empty(location: Location) -> Finding:
    """Return the finding about a key without a value."""
    described = field(location)
    fix = Message("write a value, or delete the key")
    if described is None or described.is_required():
        fix = Message("write a value")
    elif line := _mapping(location, None):
        fix = Message("write {line}, or delete the key", line=line)
    path = clean(location)
    message = Message("the key {key} has no value", key=str(path[-1]))
    return Finding(rule=WRONG_TYPE, path=path, message=message, fix=fix, why=NO_VALUE)


def _wrong_choice(location: Location, expected: str, value: Any) -> Finding:
    """Return the finding about a value outside the valid choices. `expected` is pydantic's list of the choices."""
    choices = tuple(expected.replace("'", "").replace(" or ", ", ").split(", "))
    text = "'" in expected
    if isinstance(value, bool | None | Mapping | tuple) or isinstance(value, int) == text:
        return _wrong_type(location, f"one of {', '.join(choices)}", value)
    near = closest(str(value), choices)
    fix = Message("write one of {choices}", choices=choices)
    if near:
        fix = Message("did you mean {near}? The valid values are {choices}", near=near, choices=choices)
    elif len(choices) == 1:
        fix = Message("write {choice}", choice=choices[0])
    message = Message("{value} is not a valid value", value=str(value))
    return Finding(rule=WRONG_VALUE, path=clean(location), message=message, fix=fix, why=_limit(location))


def _out_of_bounds(location: Location, kind: str, context: Mapping[str, Any], value: Any) -> Finding:
    """Return the finding about a number or a length outside its limits."""
    limits: Mapping[str, int] = {key: limit for key, limit in context.items() if isinstance(limit, int)}
    fix = Message("docs/reference/topology.md states the limits of the field")
    if kind in {"too_short", "greater_than_equal"}:
        fix = Message("the minimum is {limit}", limit=limits.get("min_length", limits.get("ge", 0)))
    elif kind in {"too_long", "less_than_equal"}:
        fix = Message("the maximum is {limit}", limit=limits.get("max_length", limits.get("le", 0)))
    message = Message("{value} is out of range", value=str(value))
    if kind in {"too_short", "too_long"}:
        message = Message("the value has {count} entries", count=limits["actual_length"])
    return Finding(rule=WRONG_VALUE, path=clean(location), message=message, fix=fix, why=_limit(location))


def _limit(location: Location) -> str:
    """Return the vendor's limit of a field with its source, or an empty string if the model does not have the limit."""
    limited = field(location)
    if not limited:
        return ""
    # In `Annotated[int, LIMIT] | None` a member of the union has the limit.
    members = [mark for member in get_args(limited.annotation) for mark in getattr(member, "__metadata__", ())]
    return next((str(mark) for mark in (*limited.metadata, *members) if isinstance(mark, Limit)), "")
