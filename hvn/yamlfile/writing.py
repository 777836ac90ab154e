"""Plain data as YAML, in the style of the sample: mappings over several lines, small ones on one."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from hvn.yamlfile.scalars import plain_value

# What can stand without quotes wherever it stands, as far as its first character goes.
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*")


class OneLine(dict[str, Any]):
    """A mapping that is written on one line also where others take several."""


def block(data: Mapping[str, Any], indent: int, step: int) -> Iterator[str]:
    """Lines without line ends, the first one indented by `indent` blanks, each level below by `step` more."""
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
    """On one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(key)}: {flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    return scalar(value) if isinstance(value, str) else json.dumps(value)


def scalar(text: str) -> str:
    """A text, in quotes if it could be read as anything else."""
    if _PLAIN.fullmatch(text) and plain_value(text) == (text, None):
        return text
    quoted: str = yaml.safe_dump(text, default_style='"', width=math.inf)
    return quoted.rstrip("\n")
