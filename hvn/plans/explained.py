"""Find the changes of a plan that no edit of the topology explains, by resource and argument.

The current code generates Terraform from the topology before and after the edit. If an argument has the same value
before and after the edit, the edit does not explain the argument's change in the plan. Other causes are an earlier edit
that was not applied, a manual change of the resource, changed code, or a provider. The edit explains every block that
differs, every block that refers to a differing block, and every resource of a provider with a changed configuration.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from hvn.review.differences import Leaf, leaves, meaningful, path_text
from hvn.review.plan import UNEXPLAINED
from hvn.review.plan_reader import is_quiet

Stack = Mapping[str, Any]
"""A workspace's parsed `cdk.tf.json`. The module ignores its blocks `variable` and `output`: a variable has no default,
and an output changes no resource."""

_NAME = re.compile(r"(?:data\.)?[a-z]\w*\.[A-Za-z_][\w-]*")
_INDEX = re.compile(r'\[(?:\d+|"[^"\]]*")\]')
_SETS = ("azurerm_virtual_network",)
"""The types that contain a set of named blocks (hvn/review/vnet_subnets.py): the order of the blocks has no meaning."""
_SETTINGS = ("lifecycle", "provider", "count", "for_each")
_Leaves = list[tuple[str, Any]]


def marked(plan: str, before: Stack | None, after: Stack) -> str:
    """Return the JSON of a plan with the unexplained arguments added, by address. An empty list means that the whole
    change of a resource is unexplained.

    If the base's Terraform is unknown, the JSON has null instead of the arguments. If the edit changes the backend, no
    argument is unexplained, because the new state contains no resources of earlier applies.
    """
    content = json.loads(plan)
    same_state = not before or _state(before) == _state(after)
    marks = (unexplained(content, before, after) if same_state else {}) if before else None
    return json.dumps({**content, UNEXPLAINED: marks})


def unexplained(plan: Any, before: Stack, after: Stack) -> Mapping[str, list[str]]:
    """Return, by address, the changed arguments of a parsed plan that the difference between two stacks does not
    explain."""
    return _Edit(before, after).unexplained(plan.get("resource_changes") or [])


def _state(stack: Stack) -> Any:
    return [stack["terraform"].get(block) for block in ("backend", "cloud")]


class _Edit:
    """The blocks of one workspace before and after an edit, by the name in references.

    `touched` has the names of blocks that differ, and of blocks that refer to a block that differs.
    """

    def __init__(self, before: Stack, after: Stack) -> None:
        self.before, self.after = dict(named_blocks(before)), dict(named_blocks(after))
        self.imported = _imports(after) - _imports(before)
        blocks = self.before | self.after
        self.touched = {name for name in blocks if self.before.get(name) != self.after.get(name)}
        uses = {name: _names(block) | {provider_of(name, block)} for name, block in blocks.items()}
        while more := {name for name in blocks.keys() - self.touched if uses[name] & self.touched}:
            self.touched |= more

    def unexplained(self, resources: list[Any]) -> dict[str, list[str]]:
        """Return the unexplained arguments of the plan's resources by address.

        The same address is in a plan twice if a failed apply left a deposed object.
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
        """Return the unexplained arguments of one resource, or None if the edit explains the whole change."""
        name, actions = address.partition("[")[0], tuple(change["actions"])
        if change.get("importing") is not None and name in self.imported:
            return None
        if name not in self.touched:
            return []
        before, after = self.before.get(name), self.after.get(name)
        if before is None or after is None or provider_of(name, after) in self.touched:
            return None
        if any(before.get(setting) != after.get(setting) for setting in _SETTINGS):
            return None
        if len(actions) == 1 and actions != ("update",):
            return []  # the edit neither adds nor removes this block
        sides = list(leaves_of(before)), list(leaves_of(after))
        type_ = name.partition(".")[0]
        forced = [path_text(path) for path in change.get("replace_paths") or ()]
        changed = meaningful(leaves(change, named=type_ in _SETS), forced, type_=type_, replaced=actions != ("update",))
        return [leaf.argument for leaf in changed if self._same(leaf, *sides)] or None

    def _same(self, leaf: Leaf, before: _Leaves, after: _Leaves) -> bool:
        """Return whether the argument of a block is equal before and after the edit.

        For an unset argument, compare the surrounding map or block; inline blocks set an unset argument to null. An
        unset computed argument counts as different, because only the provider knows why the argument changes.
        """
        path = _INDEX.sub("", leaf.argument)
        while path:
            sides = [
                [value for at, value in side if value is not None and f"{at}.".startswith(f"{path}.")]
                for side in (before, after)
            ]
            if any(sides):
                return sides[0] == sides[1] and not _names(sides[1]) & self.touched
            path = "" if leaf.unknown is not None else path.rpartition(".")[0]
        return False


def _imports(stack: Stack) -> set[str]:
    """Return the names of the resources with a block `import`."""
    return {str(block.get("to")).partition("[")[0] for block in stack.get("import", ())}


def named_blocks(stack: Stack) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the resources, data sources and providers of a workspace by the name that references use."""
    for kind, prefix, ours in (("resource", "", ("//", "depends_on")), ("data", "data.", ("//",))):
        # Ignore `depends_on` of resources, but not of data sources: it affects when Terraform reads a data source.
        for type_, blocks in stack.get(kind, {}).items():
            for name, block in blocks.items():
                yield f"{prefix}{type_}.{name}", {key: value for key, value in block.items() if key not in ours}
    for name, configured in stack["provider"].items():
        for block in configured:
            yield f"provider.{name}.{block['alias']}" if "alias" in block else f"provider.{name}", block


def provider_of(name: str, block: Mapping[str, Any]) -> str:
    """Return the name of the provider that a resource or a data source uses."""
    kind = name.removeprefix("data.").partition("_")[0]
    return f"provider.{block.get('provider', kind)}"


def _names(value: Any) -> set[str]:
    """Return all texts in a value that look like the name of a block."""
    return set(_NAME.findall(json.dumps(value)))


def leaves_of(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each argument's path and value. Paths have no list indexes, because a single block may be an object or a
    list with one object."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from leaves_of(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and value:
        for inner in value:
            yield from leaves_of(inner, path)
    else:
        yield path, value
