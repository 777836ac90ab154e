"""Provider schemas as Terraform sees them, and a cache of those that were read from the bindings."""

import contextlib
import dataclasses
import hashlib
import json
import pathlib
import sys
import tempfile
from collections.abc import Iterable, Iterator
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


def read(provider: str, types: Iterable[str]) -> dict[str, Block]:
    """Schemas of a provider's types, data sources as `data.<type>`, its own configuration as `provider`.

    Reading them from the bindings takes seconds, so they are kept in the virtualenv where that can be written.
    Raises `UnknownType` of bindings.py.
    """
    from hvn.rehearsal import bindings

    wanted = sorted(set(types))
    source = bindings.package(provider)
    made_by = pathlib.Path(bindings.__file__).read_bytes() + pathlib.Path(__file__).read_bytes()
    key = hashlib.sha256(made_by + repr((source.name, source.stat().st_size, wanted)).encode()).hexdigest()[:24]
    kept = pathlib.Path(sys.prefix) / "hvn-schemas" / f"{provider}-{key}.json"
    try:
        content = json.loads(kept.read_text(encoding="utf-8"))
        return {name: _block(value) for name, value in content.items()}
    except (OSError, ValueError, KeyError, TypeError):
        found = bindings.extract(provider, wanted)
        _keep(kept, found)
        return found


def _keep(file: pathlib.Path, found: dict[str, Block]) -> None:
    text = json.dumps({name: dataclasses.asdict(block) for name, block in found.items()})
    # A virtualenv that cannot be written costs the seconds every time, no more.
    with contextlib.suppress(OSError):
        file.parent.mkdir(exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=file.parent, delete=False, encoding="utf-8") as fresh:
            fresh.write(text)
        pathlib.Path(fresh.name).replace(file)


def _block(value: dict[str, Any]) -> Block:
    return Block(
        {
            name: Attribute(**{**each, "nested": _block(each["nested"]) if each["nested"] else None})
            for name, each in value["attributes"].items()
        },
        {name: NestedBlock(**{**each, "block": _block(each["block"])}) for name, each in value["blocks"].items()},
    )


def argument_paths(block: Block, prefix: str = "") -> Iterator[tuple[str, Attribute | NestedBlock]]:
    """Every argument with its path, blocks and objects included: `network_profile.pod_cidr`."""
    for name, attribute in block.attributes.items():
        yield f"{prefix}{name}", attribute
        if attribute.nested:
            yield from argument_paths(attribute.nested, f"{prefix}{name}.")
    for name, nested in block.blocks.items():
        yield f"{prefix}{name}", nested
        yield from argument_paths(nested.block, f"{prefix}{name}.")
