"""What of a plan an edit of the topology does not explain: by resource, and by argument within it.

The same code makes Terraform of the topology before and after the edit. What is the same in both would have been
changed without the edit as well: an earlier one was never applied or only in part, somebody changed it elsewhere, or
the code or a provider does. Explained is what differs, what refers to that, and all behind a provider that differs.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from hvn.review.differences import Leaf, leaves
from hvn.review.plan import UNEXPLAINED, is_quiet

Stack = Mapping[str, Any]
"""A workspace's `cdk.tf.json`. Its `resource`, `data` and `provider` are read; our stacks have no other blocks."""

_NAME = re.compile(r"(?:data\.)?[a-z]\w*\.[A-Za-z_][\w-]*")
_INDEX = re.compile(r"\[\d+\]")
_SETTINGS = ("lifecycle", "provider")
_Leaves = list[tuple[str, Any]]


def marked(plan: str, before: Stack | None, after: Stack) -> str:
    """The JSON of a plan with what is unexplained, if the base has the workspace: null without it, for "not known".

    By address it names the arguments, or none if that is all of the change. With another state nothing can be told,
    for that knows of no earlier apply: then the plan stays as it is.
    """
    given = json.loads(plan)
    if before and _state(before) != _state(after):
        return plan
    found = _Edit(before, after).unexplained(given.get("resource_changes", [])) if before else None
    return json.dumps({**given, UNEXPLAINED: found})


def _state(stack: Stack) -> Any:
    return [stack["terraform"].get(each) for each in ("backend", "cloud")]


class _Edit:
    """What an edit touches in one workspace: blocks by name, as references have it, of both sides."""

    def __init__(self, before: Stack, after: Stack) -> None:
        self.before, self.after = dict(_blocks(before)), dict(_blocks(after))
        blocks = self.before | self.after
        self.touched = {name for name in blocks if self.before.get(name) != self.after.get(name)}
        uses = {name: _names(block) | {_provider(name, block)} for name, block in blocks.items()}
        while more := {name for name in blocks.keys() - self.touched if uses[name] & self.touched}:
            self.touched |= more

    def unexplained(self, changes: list[Any]) -> dict[str, list[str]]:
        """By address; one that stands twice has an object left over from an apply that failed."""
        found: dict[str, list[str]] = {}
        for each in changes:
            arguments = self._arguments(each["address"], each["change"]) if each and not is_quiet(each) else None
            if arguments is not None:
                found[each["address"]] = [] if each["address"] in found else arguments
        return found

    def _arguments(self, address: str, change: Mapping[str, Any]) -> list[str] | None:
        """None if all is explained."""
        name, actions = address.partition("[")[0], tuple(change["actions"])
        if name not in self.touched:
            return []
        before, after = self.before.get(name), self.after.get(name)
        if before is None or after is None or _provider(name, after) in self.touched:
            return None
        if any(before.get(each) != after.get(each) for each in _SETTINGS):
            return None
        if len(actions) == 1 and actions != ("update",):
            return []  # the edit neither adds nor removes it
        sides = list(_leaves(before)), list(_leaves(after))
        return [each.argument for each in leaves(change) if self._same(each, *sides)] or None

    def _same(self, one: Leaf, before: _Leaves, after: _Leaves) -> bool:
        """Whether the edit leaves this argument as it was; of one that is not there, the map or block around it.

        Of what a provider computes only the provider knows why it differs.
        """
        path = _INDEX.sub("", one.argument)
        while path:
            sides = [[value for at, value in side if f"{at}.".startswith(f"{path}.")] for side in (before, after)]
            if any(sides):
                return sides[0] == sides[1] and not _names(sides[1]) & self.touched
            path = "" if one.unknown is not None else path.rpartition(".")[0]
        return False


def _blocks(stack: Stack) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for kind, prefix, ours in (("resource", "", ("//", "depends_on")), ("data", "data.", ("//",))):
        # A resource does not change by its order; when a data source is read depends on it.
        for type_, blocks in stack.get(kind, {}).items():
            for name, block in blocks.items():
                yield f"{prefix}{type_}.{name}", {key: each for key, each in block.items() if key not in ours}
    for name, configured in stack["provider"].items():
        for block in configured:
            yield f"provider.{name}.{block['alias']}" if "alias" in block else f"provider.{name}", block


def _provider(name: str, block: Mapping[str, Any]) -> str:
    kind = name.removeprefix("data.").partition("_")[0]
    return f"provider.{block.get('provider', kind)}"


def _names(value: Any) -> set[str]:
    """All that may be names of blocks in a value."""
    return set(_NAME.findall(json.dumps(value)))


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """The arguments by their path without the numbers of lists, for a block may be written with and without one."""
    if isinstance(value, dict) and value:
        for key, each in value.items():
            yield from _leaves(each, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and value:
        for each in value:
            yield from _leaves(each, path)
    else:
        yield path, value
