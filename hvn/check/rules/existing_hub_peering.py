"""HVN452 existing-hub-peering: a peering of an existing hub has `reverse: true`."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.topology.model import ExistingHub, Topology

RULE = Rule(
    id="HVN452",
    name="existing-hub-peering",
    reports="A peering of an existing hub has `reverse: true`.",
    why="the owner of an existing hub manages its peerings; this project creates neither half",
    fix="remove reverse",
    example="""\
hub:
  cidr: null
  firewall: null
  runners: null
  existing:
    vnet_id: /subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/rg-hub/providers/\
Microsoft.Network/virtualNetworks/vnet-hub
    cidrs: [10.0.0.0/22]
    firewall_private_ip: 10.0.0.4
    private_dns_zone_id: /subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/rg-hub/providers/\
Microsoft.Network/privateDnsZones/privatelink.japaneast.azmk8s.io
    runners_cidr: 10.0.0.64/27
  peerings:
    tools:
      vnet_id: /subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/rg-tools/providers/\
Microsoft.Network/virtualNetworks/vnet-tools
      cidrs: [10.128.0.0/24]
      reverse: true
""",
    see="docs/how-to/existing-network.md",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each peering of an existing hub with `reverse: true`."""
    if not isinstance(topology.hub, ExistingHub):
        return
    for key, peering in topology.hub.peerings.items():
        if peering.reverse:
            yield Finding(
                rule=RULE,
                path=("hub", "peerings", key, "reverse"),
                message=Message("this project does not create peerings of an existing hub"),
                fix=Message("remove reverse: the owner of the hub creates both halves"),
            )
