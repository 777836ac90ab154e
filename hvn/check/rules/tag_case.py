"""HVN210: tags that differ only in case."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Breach, Rule
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN210",
    name="tag-case",
    why="to Azure both are one tag, and Terraform would change it back and forth",
    see="https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources",
)


def check(topology: Topology) -> Iterator[Breach]:
    """Keys of `azure.tags` that are equal without regard to case."""
    seen: dict[str, str] = {}
    for key in topology.azure.tags:
        first = seen.setdefault(key.casefold(), key)
        if first != key:
            yield Breach(
                ("azure", "tags", key),
                f"`{key}` and `{first}` (line {{line}}) differ only in case",
                "keep one of them",
                other=("azure", "tags", first),
                at_key=True,
            )
