"""docs/reference/topology.md: every field of the topology file, from the model."""

import inspect
import re
import types
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from hvn.topology import model
from hvn.topology.descriptions import description
from hvn.topology.fields import Address, Range, Text
from hvn.topology.fields.resource_names import NamePattern
from pages.markdown import code, page


class Kind(NamedTuple):
    """The type of a field in words, an example, and the models inside the type with the suffixes of their paths.

    `keys` describes the keys of a mapping.
    """

    words: str
    example: str = ""
    inner: tuple[tuple[str, type[BaseModel]], ...] = ()
    keys: str = ""


# A text's length and characters, which the page shows, and its other conditions.
CHARACTERS = re.compile(
    r"((?:\d+ to|at most) .*?(?: and .*?)??)(?:;|, (?:a letter|beginning|except|no|not|with|and no)\b).*"
)

# Placeholders for the keys of mappings, and headings for the alternatives of unions.
KEYS = {
    "spokes": "<spoke>",
    "apps": "<app>",
    "subnets": "<subnet>",
    "firewall_rules": "<rule>",
    "dnat_rules": "<rule>",
    "roles": "<role>",
    "rules": "<rule>",
    "routes": "<route>",
    "network_security_groups": "<nsg>",
    "route_tables": "<table>",
    "address_pools": "<pool>",
    "node_pools": "<pool>",
    "peerings": "<peering>",
    "namespaces": "<namespace>",
    "database_engines": "<engine>",
    "pki_engines": "<engine>",
    "on_premises": "<site>",
    "tags": "<tag>",
    "templates": "<key>",
}

ALTERNATIVES: Mapping[type[BaseModel], str] = {
    model.NewHub: " (new)",
    model.ExistingHub: " (existing)",
    model.ExistingCluster: " (existing)",
    model.LocalState: " (backend: local)",
    model.AzurermState: " (backend: azurerm)",
    model.CloudState: " (backend: cloud)",
    model.ScheduledUpgrade: " (type: SCHEDULED)",
    model.OtherUpgrade: " (type: AUTOMATIC or MANUAL)",
}


# Only the first field of a type has an example. Later fields refer to the first field if the description of their type
# is long.
NONE, REQUIRED = "none", "required"
LONG = 4


def made() -> str:
    """Return the Markdown of docs/reference/topology.md."""
    intro = (
        "This page lists every field of `config/topology.yaml`. Required fields are bold. A description that begins "
        'with "True:"\nbelongs to a Boolean with the default `false`. Fields with the name `cidr` or `…_cidr` are IPv4 '
        'ranges. "=FIELD" means the\ntype of that field. [Rules](rules.md) describe conditions for several fields.'
        "\n\nThe file is strict YAML without anchors and tags; unknown keys are errors. Quote ambiguous values, such "
        "as `no`. Editors\nuse `config/topology.schema.json`; this schema contains all conditions of names."
    )
    sections = _sections(model.Topology, "", {}, {})
    return page("The topology file", "the model in hvn/topology/model", intro, *sections)


def _sections(
    type_: type[BaseModel], path: str, first: dict[str, str], listed: dict[type[BaseModel], str], title: str = ""
) -> Iterator[str]:
    """Yield the sections of a mapping and its inner mappings.

    `first` maps the words for a type, keys or values to the path of the first field with these words. `listed` maps the
    model of each listed mapping to its path.
    """
    rows: dict[str, list[str]] = {}
    inside: list[tuple[str, str, type[BaseModel]]] = []
    base = next(one for one in type_.__mro__[1:] if issubclass(one, BaseModel))
    same_as = listed.get(base, "")
    for name, field in type_.model_fields.items():
        if (same_as and name in base.model_fields) or (type_ in ALTERNATIVES and _is_constant(field)):
            continue
        at = f"{path}.{name}" if path else name
        kind = _kind(field.annotation, field.metadata, name)
        known = listed | {inner: at for at, _, inner in inside}
        if kind.inner and all(inner in known for _, inner in kind.inner):
            kind = Kind(f"={code(known[kind.inner[0][1]])}")
        meaning, default = _meaning_and_default(type_, name)
        details: list[str] = []
        if type_ in (model.HubNames, model.SpokeNames):
            meaning = "as in `naming`." if name in model.Naming.model_fields else meaning
        elif not meaning.startswith("True:"):
            details = [words for words in (_type(kind, at, first), _default_words(default)) if words]
        if "" in [suffix for suffix, _ in kind.inner]:
            meaning = ""  # The field's own section describes the field.
        text = (f" ({'; '.join(details)})" if details else "") + (f": {meaning}" if meaning else "")
        rows.setdefault(text, []).append(f"**{code(name)}**" if default == REQUIRED else code(name))
        inside += [
            (f"{at}{suffix}", f"`{at}{suffix}`{ALTERNATIVES.get(inner, '')}", inner) for suffix, inner in kind.inner
        ]
    lines = [f"{', '.join(names)}{text}" for text, names in rows.items()]
    if same_as:
        lines.append(f"As in `{same_as}`: {', '.join(code(name) for name in base.model_fields)}.")
    elif base.model_fields:
        listed[base] = path
    yield "\n\n".join((f"## {title or 'The whole file'}", inspect.cleandoc(type_.__doc__ or ""), *lines))
    for at, heading, inner in inside:
        if inner not in listed:
            listed[inner] = at
            yield from _sections(inner, at, first, listed, heading)


def _is_constant(field: FieldInfo) -> bool:
    """Return whether a field has only one value. The heading of an alternative contains this value."""
    return get_origin(field.annotation) is Literal and len(get_args(field.annotation)) == 1


def _type(kind: Kind, at: str, first: dict[str, str]) -> str:
    """Return the type of a field. If an earlier field has a type with the same long description, refer to that
    field."""
    # Only the example of an Azure resource id is on the page. Editors show the examples of all fields.
    is_id = kind.example.startswith("/subscriptions/")
    words = re.sub(r"the Azure resource id of .*", code(kind.example), kind.words) if is_id else kind.words
    part = "values " if kind.keys else ""
    same = first.setdefault(f"{part}{kind.words}", at)
    if same != at and not kind.inner:
        words = f"{part}={code(same)}" if len(kind.words.split()) > LONG else kind.words
    if kind.keys:
        same = first.setdefault(f"keys {kind.keys}", at)
        keys = _shared_characters(kind.keys, at, first) if same == at else f"keys ={code(same)}"
        words = f"mapping: {keys}{f' → {words}' if words != 'mapping' else ''}"
    return _shared_characters(words, at, first)


def _shared_characters(words: str, at: str, first: dict[str, str]) -> str:
    """Return the description of a text type, such as `3 to 36 letters…`. If an earlier field allows the same
    characters, refer to that field."""
    if not (match := re.match(r"(\d+ to \d+) ([^;→]*letters[^;→]*)", words)):
        return words
    same = first.setdefault(f"characters {match[2]}", at)
    return words if same == at else words.replace(match[2], f"characters as {code(same)}", 1)


def _default_words(default: str) -> str:
    return "" if default in (NONE, REQUIRED) else f"default: {default}"


def _meaning_and_default(model_: type[BaseModel], name: str) -> tuple[str, str]:
    """Return the field's docstring without its `[default: …]`, and the default."""
    meaning = " ".join(description(model_, name).split())
    if match := re.search(r" \[default: ([^]]+)\]", meaning):
        return meaning.replace(match[0], ""), match[1]
    return meaning, _default(model_.model_fields[name])


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return REQUIRED
    value = field.get_default(call_default_factory=True)
    if value is None or value == () or value == {} or isinstance(value, BaseModel):
        return NONE
    if isinstance(value, bool):
        return code(str(value).lower())
    if isinstance(value, tuple):
        return ", ".join(code(str(item)) for item in value)
    return code(str(value))


def _kind(annotation: Any, metadata: Sequence[Any], name: str) -> Kind:
    """Return the description of a field's annotation. Raises `TypeError` for an unknown form of annotation, because the
    page must contain every field."""
    for mark in metadata:
        if isinstance(mark, NamePattern):
            return Kind("")
        if isinstance(mark, Text):
            return Kind(CHARACTERS.sub(r"\1", mark.rule), mark.example)
        if isinstance(mark, Range):
            return Kind("" if re.fullmatch("(.*_)?cidr", name) else "IPv4 range")
        if isinstance(mark, Address):
            return Kind("IPv4 address")
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _kind(arguments[0], arguments[1:], name)
    if origin is Literal:
        return Kind(", ".join(code(str(value)) for value in arguments))
    if origin in (Union, types.UnionType):
        return _union([member for member in arguments if member is not type(None)], name)
    if origin is tuple:
        item = _kind(arguments[0], (), name)
        return Kind(f"list: {item.words}", item.example, tuple((f"[]{at}", inner) for at, inner in item.inner))
    if origin is Mapping:
        key, value = _kind(arguments[0], (), name), _kind(arguments[1], (), name)
        inside = tuple((f".{KEYS[name]}{at}", inner) for at, inner in value.inner)
        return Kind(value.words, "" if inside else value.example, inside, key.words)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return Kind("mapping", "", (("", annotation),))
    if annotation is bool:
        return Kind("")
    if annotation is int:
        # The bounds of an alternative of a union are in its own `Field`.
        marks = [inner for mark in metadata for inner in (mark.metadata if isinstance(mark, FieldInfo) else [mark])]
        bounds = {type(mark).__name__: mark for mark in marks}
        return Kind(f"{bounds['Ge'].ge} to {bounds['Le'].le}")
    raise TypeError(f"{name}: no words for {annotation}")


def _union(members: Sequence[Any], name: str) -> Kind:
    kinds = [_kind(member, (), name) for member in members]
    if len(kinds) == 1:
        return kinds[0]
    inner = tuple(inner for kind in kinds for inner in kind.inner)
    plain = [kind for kind in kinds if not kind.inner]
    if plain:
        words = [*(kind.words for kind in plain), *(["mapping"] if inner else [])]
        return Kind(", or ".join(words), plain[0].example, inner)
    return Kind("one of these mappings", "", inner)
