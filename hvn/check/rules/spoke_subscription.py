"""HVN306: an existing VNet lies in the spoke's subscription."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Breach, Rule
from hvn.topology.model import Topology
from hvn.topology.naming import parse

RULE = Rule(
    id="HVN306",
    name="spoke-subscription",
    why="subnets are written with the provider of the spoke's subscription, and would not find the VNet there",
    see="docs/how-to/existing-network.md",
)


def check(topology: Topology) -> Iterator[Breach]:
    """Spokes whose `subscription_id` is not the one in the id of their VNet."""
    for name, spoke in topology.spokes.items():
        if spoke.existing and spoke.subscription_id:
            of_vnet = parse(spoke.existing.vnet_id).group.subscription_id
            if spoke.subscription_id != of_vnet:
                yield Breach(
                    ("spokes", name, "subscription_id"),
                    f"is not the subscription of the VNet, {of_vnet}",
                    "take it out: the VNet's own is used",
                )
