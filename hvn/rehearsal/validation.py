"""Find the arguments that a provider refuses at validate: wrong forms or sizes, and arguments that exclude each
other."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from hvn.rehearsal.forms import FORMS
from hvn.rehearsal.planning import Path
from hvn.rehearsal.schema import Block
from hvn.rehearsal.tables import Table, table


def refused(block: Block, table: Table, config: Any, prefix: str = "") -> Iterator[tuple[Path, str]]:
    """Yield the path of each invalid argument, and the provider's error."""
    if not isinstance(config, dict):
        return
    for name in block.attributes:
        value = config.get(name)
        for why in _value_errors(name, table.of(f"{prefix}{name}"), value):
            yield (name,), why
        # This attribute contains objects, such as the rules of an NSG or the routes of a route table in azurerm.
        for item in value if isinstance(value, list) else ():
            for inner, member in item.items() if isinstance(item, dict) else ():
                yield from (((name,), why) for why in _value_errors(inner, table.of(f"{prefix}{name}.{inner}"), member))
    for name in (*block.attributes, *block.blocks):
        for why in _conflicts(name, table.of(f"{prefix}{name}"), config):
            yield (name,), why
    for name, nested in block.blocks.items():
        inner = config.get(name)
        for index, item in enumerate(inner if isinstance(inner, list) else ()):
            for path, why in refused(nested.block, table, item, f"{prefix}{name}."):
                yield (name, index, *path), why


def _value_errors(name: str, known: dict[str, Any], value: Any) -> Iterator[str]:
    values = value if isinstance(value, list) else [value]
    if isinstance(value, list) and len(value) < known.get("min_items", 0):
        yield f"attribute {name} requires {known['min_items']} item minimum, but config has only {len(value)} declared"
    if isinstance(value, list) and len(value) > known.get("max_items", len(value)):
        yield f"attribute {name} supports {known['max_items']} item maximum, but config has {len(value)} declared"
    for item in values:
        if isinstance(item, str):
            yield from _text_errors(name, known, item)
        elif isinstance(item, int | float) and "range" in known:
            least, most = known["range"]
            if not least <= item <= most:
                yield f"expected {name} to be in the range ({least} - {most}), got {item}"


def _text_errors(name: str, known: dict[str, Any], text: str) -> Iterator[str]:
    if text in known.get("enum_or_other", ()):
        return
    # hcp ignores case in all its lists of allowed values, azurerm in most lists.
    if "enum" in known and text.casefold() not in {str(allowed).casefold() for allowed in known["enum"]}:
        yield f"expected one of {', '.join(map(str, known['enum']))}; got {text}"
    pattern = known.get("pattern")
    if pattern and not fits(pattern, text):
        yield f"{text} does not fit {pattern}"
    if "length" in known:
        least, most = known["length"]
        if not least <= len(text) <= most:
            yield f"expected length of {name} to be in the range ({least} - {most}), got {text}"
    if "id_of" in known:
        form = table("azurerm", known["id_of"]).id
        if not re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(form)), text):
            yield f"parsing {text!r}: not an id of {known['id_of']}, which has the form {form}"
    why = FORMS[known["form"]](text) if "form" in known else ""
    if why:
        yield why


def fits(pattern: str, value: str) -> bool:
    """Return whether a text matches a pattern of a table, which is in Go's syntax. A pattern with the prefix `not: `
    must not match."""
    pattern = pattern.replace(r"\z", r"\Z")
    if pattern.startswith("not: "):
        return not re.search(pattern.removeprefix("not: "), value)
    return bool(re.search(pattern, value))


def _conflicts(name: str, known: dict[str, Any], config: dict[str, Any]) -> Iterator[str]:
    """Yield the conflicts of an argument with other arguments of its block. The tables contain whole paths, `a.0.b`, so
    compare only the last part of a path."""
    if _is_set(config, name):
        others = _last_parts(known.get("conflicts_with", ()))
        yield from (f"conflicts with {other}" for other in others if other in config and _is_set(config, other))
    choices = _last_parts(known.get("exactly_one_of", ()))
    # Report the error only once, at the first of the arguments.
    if choices and name == choices[0] and sum(_is_set(config, choice) for choice in choices) != 1:
        yield f"exactly one of {', '.join(choices)} must be set"


def _last_parts(paths: Sequence[str]) -> list[str]:
    return [path.rpartition(".")[2] for path in paths]


def _is_set(config: dict[str, Any], name: str) -> bool:
    return config.get(name) not in (None, [])
