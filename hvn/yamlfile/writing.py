"""Write plain data as YAML in the style of the sample: small mappings on one line, all other mappings on several
lines."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from hvn.yamlfile.scalars import plain_value

# A text of this form needs no quotes, except if YAML reads the text as another type.
_PLAIN = re.compile(r"[A-Za-z0-9/][A-Za-z0-9._/-]*")


class OneLine(dict[str, Any]):
    """A mapping for `block` to write on one line."""


def block(data: Mapping[str, Any], indent: int, step: int) -> Iterator[str]:
    """Yield the lines of the YAML without line ends. The first level is indented by `indent` spaces, and each deeper
    level by `step` more spaces."""
    margin = " " * indent
    for key, value in data.items():
        if isinstance(value, Mapping) and not isinstance(value, OneLine):
            yield f"{margin}{scalar(key)}:"
            yield from block(value, indent + step, step)
        elif isinstance(value, list):
            yield f"{margin}{scalar(key)}:"
            yield from (f"{' ' * (indent + step)}- {flow(item)}" for item in value)
        else:
            yield f"{margin}{scalar(key)}: {flow(value)}"


def flow(value: Any) -> str:
    """Return the YAML of a value on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(key)}: {flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    return scalar(value) if isinstance(value, str) else json.dumps(value)


def scalar(text: str) -> str:
    """Return the YAML of a text, in quotes if YAML could read the text as another type."""
    if _PLAIN.fullmatch(text) and plain_value(text) == (text, None):
        return text
    quoted: str = yaml.safe_dump(text, default_style='"', width=math.inf)
    return quoted.rstrip("\n")
