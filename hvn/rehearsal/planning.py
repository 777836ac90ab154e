"""Plan a resource as its provider does: defaults, values known after apply, and changes that force a replacement.

Most providers use terraform-plugin-sdk v2 (helper/schema/grpc_provider.go, PlanResourceChange).
"""

from collections.abc import Iterator
from typing import Any

from hvn.rehearsal.schema import Attribute, Block, NestedBlock
from hvn.rehearsal.state import zero
from hvn.rehearsal.tables import Table
from hvn.rehearsal.wire import UNKNOWN

Path = tuple[str | int, ...]


def planned(block: Block, table: Table, config: Any, prior: Any, proposed: Any, prefix: str = "") -> Any:
    """Return the planned state of a resource or of a nested block.

    `prior` is None for a new resource or block. `proposed` is Terraform's own merge of `prior` and `config`.
    """
    if not isinstance(proposed, dict):
        return proposed
    config = config if isinstance(config, dict) else {}
    plan = dict(proposed)
    for name, attribute in block.attributes.items():
        plan[name] = _planned_attribute(attribute, table, f"{prefix}{name}", config.get(name), prior, plan.get(name))
    for name, nested in block.blocks.items():
        plan[name] = _planned_blocks(nested, table, f"{prefix}{name}", config.get(name), prior, plan.get(name))
    return plan


def _planned_attribute(attribute: Attribute, table: Table, path: str, config: Any, prior: Any, proposed: Any) -> Any:
    if attribute.write_only:
        return None
    known = table.of(path)
    before = prior.get(path.rpartition(".")[2]) if prior is not None else None
    if config is not None:
        # HCP stores a tier in capital letters, so a difference in letter case is not a change.
        if known.get("upper_case") and isinstance(before, str) and str(config).upper() == before.upper():
            return before
        return _planned_collection(attribute, table, path, before, proposed)
    if "default" in known:
        return known["default"]
    if prior is None:
        return UNKNOWN if attribute.computed and not known.get("null_at_plan") else None
    if proposed is None and before is not None:
        # In the SDK null equals an empty value, and a removed list is empty.
        return before if _is_zero(before) else zero(attribute.type) if isinstance(attribute.type, list) else None
    return proposed


def _planned_collection(attribute: Attribute, table: Table, path: str, before: Any, value: Any) -> Any:
    """Return the planned value of an argument that is a collection. A set of plain values is unknown if one of its
    values is unknown.

    In an object of a set, defaults and zero values replace null. The SDK compares objects without their computed
    members: in a new or changed object these members are unknown; an unchanged object keeps them (`Set.add`,
    helper/schema/set.go; `SerializeResourceForHash`, helper/schema/serialize.go).
    """
    kind = attribute.type
    if not isinstance(value, list) or not isinstance(kind, list) or kind[0] != "set":
        return value
    if not (isinstance(kind[1], list) and kind[1][0] == "object"):
        return UNKNOWN if _has_unknown(value) else value
    earlier = before if isinstance(before, list) else []
    return [_planned_object(kind[1][1], table, path, earlier, element) for element in value]


def _planned_object(types: Any, table: Table, path: str, earlier: list[Any], element: Any) -> Any:
    computed = {name for name in types if table.of(f"{path}.{name}").get("computed")}
    planned = {
        name: table.of(f"{path}.{name}").get("default", zero(types[name])) if value is None else value
        for name, value in element.items()
        if name not in computed
    }
    same = (one for one in earlier if _same(planned, {name: one.get(name) for name in planned}))
    kept: Any = next(same, {})
    return {**planned, **{name: kept.get(name, UNKNOWN) for name in computed}}


def _same(one: Any, other: Any) -> bool:
    """Return whether two values are equal, regardless of the order in lists: Terraform sorts the elements of sets."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(any(_same(a, b) for b in other) for a in one)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[name], other[name]) for name in one)
    return bool(one == other)


def _planned_blocks(nested: NestedBlock, table: Table, path: str, config: Any, prior: Any, proposed: Any) -> Any:
    before = prior.get(path.rpartition(".")[2]) if prior is not None else None
    known = table.of(path)
    if proposed in (None, []) and prior is None and known.get("computed"):
        return UNKNOWN
    if proposed in (None, []) and prior is not None and ("computed" in known or "result" in known):
        return before
    if not isinstance(proposed, list):
        return proposed
    earlier = before if isinstance(before, list) else []
    if nested.nesting == "set":
        earlier = [_equal(item, earlier) for item in proposed]
    return [
        planned(nested.block, table, _item(config, index), _item(earlier, index), item, f"{path}.")
        for index, item in enumerate(proposed)
    ]


def _equal(element: Any, earlier: list[Any]) -> Any:
    """Return the earlier element of a set that equals this element, or None. In the SDK null equals a zero value."""
    return next((one for one in earlier if _without_zeros(one) == _without_zeros(element)), None)


def _without_zeros(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {name: _without_zeros(inner) for name, inner in value.items() if inner is not None and not _is_zero(inner)}


def _item(values: Any, index: int) -> Any:
    return values[index] if isinstance(values, list) and index < len(values) else None


def _is_zero(value: Any) -> bool:
    return value in ("", 0, False, [], {})


def _has_unknown(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_has_unknown, value.values()))
    return value is UNKNOWN or (isinstance(value, list) and any(map(_has_unknown, value)))


def replaced(block: Block, table: Table, prior: Any, after: Any, prefix: str = "") -> Iterator[Path]:
    """Yield the paths of changed arguments that force a replacement."""
    if not isinstance(prior, dict) or not isinstance(after, dict):
        return
    for name in block.attributes:
        if table.of(f"{prefix}{name}").get("force_new") and prior.get(name) != after.get(name):
            yield (name,)
    for name, nested in block.blocks.items():
        before, now = prior.get(name) or [], after.get(name) or []
        if not isinstance(before, list) or not isinstance(now, list):
            continue
        if table.of(f"{prefix}{name}").get("force_new") and len(before) != len(now):
            yield (name,)
        if nested.nesting == "list":
            for index, (old, new) in enumerate(zip(before, now, strict=False)):
                for path in replaced(nested.block, table, old, new, f"{prefix}{name}."):
                    yield (name, index, *path)
