"""Find the values that differ in a planned change. The functions compare raw values, and return masked values."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from hvn.diagnostics.printable import printable
from hvn.review.masked import SENSITIVE, masked

LONGEST = 80
"""The maximum number of characters to show of a value."""


CASELESS = {"hcp_vault_cluster": ("tier", "proxy_endpoint")}
"""By type: case-insensitive arguments. The provider compares them with `strings.EqualFold`
(internal/providersdkv2/resource_vault_cluster.go), but a plan that replaces the resource lists a different letter case
as a change."""


class AfterApply:
    """Placeholder for a value that is known after apply."""

    def __repr__(self) -> str:
        return "(known after apply)"


AFTER_APPLY: Final = AfterApply()


class Name(str):
    """A part of a path: the element of a list with this `name`."""

    __slots__ = ()


Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value that differs, or that is known after apply.

    `path` consists of keys and list indexes. `before` and `after` hold `SENSITIVE` instead of sensitive values.
    `unknown` is true for a value that is known after apply. If only a part is known after apply, `unknown` is an object
    or list with the structure of `after`. `unknown` is None if the whole value is known.
    """

    path: Path
    before: Any
    after: Any
    unknown: Any = None

    @property
    def argument(self) -> str:
        """Return the path as text, as Terraform writes it."""
        return path_text(self.path)

    @property
    def computed(self) -> bool:
        """Return whether the value is null before and known after apply, such as a value that the provider computes."""
        return self.before is None and self.unknown is True


@dataclass(frozen=True, slots=True)
class Difference:
    """An argument that changes. The values are text on one line, without sensitive parts; equal parts may be cut."""

    path: str
    before: str
    after: str


def leaves(change: Mapping[str, Any], *, named: bool = False) -> Iterator[Leaf]:
    """Yield the differences in a `change` object of a plan.

    With `named`, the function matches list elements by their `name` if all names are different. Otherwise it matches
    list elements by index.
    """
    marks = change.get("before_sensitive"), change.get("after_sensitive")
    before, after = change.get("before"), change.get("after")
    sides = (masked(before, *marks), masked(after, *marks)), (before, after)
    yield from _leaves(*sides, change.get("after_unknown"), (), named)


def _leaves(values: tuple[Any, Any], raw: tuple[Any, Any], unknown: Any, path: Path, named: bool) -> Iterator[Leaf]:
    keys = _keys(*values, unknown, named)
    if keys is not None and not (path and isinstance(path[-1], Name) and None in values):
        for key in keys:
            inner, raw_inner = ((_at(before, key), _at(after, key)) for before, after in (values, raw))
            yield from _leaves(inner, raw_inner, _at(unknown, _index(values[1], key)), (*path, key), named)
    elif is_open(unknown) or not same(*raw):
        yield Leaf(path, *values, unknown if is_open(unknown) else None)


def _keys(before: Any, after: Any, unknown: Any, named: bool) -> Sequence[str | int] | None:
    """Return the keys of two objects, or the indexes of two lists of the same length.

    If the change creates the object, the old side counts as an empty object. Return None for other values, because the
    caller compares them as a whole.
    """
    partly = is_open(unknown)
    if partly and not isinstance(unknown, type(after)):
        return None
    if isinstance(after, dict) and before is None and (partly or any(value is not None for value in after.values())):
        before = {}
    if isinstance(after, dict) and isinstance(before, dict):
        return sorted({*before, *after, *(unknown if partly else ())})
    if isinstance(after, list) and isinstance(before, list):
        if named and max(len(before), len(after)) > 1 and (names := _names(before, after)):
            return names
        if len(before) == len(after):
            return None if partly and len(unknown) > len(after) else range(len(after))
    return None


def _names(before: list[Any], after: list[Any]) -> list[Name]:
    """Return the names in both lists. Return an empty list if an element has no name, or if two elements of a list have
    the same name."""
    sides = [
        [element.get("name") if isinstance(element, dict) else None for element in side] for side in (before, after)
    ]
    for side in sides:
        if not all(isinstance(name, str) for name in side) or len(set(side)) < len(side):
            return []
    return [Name(name) for name in dict.fromkeys((*sides[0], *sides[1]))]


def _index(value: Any, key: str | int) -> str | int:
    """Return the index of a named element, because a plan marks unknown values by index; return other keys as is."""
    if isinstance(key, Name) and isinstance(value, list):
        return next((index for index, element in enumerate(value) if _at(element, "name") == key), len(value))
    return key


def _at(value: Any, key: str | int) -> Any:
    if isinstance(value, dict):
        return value.get(key)
    index = _index(value, key)
    return value[index] if isinstance(value, list) and isinstance(index, int) and index < len(value) else None


def is_open(unknown: Any) -> bool:
    """Return whether a part of a value is known after apply."""
    if isinstance(unknown, dict):
        return any(map(is_open, unknown.values()))
    if isinstance(unknown, list):
        return any(map(is_open, unknown))
    return bool(unknown)


def same(one: Any, other: Any) -> bool:
    """Return whether two parsed JSON values are equal and of the same type: 1 is neither true nor 1.0."""
    return type(one) is type(other) and (
        one is other or json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    )


def normal(value: Any) -> Any:
    """Return a value without its empty parts: providers return null, `[]` or `{}` for unset arguments."""
    if isinstance(value, dict):
        return {key: kept for key, inner in value.items() if (kept := normal(inner)) is not None} or None
    if isinstance(value, list):
        return [normal(inner) for inner in value] or None
    return value


def _is_noise(leaf: Leaf, *, replaced: bool) -> bool:
    """Return whether a difference has no effect: both values are equal without their empty parts.

    In a replaced resource, a value that becomes unset has no effect either: the provider had computed it.
    """
    if leaf.unknown is not None or SENSITIVE in (leaf.before, leaf.after):
        return False
    return same(normal(leaf.before), normal(leaf.after)) or (replaced and normal(leaf.after) is None)


def meaningful(differences: Iterable[Leaf], forced: Sequence[str], *, type_: str, replaced: bool) -> list[Leaf]:
    """Return the differences of a resource that have an effect. Differences that force a replacement come first."""

    def forces(leaf: Leaf) -> bool:
        return any(_contains(leaf.argument, path) or _contains(path, leaf.argument) for path in forced)

    caseless = CASELESS.get(type_, ())

    def is_noise(leaf: Leaf) -> bool:
        same_text = leaf.argument in caseless and only_case(leaf.before, leaf.after)
        return same_text or _is_noise(leaf, replaced=replaced)

    kept = [leaf for leaf in differences if forces(leaf) or not is_noise(leaf)]
    return sorted(kept, key=lambda leaf: not forces(leaf))


def only_case(before: Any, after: Any) -> bool:
    """Return whether two values are texts that differ in letter case only: HCP returns a tier in capitals."""
    return isinstance(before, str) and isinstance(after, str) and before.casefold() == after.casefold()


def _contains(outer: str, inner: str) -> bool:
    return f"{inner}.".startswith((f"{outer}.", f"{outer}["))


def shown(leaf: Leaf, longest: int = LONGEST) -> Difference:
    """Return a difference as text, cut to `longest` characters on each side."""
    sides = leaf.before, _filled(leaf.after, leaf.unknown)
    before, after = map(_text, sides)
    if before == after and SENSITIVE not in sides:
        before, after = (json.dumps(side, default=repr) for side in sides)
    return Difference(leaf.argument, *_cut(before, after, longest))


def _filled(after: Any, unknown: Any) -> Any:
    """Return the value with a placeholder instead of its unknown parts."""
    if unknown is True:
        return AFTER_APPLY
    if isinstance(unknown, dict) and isinstance(after, dict):
        return {key: _filled(after.get(key), unknown.get(key)) for key in {**after, **unknown}}
    if isinstance(unknown, list) and isinstance(after, list) and len(unknown) <= len(after):
        return [_filled(inner, _at(unknown, index)) for index, inner in enumerate(after)]
    return after


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return repr(value) if value in (SENSITIVE, AFTER_APPLY) else json.dumps(value, sort_keys=True, default=repr)


def _cut(before: str, after: str, longest: int) -> tuple[str, str]:
    """Return both texts on one line of at most `longest` characters, cut so that the first difference is visible."""
    whole = [printable(side[: longest + 1], 16 * longest) for side in (before, after)]
    if max(map(len, whole)) <= longest:
        return whole[0], whole[1]
    shorter, room = min(len(before), len(after)), longest // 2
    at = next((at for at in range(shorter) if before[at] != after[at]), shorter)
    chars = [printable(char, 16) for char in before[max(0, at - room) : at]]
    lead = "".join(chars)
    if at > room or len(lead) > room:
        while len(lead) >= room:
            lead = lead.removeprefix(chars.pop(0))
        lead = f"…{lead}"
    rest = [printable(side[at : at + longest + 1], longest - len(lead)) for side in (before, after)]
    return lead + rest[0], lead + rest[1]


def path_text(path: Any) -> str:
    """Return a path as Terraform writes it: `pool[0].size`."""
    parts: Sequence[Any] = path if isinstance(path, (list, tuple)) else [path]
    text = ""
    for part in parts:
        if isinstance(part, Name):
            text += f'["{part}"]'
        else:
            text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return printable(text, 200)
