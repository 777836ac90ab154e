"""Errors of shape: keys that are unknown or missing, values of the wrong kind. pydantic finds them, this words them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError

from hvn.check import kubernetes_auth
from hvn.diagnostics.finding import Breach, Finding, Path, Rule
from hvn.diagnostics.printable import printable
from hvn.diagnostics.suggest import closest
from hvn.topology.model import (
    AzurermState,
    CloudState,
    ExistingHub,
    LocalState,
    NewHub,
    OtherUpgrade,
    ScheduledUpgrade,
    Topology,
)

UNKNOWN_KEY = Rule(
    id="HVN020",
    name="unknown-key",
    why="a key that nobody reads is a setting that silently does not hold",
    see="docs/reference/topology.md",
)
MISSING_KEY = Rule(
    id="HVN021",
    name="missing-key",
    why="there is no value that would be right for everyone",
    see="docs/reference/topology.md",
)
WRONG_TYPE = Rule(
    id="HVN022",
    name="wrong-type",
    why="it would be read as something you did not mean",
    see="docs/reference/topology.md",
)
WRONG_VALUE = Rule(
    id="HVN023",
    name="wrong-value",
    why="the clouds refuse it, most of them only when it is applied",
    see="docs/reference/topology.md",
)

RULES = (UNKNOWN_KEY, MISSING_KEY, WRONG_TYPE, WRONG_VALUE)

# Tenants: managed identities and role assignments end at the tenant, so a spoke cannot lie in another one.
HINTS = {
    "tenant_id": "there is one tenant, azure.tenant_id: managed identities do not work across tenants",
    "min_vault_version": "left out on purpose: changing it replaces the cluster, and every secret is lost",
    "public_endpoint": "the Vault cluster is always private here",
}

# Where the model has several shapes: the names that pydantic gives them (the tags of the unions).
CHOICES: Mapping[Path, Mapping[str, type[BaseModel]]] = {
    ("state",): {"local": LocalState, "azurerm": AzurermState, "cloud": CloudState},
    ("hub",): {"<new>": NewHub, "<existing>": ExistingHub},
    ("vault", "upgrade"): {"SCHEDULED": ScheduledUpgrade, "AUTOMATIC": OtherUpgrade, "MANUAL": OtherUpgrade},
}

KINDS = {
    "string_type": "text",
    "int_type": "a whole number without quotes",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "mapping_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}


def shape(data: Any) -> tuple[Topology | None, tuple[Finding, ...]]:
    """Read plain data as a topology: the model, or None and everything that is wrong with its shape."""
    try:
        return Topology.model_validate(data), ()
    except ValidationError as error:
        found = error.errors(include_url=False)
        paths = [clean(each["loc"]) for each in found]
        reported = [_breach(each) for each in found if not _follows(each, paths)]
        return None, tuple(breach.finding(rule) for rule, breach in reported)


def _follows(error: Mapping[str, Any], paths: Sequence[Path]) -> bool:
    """A list counts as too short when its items are wrong: that is said of the items already."""
    path = clean(error["loc"])
    return error["type"] == "too_short" and any(len(each) > len(path) and each[: len(path)] == path for each in paths)


def _breach(error: Mapping[str, Any]) -> tuple[Rule, Breach]:
    kind: str = error["type"]
    path = clean(error["loc"])
    context: Mapping[str, Any] = error.get("ctx", {})
    if meant := kubernetes_auth.asked(path, error["input"]):
        return kubernetes_auth.RULE, meant
    if kind == "extra_forbidden":
        return UNKNOWN_KEY, _unknown_key(error["loc"])
    if kind == "missing":
        whose = "" if path[:-1] else "the file "
        return MISSING_KEY, Breach(path[:-1], f"{whose}has no `{path[-1]}`", _describe(error["loc"]), at_key=True)
    if kind in KINDS:
        return WRONG_TYPE, _wrong_type(path, KINDS[kind], error["input"])
    if kind in {"text", "range", "address"}:
        wrong = f"{printable(str(error['input']))} {error['msg']}"
        if len(path) > 1 and path[-1] == "[key]" and path[-2] == error["input"]:
            return WRONG_VALUE, Breach(path[:-1], f"the name {wrong}", context["fix"], at_key=True)
        return WRONG_VALUE, Breach(path, wrong, context["fix"])
    if kind in {"literal_error", "union_tag_invalid"}:
        valid = context.get("expected") or context["expected_tags"]
        key = str(context.get("discriminator", "")).strip("'")
        given = error["input"][key] if key else error["input"]
        at = (*path, key) if key else path
        if isinstance(given, bool | None | Mapping | tuple) or isinstance(given, int) == ("'" in valid):
            return WRONG_TYPE, _wrong_type(at, f"one of {_listed(valid)}", given)
        return WRONG_VALUE, Breach(at, f"{printable(str(given))} is not a valid value", f"one of {_listed(valid)}")
    if kind == "union_tag_not_found":
        key = str(context["discriminator"]).strip("'")
        return MISSING_KEY, Breach(path, f"has no `{key}`", f"add it: one of {', '.join(CHOICES[path])}", at_key=True)
    if kind in {"greater_than_equal", "less_than_equal"}:
        bound = f"at least {context['ge']}" if "ge" in context else f"at most {context['le']}"
        return WRONG_VALUE, Breach(path, f"{error['input']} is out of range", f"it must be {bound}")
    if kind in {"too_short", "too_long"}:
        bound = f"at least {context['min_length']}" if kind == "too_short" else f"at most {context['max_length']}"
        return WRONG_VALUE, Breach(path, f"has {context['actual_length']} entries", f"it must have {bound}")
    return WRONG_VALUE, Breach(path, printable(error["msg"]), "see the reference page of the topology file")


def clean(location: Sequence[str | int]) -> Path:
    """pydantic's location without the name of the shape that it chose where the model has several."""
    return tuple(part for part, chosen in _steps(location) if chosen is None)


def _steps(location: Sequence[str | int]) -> Iterator[tuple[str | int, type[BaseModel] | None]]:
    """Each part of a location, and the model if it names the shape that was chosen instead of a key."""
    path: Path = ()
    just_chosen = False
    for part in location:
        chosen = None if just_chosen else CHOICES.get(path, {}).get(str(part))
        if chosen is None:
            path = (*path, part)
        just_chosen = chosen is not None
        yield part, chosen


def _unknown_key(location: Sequence[str | int]) -> Breach:
    path = clean(location)
    key, valid = str(path[-1]), tuple(fields(location[:-1]))
    near = closest(key, valid)
    fix = f"did you mean `{near}`?" if near else f"valid here: {', '.join(valid)}" if valid else "take it out"
    return Breach(path, "is not a key that is known here", HINTS.get(key, fix), at_key=True)


def _wrong_type(path: Path, wanted: str, given: Any) -> Breach:
    what = {str: "text", bool: "true or false", int: "a number", type(None): "nothing", tuple: "a list"}.get(
        type(given), "a mapping"
    )
    fix = f"write {wanted}"
    if wanted == "text" and isinstance(given, int | bool):
        fix = f'put it in quotes: "{str(given).lower() if isinstance(given, bool) else given}"'
    elif wanted in {"a mapping", "a list"} and given is None:
        fix = f"write {wanted}, or take the key out"
    if path and path[-1] == "[key]":
        path = path[:-1]
    return Breach(path, f"is {what}, not {wanted}", fix)


def _describe(path: Sequence[str | int]) -> str:
    """What the missing key is for, from the model's own description."""
    for model in models(path[:-1]):
        field = model.model_fields.get(str(path[-1]))
        if field and field.description:
            example = f", for example {_example(field)}" if _example(field) else ""
            return f"add `{path[-1]}`{example}: {' '.join(field.description.split())}"
    return f"add `{path[-1]}`"


def _example(field: Any) -> str:
    for mark in field.metadata:
        example = getattr(mark, "example", "")
        if example:
            return str(example)
    return ""


def fields(path: Sequence[str | int]) -> Iterator[str]:
    """The keys that may stand in the mapping at this path, in the model's order."""
    seen = set()
    for model in models(path):
        for name in model.model_fields:
            if name not in seen:
                seen.add(name)
                yield name


def models(path: Sequence[str | int]) -> Iterator[type[BaseModel]]:
    """The models that the mapping at this path may be (several for a choice such as a new or an existing hub)."""
    found: list[Any] = [Topology]
    for part, chosen in _steps(path):
        found = [chosen] if chosen else [inner for annotation in found for inner in _step(annotation, part)]
    for annotation in found:
        yield from _models(annotation)


def _step(annotation: Any, part: str | int) -> Iterator[Any]:
    if get_origin(annotation) is tuple:
        yield get_args(annotation)[0]
    elif get_origin(annotation) is Mapping:
        yield get_args(annotation)[1]
    else:
        for model in _models(annotation):
            if part in model.model_fields:
                yield model.model_fields[str(part)].annotation


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type):
        if issubclass(annotation, BaseModel):
            yield annotation
    elif get_origin(annotation) is not Mapping:
        for member in get_args(annotation):
            yield from _models(member)


def _listed(expected: str) -> str:
    return expected.replace("'", "").replace(" or ", ", ")
