"""Compute a resource's state after an apply and after a refresh."""

from collections.abc import Callable, Mapping
from typing import Any

from hvn.rehearsal.schema import Attribute, Block, Type
from hvn.rehearsal.tables import Table
from hvn.rehearsal.wire import UNKNOWN

MakeUp = Callable[[str, Attribute], Any]
"""A function that returns the value of a computed attribute, by the attribute's path and schema."""

# This is the schema of an optional and computed block without configuration.
BLOCKS = Attribute(["list", "dynamic"], computed=True)


def applied(block: Block, plan: Any, make_up: MakeUp, prefix: str = "") -> Any:
    """Return the planned state with every unknown value replaced by a value from `make_up`."""
    if not isinstance(plan, dict):
        return plan
    state = dict(plan)
    for name, attribute in block.attributes.items():
        if state.get(name) is UNKNOWN:
            state[name] = make_up(f"{prefix}{name}", attribute)
        elif attribute.nested and isinstance(state.get(name), dict):
            state[name] = applied(attribute.nested, state[name], make_up, f"{prefix}{name}.")
    for name, nested in block.blocks.items():
        if isinstance(state.get(name), list):
            state[name] = [applied(nested.block, item, make_up, f"{prefix}{name}.") for item in state[name]]
        elif state.get(name) is UNKNOWN:
            state[name] = make_up(f"{prefix}{name}", BLOCKS)
    return state


def read_back(block: Block, table: Table, state: Any, *, refresh: bool, prefix: str = "") -> Any:
    """Return the state that a provider with terraform-plugin-sdk v2 reads from the cloud.

    A null string, number or bool becomes its zero value. A null list, set or map stays null after an apply, and becomes
    empty after a refresh. Arguments that a provider does not read (`not_read` in the tables) stay null.
    """
    if not isinstance(state, dict):
        return state
    fresh = dict(state)
    for name, attribute in block.attributes.items():
        known = table.of(f"{prefix}{name}")
        if fresh.get(name) is None and not known.get("not_read") and not attribute.write_only:
            fresh[name] = zero(attribute.type, collections=refresh)
        if known.get("upper_case") and isinstance(fresh.get(name), str):
            fresh[name] = fresh[name].upper()
    for name, nested in block.blocks.items():
        blocks = fresh.get(name)
        if isinstance(blocks, list):
            blocks = blocks or table.of(f"{prefix}{name}").get("result", [])
            fresh[name] = [
                read_back(nested.block, table, item, refresh=refresh, prefix=f"{prefix}{name}.") for item in blocks
            ]
    return fresh


ZERO: Mapping[str, Any] = {"string": "", "number": 0, "bool": False}
EMPTY: Mapping[str, Any] = {"list": [], "set": [], "map": {}}


def zero(kind: Type | None, *, collections: bool = True) -> Any:
    """Return the zero value of a type; null for an object. For a collection, return null unless `collections` is
    true."""
    if isinstance(kind, list):
        return EMPTY.get(kind[0]) if collections else None
    return ZERO.get(kind) if kind else None
