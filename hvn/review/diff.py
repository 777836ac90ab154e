"""Compare two values of the inputs field by field."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from hvn.diagnostics.message import Message, joined
from hvn.topology.naming import Resource


def difference(old: object, new: object) -> Message:
    """Return the fields that differ, each with both values. Nested fields have a path: `group.subscription_id`."""
    return joined(list(_fields(old, new)), ", ")


def _fields(old: object, new: object, path: str = "") -> Iterator[Message]:
    if old == new:
        return
    if is_dataclass(old) and type(old) is type(new):
        for field in fields(old):
            inside = f"{path}.{field.name}" if path else field.name
            yield from _fields(getattr(old, field.name), getattr(new, field.name), inside)
    elif path:
        yield Message("{path} {old} → {new}", path=path, old=_text(old), new=_text(new))
    else:
        yield Message("{old} → {new}", old=_text(old), new=_text(new))


def _text(value: object) -> str:
    if isinstance(value, Resource):
        return value.id
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    if is_dataclass(value):
        return ", ".join(f"{field.name} {getattr(value, field.name)}" for field in fields(value))
    if isinstance(value, bool):
        return str(value).lower()
    return "none" if value is None else str(value)
