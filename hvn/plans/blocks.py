"""Read the resources of a synthesized workspace. Constant texts replace references to these texts."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from hvn.plans.explained import Stack

Block = tuple[str, Mapping[str, Any]]
"""A resource of a stack: its type and its arguments."""

_REFERENCE = re.compile(r"\$\{(\w+\.[\w-]+)\.(\w+)\}")


def resources_of(stack: Stack | None) -> Iterator[tuple[str, Block]]:
    """Yield the address and the block of each resource."""
    for type_, blocks in (stack or {}).get("resource", {}).items():
        for name, block in blocks.items():
            yield f"{type_}.{name}", (type_, block)


def resolved(blocks: Mapping[str, Block]) -> Mapping[str, Block]:
    """Return the blocks with each reference replaced by its value, if the referenced block contains the value as
    text."""

    def value(item: Any) -> Any:
        if isinstance(item, Mapping):
            return {key: value(inner) for key, inner in item.items()}
        if isinstance(item, list):
            return [value(inner) for inner in item]
        match = _REFERENCE.fullmatch(item) if isinstance(item, str) else None
        target = blocks[match[1]][1].get(match[2]) if match and match[1] in blocks else None
        return target if isinstance(target, str) and "${" not in target else item

    return {address: (type_, value(block)) for address, (type_, block) in blocks.items()}
