"""Unknown and missing keys, wrong types and wrong values (HVN020 to HVN023). pydantic detects these errors."""

from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from hvn.check import kubernetes_auth, unsupported_keys
from hvn.check.model_paths import Location, choices, clean, elsewhere, field, keys, marks, models_in
from hvn.check.typos import UNKNOWN, WITHOUT_TAG, Corrected, correct, errors
from hvn.check.wrong_type import IN_QUOTES, TYPES, WRONG_TYPE, described, empty, example, wrong_type
from hvn.diagnostics.finding import Finding, Message, Path, Rule
from hvn.diagnostics.message import Field, Words
from hvn.diagnostics.similar import foreign
from hvn.diagnostics.suggest import closest
from hvn.topology.fields import REFUSED, Limit
from hvn.topology.model import Topology
from hvn.topology.model.base import EMPTY

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
WRONG_VALUE = Rule(
    id="HVN023",
    name="wrong-value",
    reports="A value is outside the limits of its field.",
    why="Azure, HCP, Vault, Kubernetes or this format refuses the value; each finding states the limit",
    fix="write a value within the limit",
    example="hvn:\n  id: hvn-japaneast\n  cidr: 172.25.16.1/20",
    see="docs/reference/topology.md",
)

RULES = (UNKNOWN_KEY, MISSING_KEY, WRONG_TYPE, WRONG_VALUE)


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
        return Shape(Topology.model_validate(data), tuple(_without_vault_route(data)))
    except ValidationError as error:
        corrected = correct(data, error.errors(include_url=False))
    remaining = errors(corrected.data)
    paths = [clean(one["loc"]) for one in remaining]
    reported = [
        one
        for one, path in zip(remaining, paths, strict=True)
        if not (one["type"] == "missing" and path in corrected.meant) and not _follows(one, paths)
    ]
    findings = _without_repeated([_finding(one) for one in (*corrected.unknown, *reported)])
    findings += _without_vault_route(corrected.data, corrected.meant)
    return Shape(
        None,
        tuple(replace(finding, path=corrected.written(finding.path)) for finding in findings),
        corrected,
        frozenset(paths) | frozenset(corrected.meant),
    )


def _without_repeated(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings, with one finding about a list of numbers without quotes."""
    lists = Counter(one.path[:-1] for one in findings if _is_unquoted_item(one))
    kept = []
    for one in findings:
        place = one.path[:-1]
        if _is_unquoted_item(one) and lists[place] > 1:
            message, fix = Message("the items are numbers, not text"), Message("put each item in quotes")
            one = replace(one, path=place, message=message, fix=fix)
            if one in kept:
                continue
        kept.append(one)
    return kept


def _is_unquoted_item(finding: Finding) -> bool:
    item = isinstance(finding.path[-1] if finding.path else "", int)
    return item and isinstance(finding.fix, Message) and finding.fix.template == IN_QUOTES


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
        return _unknown_key(location, error["near"], renamed=error["renamed"])
    if kind == "missing":
        return _missing_key(path, location)
    if kind == WITHOUT_TAG:
        key = str(context["discriminator"]).strip("'")
        return _missing_key((*path, key), (*path, key), tuple(choices(path)))
    if kind == EMPTY:
        return empty(location)
    if kind in TYPES:
        return wrong_type(location, TYPES[kind], value)
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
    if len(values) == 1:
        fix = Message("add {line}", line=f"{key}: {values[0]}")
    elif values:
        fix = Message("add {key}: one of {choices}", key=key, choices=tuple(values))
    elif missing and (shown := example(missing)):
        fix = Message("add {key}, for example {line}", key=key, line=f"{key}: {shown}")
    elif missing and (required := _required_keys(missing)):
        fix = Message("add {key} with the keys {required}", key=key, required=required)
    message = Message("the required key {key} is missing", key=key)
    return Finding(rule=MISSING_KEY, path=path[:-1], message=message, fix=fix, why=described(location), at_key=True)


def _without_vault_route(data: Any, meant: Container[Path] = ()) -> Iterator[Finding]:
    """Yield a finding for each spoke that lacks `vault_route`. The field is optional in the model, because a spoke with
    `vnet_of` does not have the field. `meant` has the missing fields that a misspelled key could set."""
    spokes = data.get("spokes") if isinstance(data, Mapping) else None
    for name, spoke in spokes.items() if isinstance(spokes, Mapping) else ():
        path = ("spokes", name, "vault_route")
        if isinstance(spoke, Mapping) and not {"vault_route", "vnet_of"} & spoke.keys() and path not in meant:
            yield _missing_key(path, path)


def _choices(info: FieldInfo) -> tuple[str, ...]:
    return tuple(map(str, _literals(info.annotation)))


def _literals(annotation: Any) -> Iterator[Any]:
    """Yield the values of a `Literal`, also as a part of a union."""
    if get_origin(annotation) is Literal:
        yield from get_args(annotation)
    elif get_origin(annotation) in (Union, UnionType, Annotated):
        for inner in get_args(annotation):
            yield from _literals(inner)


def _required_keys(info: FieldInfo) -> tuple[str, ...]:
    """Return the required keys of the first model that a field can have."""
    for model in models_in(info.annotation):
        return tuple(name for name, inner in model.model_fields.items() if inner.is_required())
    return ()


def _unknown_key(location: Location, near: str, *, renamed: bool) -> Finding:
    """Return the finding about an unknown key. `near` is a similar valid key. `renamed`: the key is a misspelled key of
    the model."""
    path = clean(location)
    key, valid = str(path[-1]), keys(location[:-1])
    message = Message("{key} is not a valid key at this place", key=key)
    if not renamed and (expected := unsupported_keys.entry(path)):
        if expected.why:
            message = Message("{key} is not supported", key=key)
        fix = Message("{fix}", fix=Words(expected.fix))
        return Finding(rule=UNKNOWN_KEY, path=path, message=message, fix=fix, why=expected.why, at_key=True)
    if near:
        fix = Message("did you mean {near}?", near=near)
        if character := foreign(key):
            message = Message("{key} contains {character}", key=key, character=character)
    elif place := elsewhere(location):
        fix = Message("move the key to {place}", place=Field(place))
    elif valid:
        fix = Message("the valid keys here are {valid}", valid=valid)
    else:
        fix = Message("delete the key")
    return Finding(rule=UNKNOWN_KEY, path=path, message=message, fix=fix, at_key=True)


def _wrong_choice(location: Location, expected: str, value: Any) -> Finding:
    """Return the finding about a value outside the valid choices. `expected` is pydantic's list of the choices."""
    choices = tuple(expected.replace("'", "").replace(" or ", ", ").split(", "))
    text = "'" in expected
    if isinstance(value, bool | None | Mapping | tuple) or isinstance(value, int) == text:
        if value in choices and not text:
            wanted = f"the number {value}"
            return replace(
                wrong_type(location, wanted, value), fix=Message("write {value} without quotes", value=value)
            )
        wanted = choices[0] if len(choices) == 1 else f"one of {', '.join(choices)}"
        return wrong_type(location, wanted, value)
    begun = [one for one in choices if len(str(value)) > 1 and one.startswith(str(value).lower())]
    near = closest(str(value), choices) or (begun[0] if len(begun) == 1 else "")
    fix = Message("write one of {choices}", choices=choices)
    if len(choices) == 1:
        fix = Message("write {choice}", choice=choices[0])
    elif near:
        fix = Message("did you mean {near}? The valid values are {choices}", near=near, choices=choices)
    message = Message("{value} is not a valid value", value=str(value))
    if near and (character := foreign(str(value))):
        message = Message("{value} contains {character}", value=str(value), character=character)
    return Finding(rule=WRONG_VALUE, path=clean(location), message=message, fix=fix, why=_limit(location))


def _out_of_bounds(location: Location, kind: str, context: Mapping[str, Any], value: Any) -> Finding:
    """Return the finding about a number or a length outside its limits."""
    limits: Mapping[str, int] = {key: limit for key, limit in context.items() if isinstance(limit, int)}
    message = Message("{value} is out of range", value=str(value))
    fix = Message("docs/reference/topology.md states the limits of the field")
    bounds = {type(one).__name__: one for mark in marks(location) for one in getattr(mark, "metadata", (mark,))}
    if kind in {"too_short", "too_long"}:
        message = Message("the value has {count} entries", count=limits["actual_length"])
    if kind == "too_short" and (
        shown := next((one.example for one in marks((*location, 0)) if hasattr(one, "example")), "")
    ):
        fix = Message("write at least {limit}, for example {line}", limit=limits["min_length"], line=f"[{shown}]")
    elif kind == "multiple_of":
        step = limits["multiple_of"]
        message = Message("{value} is not a multiple of {step}", value=str(value), step=step)
        fix = Message("write {below} or {above}", below=value // step * step, above=value // step * step + step)
    elif "Ge" in bounds and "Le" in bounds:
        fix = Message("write a number from {least} to {most}", least=bounds["Ge"].ge, most=bounds["Le"].le)
    elif kind in {"too_short", "greater_than_equal"}:
        fix = Message("the minimum is {limit}", limit=limits.get("min_length", limits.get("ge", 0)))
    elif kind in {"too_long", "less_than_equal"}:
        fix = Message("the maximum is {limit}", limit=limits.get("max_length", limits.get("le", 0)))
    return Finding(rule=WRONG_VALUE, path=clean(location), message=message, fix=fix, why=_limit(location))


def _limit(location: Location) -> str:
    """Return the vendor's limit of a field with its source, or an empty string if the model does not have the limit."""
    limited = field(location)
    if not limited:
        return ""
    # In `Annotated[int, LIMIT] | None` a member of the union has the limit.
    members = [mark for member in get_args(limited.annotation) for mark in getattr(member, "__metadata__", ())]
    return next((str(mark) for mark in (*limited.metadata, *members) if isinstance(mark, Limit)), "")
