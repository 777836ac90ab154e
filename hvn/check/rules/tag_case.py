"""HVN210 tag-case: two tag keys differ only in case."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.diagnostics.message import LineOf
from hvn.topology.model import Topology
from hvn.topology.tags import tag_sections

RULE = Rule(
    id="HVN210",
    name="tag-case",
    reports="Two tag keys differ only in case.",
    why="Azure treats both keys as one tag, so every apply would overwrite the tag",
    fix="remove one of the two tags",
    example="""\
azure:
  tags: {Owner: network-team}
""",
    see="https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each key that equals an earlier key of the same mapping, without regard to case."""
    for path, tags in tag_sections(topology):
        seen: dict[str, str] = {}
        for key in tags:
            first = seen.setdefault(key.casefold(), key)
            if first != key:
                yield Finding(
                    rule=RULE,
                    path=(*path, key),
                    at_key=True,
                    message=Message(
                        "{key} differs from {first} (line {line}) only in case",
                        key=key,
                        first=first,
                        line=LineOf((*path, first)),
                    ),
                    fix=Message("remove {key} or {first}", key=key, first=first),
                )
