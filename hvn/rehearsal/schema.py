"""Define the parts of a Terraform provider's schema: blocks, attributes, types of values."""

from dataclasses import dataclass, field
from typing import Any

PROVIDERS = ("azuread", "azurerm", "hcp", "helm", "kubernetes", "vault")

Type = str | list[Any]
"""A type in Terraform's JSON: "string", ["list", "string"], ["object", {...}]."""


@dataclass(slots=True)
class Attribute:
    """An argument or a computed attribute of a resource. It has either a `type` or `nested` attributes (single, list,
    set or map)."""

    type: Type | None
    required: bool = False
    optional: bool = False
    computed: bool = False
    sensitive: bool = False
    write_only: bool = False
    deprecated: bool = False
    nested: "Block | None" = None
    nesting: str = ""


@dataclass(slots=True)
class Block:
    """A block of a schema: attributes and nested blocks, both by name. `version` is the version of the resource's
    schema."""

    attributes: dict[str, Attribute] = field(default_factory=dict)
    blocks: dict[str, "NestedBlock"] = field(default_factory=dict)
    deprecated: bool = False
    version: int = 0


@dataclass(slots=True)
class NestedBlock:
    """A block inside another block. `nesting` is list, set or single; `most` is the maximum number of blocks, 0
    without a maximum."""

    block: Block
    nesting: str
    least: int = 0
    most: int = 0
