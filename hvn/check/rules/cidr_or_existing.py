"""HVN303: a spoke's VNet is either made here or named."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Breach, Rule
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN303",
    name="cidr-or-existing",
    why="the VNet is either created with a range, or there already",
    see="docs/how-to/existing-network.md",
)


def check(topology: Topology) -> Iterator[Breach]:
    """Spokes with neither `cidr` nor `existing`, or with both."""
    for name, spoke in topology.spokes.items():
        if (spoke.cidr is None) == (spoke.existing is None):
            both = spoke.cidr is not None
            yield Breach(
                ("spokes", name),
                "has both `cidr` and `existing`" if both else "has neither `cidr` nor `existing`",
                "keep one of them" if both else "add `cidr` for a new VNet, or `existing` for one that is there",
            )
