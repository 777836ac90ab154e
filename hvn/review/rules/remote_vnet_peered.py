"""HVN979: a peering with another VNet is new or lets more traffic pass, or the hub gets a route to networks behind the
VNet."""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import Fact, Words
from hvn.kinds.hub.inputs import HubInputs
from hvn.kinds.network.inputs import NetworkInputs
from hvn.kinds.peerings import VnetPeering
from hvn.kinds.workspace import Workspace
from hvn.review.context import Context

RULE = Rule(
    id="HVN979",
    name="remote-vnet-peered",
    level=Level.WARNING,
    reports="A peering with another VNet is new or lets more traffic pass, or the hub gets a route to networks behind "
    "the VNet.",
    why="the peered VNets then reach each other without the firewall",
    fix="check that the NSGs of both VNets deny the connections that nobody needs",
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
    """Yield a finding for each peering that is new or lets more traffic pass, and for each new route to networks behind
    a remote VNet."""
    for workspace, was, now in context.built(NetworkInputs):
        yield from _peerings(workspace, was.peerings if was else (), now.peerings)
    for workspace, before, after in context.built(HubInputs):
        yield from _peerings(workspace, before.peerings if before else (), after.peerings)
        old = before.remote_routes if before else ()
        for route in after.remote_routes:
            if not _covered(route.cidr, [one.cidr for one in old if one.next_hop == route.next_hop]):
                text = "the firewall routes {cidr} to {hop} in a remote VNet, and the hub accepts traffic of {cidr}"
                yield _finding(workspace.id, Message(text, cidr=route.cidr, hop=route.next_hop))


def _peerings(workspace: Workspace, before: Iterable[VnetPeering], after: Iterable[VnetPeering]) -> Iterator[Finding]:
    known = {peering.vnet: peering for peering in before}
    owner: Fact = workspace.spoke or Words("the hub")
    for peering in after:
        facts: dict[str, Fact] = {"vnet": peering.spoke or peering.vnet.name, "owner": owner}
        old = known.get(peering.vnet)
        new = [cidr for cidr in peering.cidrs if not _covered(cidr, old.cidrs if old else ())]
        text = "the peering with {vnet} gets {cidrs}" if old else "{vnet} with {cidrs} gets a peering with {owner}"
        if new:
            yield _finding(workspace.id, Message(text, cidrs=new, **facts))
        if peering.accepts_forwarded and not (old and old.accepts_forwarded) and not _by_route(workspace, peering):
            text = "the peering with {vnet} accepts traffic from networks behind {vnet}"
            yield _finding(workspace.id, Message(text, **facts))
        if old and peering.reverse and not old.reverse:
            text = "this project creates the half of {vnet}, so traffic can pass"
            yield _finding(workspace.id, Message(text, **facts))


def _by_route(workspace: Workspace, peering: VnetPeering) -> bool:
    """Return whether the finding about a route of the hub reports the traffic that the peering accepts."""
    inputs = workspace.inputs
    ranges = [IPv4Network(cidr) for cidr in peering.cidrs]
    return isinstance(inputs, HubInputs) and any(
        IPv4Address(route.next_hop) in one for route in inputs.remote_routes for one in ranges
    )


def _finding(workspace: str, message: Message) -> Finding:
    return Finding(rule=RULE, workspace=workspace, message=message)


def _covered(cidr: str, others: Iterable[str]) -> bool:
    return any(IPv4Network(cidr).subnet_of(IPv4Network(other)) for other in others)
