"""Find resources in synthesized workspaces. Name the topologies that several tests use."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.conftest import PROJECT, SAMPLE, Synthesized

EVERYTHING = PROJECT / "tests" / "topologies" / "everything.yaml"  # hub and spoke have different subscriptions
EXISTING = PROJECT / "tests" / "topologies" / "existing.yaml"
BASES = PROJECT / "tests" / "check" / "bases"
NO_TRANSIT = BASES / "cluster.yaml"  # the hub is peered with the HVN, for the runners only
NO_PEERING = BASES / "small.yaml"
OURS = (SAMPLE, EVERYTHING, NO_TRANSIT, NO_PEERING)  # these files have no existing resources
ALL = (*OURS, EXISTING)


@dataclass(frozen=True)
class Resource:
    """A resource or a data source (`data.` in its type), and the JSON of its workspace."""

    stack: Mapping[str, Any]
    type: str
    name: str
    arguments: Mapping[str, Any]

    @property
    def address(self) -> str:
        return f"{self.type}.{self.name}"

    @property
    def subscription(self) -> str:
        """Return the subscription of the resource's azurerm provider."""
        alias = self.arguments.get("provider", "azurerm").removeprefix("azurerm").removeprefix(".") or None
        (provider,) = (block for block in self.stack["provider"]["azurerm"] if block.get("alias") == alias)
        return str(provider["subscription_id"])

    def __getitem__(self, argument: str) -> str:
        """Return an argument. If the argument is a reference, return the argument to which it refers."""
        value = self.arguments[argument]
        if match := re.fullmatch(r"\$\{(\w+)\.([\w-]+)\.(\w+)\}", value):
            kind, name, argument = match.groups()
            return Resource(self.stack, kind, name, self.stack["resource"][kind][name])[argument]
        return str(value)


def resources(built: Synthesized, *types: str) -> Iterator[Resource]:
    """Yield the resources and data sources of these types (default: all)."""
    for stack in built.values():
        for section, prefix in (("resource", ""), ("data", "data.")):
            for kind, named in stack.get(section, {}).items():
                for name, arguments in named.items():
                    if not types or prefix + kind in types:
                        yield Resource(stack, prefix + kind, name, arguments)


def one(stack: Mapping[str, Any], kind: str, prefix: str = "") -> Resource:
    """Return the only resource of a type in a workspace; `backup_` selects the resource of the backup HVN."""
    (resource,) = (
        resource for resource in resources({"": stack}, kind) if resource.name.startswith("backup_") == bool(prefix)
    )
    return resource
