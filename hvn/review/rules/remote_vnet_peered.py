"""HVN979: the hub gets a peering with a VNet outside the file, or a route to networks behind such a VNet."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.kinds.hub.inputs import HubInputs
from hvn.kinds.inputs import Route
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
            new = [cidr for cidr in peering.cidrs if cidr not in known.get(peering.vnet, ())]
            text = "{vnet} with {cidrs} gets a peering with the hub"
            if peering.vnet in known:
                text = "the hub's peering with {vnet} gets {cidrs}"
            if new:
                yield _finding(workspace.id, Message(text, vnet=peering.vnet.name, cidrs=new))
        old = {_hop(route) for route in _routes(before)} if before else set()
        for route in _routes(after):
            if _hop(route) not in old:
                text = "the firewall routes {cidr} to {hop} in a remote VNet, and the hub accepts traffic from there"
                yield _finding(workspace.id, Message(text, cidr=route.cidr, hop=route.next_hop))


def _finding(workspace: str, message: Message) -> Finding:
    return Finding(rule=RULE, workspace=workspace, message=message)


def _routes(inputs: HubInputs) -> list[Route]:
    """Return the routes to remote firewalls."""
    table = inputs.firewall.routes if inputs.firewall else None
    return [route for route in (table.routes if table else ()) if route.next_hop]


def _hop(route: Route) -> tuple[str, str]:
    return route.cidr, route.next_hop
