"""docs/reference/topology.md: every field of the topology file, as the model has it."""

import inspect
import types
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from hvn.topology import model
from hvn.topology.fields import Address, Range, Text
from pages.markdown import code, page, table


class Kind(NamedTuple):
    """What a field takes, in words; an example; and the models inside it, each with what is put behind the path."""

    words: str
    example: str = ""
    inner: tuple[tuple[str, type[BaseModel]], ...] = ()


# Names for the keys of mappings, and for the alternatives of unions.
KEYS = {"spokes": "<spoke>", "apps": "<app>", "subnets": "<subnet>", "address_pools": "<pool>", "tags": "<tag>"}
ALTERNATIVES: Mapping[type[BaseModel], str] = {
    model.NewHub: " (new)",
    model.ExistingHub: " (existing)",
    model.LocalState: " (backend: local)",
    model.AzurermState: " (backend: azurerm)",
    model.CloudState: " (backend: cloud)",
    model.ScheduledUpgrade: " (type: SCHEDULED)",
    model.OtherUpgrade: " (type: AUTOMATIC or MANUAL)",
}


def made() -> str:
    """The page."""
    intro = (
        "Every field of `config/topology.yaml`. The file is strict YAML: no anchors, no tags, unknown keys are "
        "errors, and values that\nYAML readers disagree about must be in quotes. Editors complete it with "
        "`config/topology.schema.json`. Rules\nbetween several fields are in [rules](rules.md)."
    )
    sections = dict.fromkeys(_sections(model.Topology, ""))  # hub.vault_peering stands in both kinds of hub
    return page("The topology file", "the model in hvn/topology/model", intro, *sections)


def _sections(type_: type[BaseModel], path: str, title: str = "") -> Iterator[str]:
    rows = []
    inside: list[tuple[str, str, type[BaseModel]]] = []
    for name, field in type_.model_fields.items():
        at = f"{path}.{name}" if path else name
        kind = _kind(field.annotation, field.metadata, name)
        rows.append([code(name), kind.words, _default(field), field.description or "", code(kind.example)])
        inside += [
            (f"{at}{behind}", f"`{at}{behind}`{ALTERNATIVES.get(each, '')}", each) for behind, each in kind.inner
        ]
    head = ("key", "type", "default", "meaning", "example")
    yield f"## {title or 'The whole file'}\n\n{inspect.cleandoc(type_.__doc__ or '')}\n\n{table(head, rows)}"
    for at, heading, each in inside:
        yield from _sections(each, at, heading)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**required**"
    value = field.default
    if isinstance(value, BaseModel):
        return "its own defaults"
    if value is None or value == () or value == {}:
        return "none"
    if isinstance(value, bool):
        return code(str(value).lower())
    if isinstance(value, tuple):
        return ", ".join(code(str(each)) for each in value)
    return code(str(value))


def _kind(annotation: Any, metadata: Sequence[Any], name: str) -> Kind:
    """The words for one annotation. Unknown forms stop the program: a field must not be passed over."""
    for mark in metadata:
        if isinstance(mark, Text):
            return Kind(mark.rule, mark.example)
        if isinstance(mark, Range):
            return Kind("an IPv4 range", mark.example)
        if isinstance(mark, Address):
            return Kind("an IPv4 address", mark.example)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _kind(arguments[0], arguments[1:], name)
    if origin is Literal:
        return Kind(" · ".join(code(str(each)) for each in arguments))
    if origin in (Union, types.UnionType):
        return _union([each for each in arguments if each is not type(None)], name)
    if origin is tuple:
        inner = _kind(arguments[0], (), name)
        return Kind(f"a list: {inner.words}", inner.example, tuple((f"[]{at}", each) for at, each in inner.inner))
    if origin is Mapping:
        key, value = _kind(arguments[0], (), name), _kind(arguments[1], (), name)
        inside = tuple((f".{KEYS[name]}{at}", each) for at, each in value.inner)
        return Kind(f"a mapping: {key.words} → {value.words}", "" if inside else value.example, inside)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return Kind("a mapping, below", "", (("", annotation),))
    if annotation is bool:
        return Kind("`true` or `false`")
    if annotation is int:
        bounds = {type(mark).__name__: mark for mark in metadata}
        return Kind(f"a whole number, {bounds['Ge'].ge} to {bounds['Le'].le}")
    raise TypeError(f"{name}: no words for {annotation}")


def _union(members: Sequence[Any], name: str) -> Kind:
    kinds = [_kind(each, (), name) for each in members]
    if len(kinds) == 1:
        return kinds[0]
    return Kind("a mapping, below: one of several", "", tuple(inner for kind in kinds for inner in kind.inner))
