"""HVN979: the hub gets a peering with a VNet outside the file, or a route to networks behind this VNet."""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.kinds.hub.inputs import HubInputs
from hvn.review.context import Context

RULE = Rule(
    id="HVN979",
    name="remote-vnet-peered",
    level=Level.WARNING,
    reports="The hub gets a peering with a remote VNet, or a route to networks behind it.",
    why="the hub's subnets and the remote VNet then reach each other without the firewall",
    fix="check that the hub's NSGs deny the connections that nobody needs",
    example="""\
hub:
  peerings:
    tools:
      vnet_id: /subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/rg-tools/providers/\
Microsoft.Network/virtualNetworks/vnet-tools
      cidrs: [10.128.0.0/24]
""",
    see="https://learn.microsoft.com/azure/virtual-network/virtual-network-peering-overview",
)
LABEL = "hvn: opens"


def check(context: Context) -> Iterator[Finding]:
    """Yield a finding for each remote VNet with a new peering, new ranges or new routes."""
    for workspace, before, after in context.built(HubInputs):
        known = {peering.vnet: set(peering.cidrs) for peering in before.peerings} if before else {}
        for peering in after.peerings:
            new = [cidr for cidr in peering.cidrs if not _covered(cidr, known.get(peering.vnet, ()))]
            text = "{vnet} with {cidrs} gets a peering with the hub"
            if peering.vnet in known:
                text = "the hub's peering with {vnet} gets {cidrs}"
            if new:
                yield _finding(workspace.id, Message(text, vnet=peering.vnet.name, cidrs=new))
        old = before.remote_routes if before else ()
        for route in after.remote_routes:
            if not _covered(route.cidr, [one.cidr for one in old if one.next_hop == route.next_hop]):
                text = "the firewall routes {cidr} to {hop} in a remote VNet, and the hub accepts traffic of {cidr}"
                yield _finding(workspace.id, Message(text, cidr=route.cidr, hop=route.next_hop))


def _finding(workspace: str, message: Message) -> Finding:
    return Finding(rule=RULE, workspace=workspace, message=message)


def _covered(cidr: str, others: Iterable[str]) -> bool:
    return any(IPv4Network(cidr).subnet_of(IPv4Network(other)) for other in others)
