"""HVN211: tags whose keys AKS keeps for itself."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Breach, Level, Rule
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN211",
    name="tag-of-aks",
    level=Level.WARNING,
    why="AKS writes tags with these prefixes itself, so that Terraform and AKS would change them back and forth",
    see="https://learn.microsoft.com/azure/aks/faq",
)

PREFIXES = ("aks-managed", "k8s-azure")


def check(topology: Topology) -> Iterator[Breach]:
    """Keys of `azure.tags` that begin so, where there is a cluster that gets them."""
    if not any(spoke.cluster for spoke in topology.spokes.values()):
        return
    for key in topology.azure.tags:
        if key.casefold().startswith(PREFIXES):
            yield Breach(
                ("azure", "tags", key),
                f"`{key}` begins like the tags that AKS writes",
                f"choose a key that does not begin with {' or '.join(PREFIXES)}",
                at_key=True,
            )
