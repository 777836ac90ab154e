"""HVN212 tag-of-azure: a tag key begins with a prefix that Azure reserves."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.topology.model import Topology
from hvn.topology.tags import tag_sections

RULE = Rule(
    id="HVN212",
    name="tag-of-azure",
    reports="A tag key begins with azure, microsoft or windows, in any case.",
    why="Azure reserves these prefixes and refuses the tag at apply",
    fix="use a key that does not begin with azure, microsoft or windows",
    example="""\
azure:
  tags: {azure-owner: platform-team}
""",
    see="https://learn.microsoft.com/rest/api/resources/tags/create-or-update",
)

PREFIXES = ("azure", "microsoft", "windows")


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each key of a tag that begins with a reserved prefix, without regard to case."""
    for path, tags in tag_sections(topology):
        for key in tags:
            prefix = next((prefix for prefix in PREFIXES if key.casefold().startswith(prefix)), None)
            if prefix:
                yield Finding(
                    rule=RULE,
                    path=(*path, key),
                    at_key=True,
                    message=Message("{key} begins with {prefix}, which Azure reserves", key=key, prefix=prefix),
                    fix=Message("rename the tag, for example to {name}", name=f"my-{key}"[:128]),
                )
