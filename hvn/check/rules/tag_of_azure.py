"""HVN212: tags whose keys Azure keeps for itself."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Breach, Rule
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN212",
    name="tag-of-azure",
    why="Azure keeps these prefixes for its own use, and refuses such a tag when it is applied",
    see="https://learn.microsoft.com/rest/api/resources/tags/create-or-update",
)

PREFIXES = ("azure", "microsoft", "windows")


def check(topology: Topology) -> Iterator[Breach]:
    """Keys of `azure.tags` that begin so, without regard to case."""
    for key in topology.azure.tags:
        if key.casefold().startswith(PREFIXES):
            yield Breach(
                ("azure", "tags", key),
                f"`{key}` begins with a word that Azure keeps for itself",
                "choose a key that does not begin with azure, microsoft or windows",
                at_key=True,
            )
