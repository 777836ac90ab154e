"""HVN451 remote-vnet-ranges: the file has different ranges for one remote VNet."""

from collections.abc import Iterator
from ipaddress import IPv4Network

from hvn.diagnostics.finding import Finding, Message, Path, Rule
from hvn.diagnostics.message import Field, LineOf
from hvn.topology.model import PeeringWithVnet, Topology
from hvn.topology.ranges import spoke_peerings

RULE = Rule(
    id="HVN451",
    name="remote-vnet-ranges",
    reports="Two peerings with one remote VNet have different `cidrs`.",
    why="routes and firewall rules would be wrong for one of the peerings",
    fix="write all ranges of the VNet in each peering",
    example="""\
hub:
  peerings:
    tools:
      vnet_id: /subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/rg-tools/providers/\
Microsoft.Network/virtualNetworks/vnet-tools
      cidrs: [10.128.0.0/24]
spokes:
  analytics:
    peerings:
      tools:
        vnet_id: /subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/rg-tools/providers/\
Microsoft.Network/virtualNetworks/vnet-tools
        cidrs: [10.128.0.0/24, 10.128.1.0/24]
""",
    see="https://learn.microsoft.com/azure/virtual-network/virtual-network-peering-overview",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each peering of a spoke with different ranges than an earlier peering with the same VNet."""
    first: dict[str, tuple[Path, tuple[IPv4Network, ...]]] = {}
    for key, hub_peering in topology.hub_peerings.items():
        first.setdefault(hub_peering.vnet_id.casefold(), (("hub", "peerings", key, "cidrs"), hub_peering.cidrs))
    for path, peering in spoke_peerings(topology):
        if not isinstance(peering, PeeringWithVnet):
            continue
        at, cidrs = first.setdefault(peering.vnet_id.casefold(), ((*path, "cidrs"), peering.cidrs))
        if set(cidrs) != set(peering.cidrs):
            yield Finding(
                rule=RULE,
                path=(*path, "cidrs"),
                message=Message(
                    "{own} differ from {other} {cidrs} (line {line}) of the same VNet",
                    own=sorted(peering.cidrs),
                    other=Field(at),
                    cidrs=sorted(cidrs),
                    line=LineOf(at),
                ),
                fix=Message(
                    "write {cidrs} in both peerings if they are all ranges of the VNet",
                    cidrs=sorted({*cidrs, *peering.cidrs}),
                ),
            )
