"""HVN306 spoke-subscription: a spoke's subscription_id is not the subscription of its existing VNet."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.topology.model import Topology
from hvn.topology.naming import parse

RULE = Rule(
    id="HVN306",
    name="spoke-subscription",
    reports="A spoke's subscription_id differs from its existing VNet's subscription.",
    why=("the provider of the spoke's subscription creates the subnets, but cannot find the VNet in this subscription"),
    fix="remove subscription_id: the spoke then uses the subscription of the VNet",
    example="""\
spokes:
  search:
    subscription_id: 44444444-4444-4444-8444-444444444444
    vault_route: none
    existing:
      vnet_id: /subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/rg-network/providers/\
Microsoft.Network/virtualNetworks/vnet-search
      cidrs: [10.66.0.0/16]
""",
    see="docs/how-to/existing-network.md",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each spoke's `subscription_id` that differs from the subscription of its VNet."""
    for name, spoke in topology.spokes.items():
        if spoke.existing and spoke.subscription_id:
            vnet = parse(spoke.existing.vnet_id)
            if spoke.subscription_id != vnet.group.subscription_id:
                yield Finding(
                    rule=RULE,
                    path=("spokes", name, "subscription_id"),
                    message=Message(
                        "subscription_id is {own}, but the VNet {vnet} is in subscription {subscription}",
                        own=spoke.subscription_id,
                        vnet=vnet.name,
                        subscription=vnet.group.subscription_id,
                    ),
                    fix=Message(
                        "remove subscription_id: the spoke then uses {subscription}",
                        subscription=vnet.group.subscription_id,
                    ),
                )
