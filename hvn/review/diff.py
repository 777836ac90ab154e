"""What differs of two values of the inputs, down to the text that does."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from hvn.review.markdown import code


def differing(old: object, new: object) -> str:
    """Of a resource in another subscription: `group.subscription_id` with both, as Markdown."""
    return ", ".join(f"{f'{code(path)} ' if path else ''}{code(a)} → {code(b)}" for path, a, b in _leaves(old, new))


def _leaves(old: object, new: object, path: str = "") -> Iterator[tuple[str, str, str]]:
    if old == new:
        return
    if is_dataclass(old) and type(old) is type(new):
        for each in fields(old):
            inside = f"{path}.{each.name}" if path else each.name
            yield from _leaves(getattr(old, each.name), getattr(new, each.name), inside)
    else:
        yield path, str(old), str(new)
