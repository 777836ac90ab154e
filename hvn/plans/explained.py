"""The changes of a plan that no edit of the topology explains, by resource and argument.

The same code generates Terraform from the topology before and after the edit. If a part is equal in both, the plan
would change it without the edit as well: an earlier edit was not applied, somebody changed the resource, or the code or
a provider changes it. The edit explains every part that differs, everything that refers to a changed part, and every
resource of a provider with a different configuration.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from hvn.review.differences import Leaf, leaves, meaningful, path_text
from hvn.review.plan import UNEXPLAINED
from hvn.review.plan_reader import is_quiet

Stack = Mapping[str, Any]
"""A workspace's `cdk.tf.json`. Its `resource`, `data` and `provider` are read; the stacks have no other blocks."""

_NAME = re.compile(r"(?:data\.)?[a-z]\w*\.[A-Za-z_][\w-]*")
_INDEX = re.compile(r"\[\d+\]")
_SETTINGS = ("lifecycle", "provider")
_Leaves = list[tuple[str, Any]]


def marked(plan: str, before: Stack | None, after: Stack) -> str:
    """Return the JSON of a plan with its unexplained arguments by address; an empty list means the whole change.

    If the base's Terraform is unknown, the JSON has null instead. If the state moves, the plan is returned unchanged:
    the new state contains no resources of earlier applies.
    """
    content = json.loads(plan)
    if before and _state(before) != _state(after):
        return plan
    unexplained = _Edit(before, after).unexplained(content.get("resource_changes", [])) if before else None
    return json.dumps({**content, UNEXPLAINED: unexplained})


def _state(stack: Stack) -> Any:
    return [stack["terraform"].get(block) for block in ("backend", "cloud")]


class _Edit:
    """The blocks of one workspace before and after an edit, by the name that references use.

    `touched` are the names of blocks that differ, and of blocks that refer to them.
    """

    def __init__(self, before: Stack, after: Stack) -> None:
        self.before, self.after = dict(_blocks(before)), dict(_blocks(after))
        blocks = self.before | self.after
        self.touched = {name for name in blocks if self.before.get(name) != self.after.get(name)}
        uses = {name: _names(block) | {_provider(name, block)} for name, block in blocks.items()}
        while more := {name for name in blocks.keys() - self.touched if uses[name] & self.touched}:
            self.touched |= more

    def unexplained(self, resources: list[Any]) -> dict[str, list[str]]:
        """Return the unexplained arguments by address.

        An address that is in the plan twice has a deposed object, left over from a failed apply.
        """
        unexplained: dict[str, list[str]] = {}
        for resource in resources:
            if not resource or is_quiet(resource):
                continue
            address, arguments = resource["address"], self._arguments(resource["address"], resource["change"])
            if arguments is not None:
                unexplained[address] = [] if address in unexplained else arguments
        return unexplained

    def _arguments(self, address: str, change: Mapping[str, Any]) -> list[str] | None:
        """Return the unexplained arguments; None if the edit explains the whole change."""
        name, actions = address.partition("[")[0], tuple(change["actions"])
        if name not in self.touched:
            return []
        before, after = self.before.get(name), self.after.get(name)
        if before is None or after is None or _provider(name, after) in self.touched:
            return None
        if any(before.get(setting) != after.get(setting) for setting in _SETTINGS):
            return None
        if len(actions) == 1 and actions != ("update",):
            return []  # the edit neither adds nor removes this block
        sides = list(_leaves(before)), list(_leaves(after))
        forced = [path_text(path) for path in change.get("replace_paths") or ()]
        changed = meaningful(leaves(change), forced, replaced=actions != ("update",))
        return [leaf.argument for leaf in changed if self._same(leaf, *sides)] or None

    def _same(self, leaf: Leaf, before: _Leaves, after: _Leaves) -> bool:
        """Return whether this argument is equal before and after the edit.

        For an unset argument, compare the map or block around it. A computed value that is unset counts as different:
        only the provider knows why it changes.
        """
        path = _INDEX.sub("", leaf.argument)
        while path:
            sides = [[value for at, value in side if f"{at}.".startswith(f"{path}.")] for side in (before, after)]
            if any(sides):
                return sides[0] == sides[1] and not _names(sides[1]) & self.touched
            path = "" if leaf.unknown is not None else path.rpartition(".")[0]
        return False


def _blocks(stack: Stack) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for kind, prefix, ours in (("resource", "", ("//", "depends_on")), ("data", "data.", ("//",))):
        # `depends_on` does not change a resource; it decides when a data source is read.
        for type_, blocks in stack.get(kind, {}).items():
            for name, block in blocks.items():
                yield f"{prefix}{type_}.{name}", {key: value for key, value in block.items() if key not in ours}
    for name, configured in stack["provider"].items():
        for block in configured:
            yield f"provider.{name}.{block['alias']}" if "alias" in block else f"provider.{name}", block


def _provider(name: str, block: Mapping[str, Any]) -> str:
    kind = name.removeprefix("data.").partition("_")[0]
    return f"provider.{block.get('provider', kind)}"


def _names(value: Any) -> set[str]:
    """Return all texts in a value that look like the name of a block."""
    return set(_NAME.findall(json.dumps(value)))


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each argument's path and value. Paths have no list indexes: a block may be an object or a list of one."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _leaves(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and value:
        for inner in value:
            yield from _leaves(inner, path)
    else:
        yield path, value
