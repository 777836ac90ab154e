"""What differs between the two sides of a change: compared as it is, told without what is sensitive."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from hvn.diagnostics.printable import printable
from hvn.review.masked import SENSITIVE, masked

LONGEST = 80
"""Characters of a value that are shown."""


class AfterApply:
    """What stands for a value that is known after apply only."""

    def __repr__(self) -> str:
        return "(known after apply)"


AFTER_APPLY: Final = AfterApply()


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value that differs, or that is not known before an apply.

    `path` is of keys and of places in lists. `before` and `after` hold `SENSITIVE` where something is. `unknown` is as
    the plan has it: true, or of the form of `after` if a part of it is not known; None if all of it is.
    """

    path: tuple[str | int, ...]
    before: Any
    after: Any
    unknown: Any = None

    @property
    def argument(self) -> str:
        """The path as text."""
        return path_text(self.path)

    @property
    def unset(self) -> bool:
        """Whether the value is unset on both sides: null in the plan of a new resource, zero or empty in a state."""
        return self.unknown is None and self.after in (None, [], {}) and _is_zero(self.before)

    @property
    def computed(self) -> bool:
        """Whether it was not there and is known after apply only, as what a provider computes is."""
        return self.before is None and self.unknown is True


@dataclass(frozen=True, slots=True)
class Difference:
    """One argument that changes. Values are text on one line, without what is sensitive, cut where they are alike."""

    path: str
    before: str
    after: str


def leaves(change: Mapping[str, Any]) -> Iterator[Leaf]:
    """What differs between the two sides of a `change` as Terraform writes it."""
    marks = change.get("before_sensitive"), change.get("after_sensitive")
    before, after = change.get("before"), change.get("after")
    found = _leaves((masked(before, *marks), masked(after, *marks)), (before, after), change.get("after_unknown"))
    actions = change.get("actions")
    replaced = isinstance(actions, list) and len(actions) == 2
    yield from (leaf for leaf in found if not (replaced and leaf.unset))


def _is_zero(value: Any) -> bool:
    """Return whether a value is null, zero, empty, or an object or a list of such values."""
    if isinstance(value, dict):
        return all(map(_is_zero, value.values()))
    return all(map(_is_zero, value)) if isinstance(value, list) else value in (None, "", 0, False)


def _leaves(
    values: tuple[Any, Any], raw: tuple[Any, Any], unknown: Any, path: tuple[str | int, ...] = ()
) -> Iterator[Leaf]:
    keys = _keys(*values, unknown)
    if keys is not None:
        for key in keys:
            inner, raw_inner = ((_at(before, key), _at(after, key)) for before, after in (values, raw))
            yield from _leaves(inner, raw_inner, _at(unknown, key), (*path, key))
    elif is_open(unknown) or not same(*raw):
        yield Leaf(path, *values, unknown if is_open(unknown) else None)


def _keys(before: Any, after: Any, unknown: Any) -> Sequence[str | int] | None:
    """Of two objects, or two lists of the same length; what is made is an object beside nothing."""
    partly = is_open(unknown)
    if partly and not isinstance(unknown, type(after)):
        return None
    if isinstance(after, dict) and before is None and (partly or any(each is not None for each in after.values())):
        before = {}
    if isinstance(after, dict) and isinstance(before, dict):
        return sorted({*before, *after, *(unknown if partly else ())})
    if isinstance(after, list) and isinstance(before, list) and len(before) == len(after):
        return None if partly and len(unknown) > len(after) else range(len(after))
    return None


def _at(value: Any, key: str | int) -> Any:
    if isinstance(value, dict):
        return value.get(key)
    return value[key] if isinstance(value, list) and isinstance(key, int) and key < len(value) else None


def is_open(unknown: Any) -> bool:
    """Whether anything is known after apply only."""
    if isinstance(unknown, dict):
        return any(map(is_open, unknown.values()))
    if isinstance(unknown, list):
        return any(map(is_open, unknown))
    return bool(unknown)


def same(one: Any, other: Any) -> bool:
    """Whether two values out of a JSON text are the same there: 1 is not true, nor 1.0."""
    return type(one) is type(other) and (
        one is other or json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    )


def shown(leaf: Leaf) -> Difference:
    """What a person sees of it."""
    sides = leaf.before, _filled(leaf.after, leaf.unknown)
    before, after = map(_text, sides)
    if before == after and SENSITIVE not in sides:
        before, after = (json.dumps(each, default=repr) for each in sides)
    return Difference(leaf.argument, *_cut(before, after))


def _filled(after: Any, unknown: Any) -> Any:
    """With a word in place of what is not known."""
    if unknown is True:
        return AFTER_APPLY
    if isinstance(unknown, dict) and isinstance(after, dict):
        return {key: _filled(after.get(key), unknown.get(key)) for key in {**after, **unknown}}
    if isinstance(unknown, list) and isinstance(after, list) and len(unknown) <= len(after):
        return [_filled(each, _at(unknown, index)) for index, each in enumerate(after)]
    return after


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return repr(value) if value in (SENSITIVE, AFTER_APPLY) else json.dumps(value, sort_keys=True, default=repr)


def _cut(before: str, after: str) -> tuple[str, str]:
    """Both on one line of at most `LONGEST` characters, with the first that differs in the middle at the latest."""
    whole = [printable(each[: LONGEST + 1], 16 * LONGEST) for each in (before, after)]
    if max(map(len, whole)) <= LONGEST:
        return whole[0], whole[1]
    shorter, room = min(len(before), len(after)), LONGEST // 2
    at = next((at for at in range(shorter) if before[at] != after[at]), shorter)
    chars = [printable(each, 16) for each in before[max(0, at - room) : at]]
    lead = "".join(chars)
    if at > room or len(lead) > room:
        while len(lead) >= room:
            lead = lead.removeprefix(chars.pop(0))
        lead = f"…{lead}"
    rest = [printable(each[at : at + LONGEST + 1], LONGEST - len(lead)) for each in (before, after)]
    return lead + rest[0], lead + rest[1]


def path_text(path: Any) -> str:
    """A path of keys and places in lists as Terraform writes it: `pool[0].size`."""
    parts: Sequence[Any] = path if isinstance(path, (list, tuple)) else [path]
    text = ""
    for part in parts:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return printable(text, 200)
