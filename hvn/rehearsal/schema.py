"""Provider schemas as Terraform sees them: blocks, attributes, types."""

from dataclasses import dataclass, field
from typing import Any

PROVIDERS = ("azuread", "azurerm", "hcp", "helm", "kubernetes", "vault")

Type = str | list[Any]
"""As Terraform writes types in JSON: "string", ["list", "string"], ["object", {...}]."""


@dataclass(slots=True)
class Attribute:
    """One argument or result; either of a `type`, or with `nested` attributes as single, list, set or map."""

    type: Type | None
    required: bool
    optional: bool
    computed: bool
    nested: "Block | None" = None
    nesting: str = ""


@dataclass(slots=True)
class Block:
    """Attributes, and blocks within by name."""

    attributes: dict[str, Attribute] = field(default_factory=dict)
    blocks: dict[str, "NestedBlock"] = field(default_factory=dict)


@dataclass(slots=True)
class NestedBlock:
    """A block inside another: `nesting` is list, set or single; `most` is 0 where there is no limit."""

    block: Block
    nesting: str
    least: int
    most: int
