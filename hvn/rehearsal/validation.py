"""Refuse at validate what the provider refuses: values of a wrong form or size, arguments that exclude each other."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from hvn.rehearsal.forms import FORMS
from hvn.rehearsal.planning import Path
from hvn.rehearsal.schema import Block
from hvn.rehearsal.tables import Table, table


def refused(block: Block, known: Table, config: Any, prefix: str = "") -> Iterator[tuple[Path, str]]:
    """What the provider refuses at validate: values of a wrong form or size, arguments that exclude each other."""
    if not isinstance(config, dict):
        return
    for name in block.attributes:
        value = config.get(name)
        for why in _wrong_value(name, known.of(f"{prefix}{name}"), value):
            yield (name,), why
        # Objects in an attribute: azurerm's rules of a security group, routes of a table.
        for item in value if isinstance(value, list) else ():
            for inner, each in item.items() if isinstance(item, dict) else ():
                yield from (((name,), why) for why in _wrong_value(inner, known.of(f"{prefix}{name}.{inner}"), each))
    for name in (*block.attributes, *block.blocks):
        for why in _wrong_company(name, known.of(f"{prefix}{name}"), config):
            yield (name,), why
    for name, nested in block.blocks.items():
        inner = config.get(name)
        for index, each in enumerate(inner if isinstance(inner, list) else ()):
            for path, why in refused(nested.block, known, each, f"{prefix}{name}."):
                yield (name, index, *path), why


def _wrong_value(name: str, known: dict[str, Any], value: Any) -> Iterator[str]:
    values = value if isinstance(value, list) else [value]
    if isinstance(value, list) and len(value) < known.get("min_items", 0):
        yield f"attribute {name} requires {known['min_items']} item minimum, but config has only {len(value)} declared"
    for each in values:
        if isinstance(each, str):
            yield from _wrong_text(name, known, each)
        elif isinstance(each, int | float) and "range" in known:
            least, most = known["range"]
            if not least <= each <= most:
                yield f"expected {name} to be in the range ({least} - {most}), got {each}"


def _wrong_text(name: str, known: dict[str, Any], text: str) -> Iterator[str]:
    if text in known.get("enum_or_other", ()):
        return
    # hcp compares its closed lists without regard to case, azurerm most of them.
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
            yield f"parsing {text!r}: it is no id of {known['id_of']}, which is {form}"
    why = FORMS[known["form"]](text) if "form" in known else ""
    if why:
        yield why


def fits(pattern: str, value: str) -> bool:
    """Whether a text fits a pattern of a table, `not: …` if it must not. They are Go's, of which one sign differs."""
    pattern = pattern.replace(r"\z", r"\Z")
    if pattern.startswith("not: "):
        return not re.search(pattern.removeprefix("not: "), value)
    return bool(re.search(pattern, value))


def _wrong_company(name: str, known: dict[str, Any], config: dict[str, Any]) -> Iterator[str]:
    """Paths in the tables are from the top, `a.0.b`; those here are told by their last part, within one block."""
    if _given(config, name):
        others = _last_parts(known.get("conflicts_with", ()))
        yield from (f"conflicts with {other}" for other in others if other in config and _given(config, other))
    choices = _last_parts(known.get("exactly_one_of", ()))
    # Said once, at the first of them.
    if choices and name == choices[0] and sum(_given(config, each) for each in choices) != 1:
        yield f"exactly one of {', '.join(choices)} must be given"


def _last_parts(paths: Sequence[str]) -> list[str]:
    return [path.rpartition(".")[2] for path in paths]


def _given(config: dict[str, Any], name: str) -> bool:
    return config.get(name) not in (None, [])
