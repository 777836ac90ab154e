"""HVN440 remote-firewall: the address of a remote firewall is outside the remote VNet."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN440",
    name="remote-firewall",
    reports="The private address of a firewall in `hub.peerings` is outside the ranges of the remote VNet.",
    why="Azure drops packets to a next hop outside the VNet and its peered VNets",
    fix="correct private_ip, or add the missing range to the peering's cidrs",
    example="""\
hub:
  peerings:
    west:
      vnet_id: /subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/rg-west/providers/\
Microsoft.Network/virtualNetworks/vnet-west
      cidrs: [10.128.0.0/22]
      firewall: {private_ip: 10.129.0.4, cidrs: [10.129.0.0/16]}
""",
    see="https://learn.microsoft.com/azure/firewall/firewall-multi-hub-spoke",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each remote firewall with an address outside the remote VNet."""
    for key, peering in topology.hub_peerings.items():
        firewall = peering.firewall
        if firewall and not any(firewall.private_ip in cidr for cidr in peering.cidrs):
            yield Finding(
                rule=RULE,
                path=("hub", "peerings", key, "firewall", "private_ip"),
                message=Message(
                    "{address} is not in the remote VNet {cidrs}", address=firewall.private_ip, cidrs=peering.cidrs
                ),
                fix=Message("correct the address, or add its range to cidrs"),
            )
