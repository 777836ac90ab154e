"""Read the cases in `*.yaml`: an edit or a forged change, and the verdict of `hvn review`.

One file holds the cases of one kind: `file` and `network` (edits of the topology), `code` and `source` (edits of the
project), `plan` (forged plans), `state` (a cloud or a state that differs from the base). `edges` has all kinds. Keys of
a case:

    merged a patch of the sample that was merged and never applied applied a patch of the sample that was merged and
    applied patch a patch of the topology: the change under review keys the new key of key files, by spoke; null deletes
    the file code a patch of the synthesized workspaces, as changed code would make it source changed code of the
    project: by file, a text and its replacement review a file of the project that the change edits cloud a patch of the
    cloud's objects by type and id, before the plan; null deletes an object state a patch of the state files by
    workspace, before the plan plans a patch of the plan files by workspace; a text instead of a patch is a function of
    `invalid_plans.py` add workspaces with a plan of the base, which the change does not affect raw the plans are the
    output of `terraform show -json`, without the comparisons of `hvn plans` expect the workspaces of every finding by
    rule; `-` stands for a finding without a workspace; other findings fail the test exit the exit code, 0 by default
    phrase a text that the comment must contain, if its words matter

In a case without `expect`, the comment must report no findings.

A patch is a merge patch (tests/check/cases.py) with additions: in a mapping, the key `*` stands for every key, and a
key that contains `*` stands for the keys that match. In a list, a key is an index, or matches the `address`, the `name`
or the `display` of items; `+` appends the items of a list.
"""

import fnmatch
import pathlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from tests.check.cases import merged

FOLDER = pathlib.Path(__file__).parent
Patch = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case. See the module's docstring."""

    kind: str
    name: str
    merged: Patch = field(default_factory=dict)
    applied: Patch = field(default_factory=dict)
    patch: Patch = field(default_factory=dict)
    keys: Mapping[str, str | None] = field(default_factory=dict)
    code: Patch = field(default_factory=dict)
    source: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    review: str = ""
    cloud: Patch = field(default_factory=dict)
    state: Patch = field(default_factory=dict)
    plans: Patch = field(default_factory=dict)
    add: Sequence[str] = ()
    raw: bool = False
    expect: Mapping[str, Sequence[str]] = field(default_factory=dict)
    exit: int = 0
    phrase: str = ""


def cases() -> Iterator[Case]:
    """Yield the cases of all files in this folder."""
    for file in sorted(FOLDER.glob("*.yaml")):
        content = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        yield from (Case(kind=file.stem, name=name, **keys) for name, keys in content.items())


def patched(value: Any, patch: Any) -> Any:
    """Return a copy of a JSON value with a patch applied. Fails if a key with `*`, or a key of a list, matches nothing.

    In a list, null removes an item.
    """
    if not isinstance(patch, Mapping):
        return patch
    if isinstance(value, list):
        return _list(value, patch)
    result = dict(value) if isinstance(value, Mapping) else {}
    for key, inner in patch.items():
        names = fnmatch.filter(result, key) if "*" in key else [key]
        assert names, f"nothing matches {key}"
        for name in names:
            if inner is None:
                result.pop(name, None)
            else:
                result[name] = patched(result.get(name), inner)
    return result


def _list(items: list[Any], patch: Patch) -> list[Any]:
    result: list[Any] = list(items)
    for key, inner in patch.items():
        if key == "+":
            result += inner
            continue
        places = [place for place, item in enumerate(items) if _is(item, place, str(key))]
        assert places, f"nothing matches {key}"
        for place in places:
            result[place] = _REMOVED if inner is None else patched(items[place], inner)
    return [item for item in result if item is not _REMOVED]


_REMOVED = object()


def _is(item: Any, place: int, key: str) -> bool:
    names = [str(item.get(name)) for name in ("address", "name")] if isinstance(item, Mapping) else []
    return key == str(place) or any(fnmatch.fnmatchcase(name, key) for name in names)


__all__ = ["Case", "cases", "merged", "patched"]
