"""HVN973: a spoke or a remote VNet no longer uses the hub's gateway."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.kinds.hub.inputs import HubInputs
from hvn.kinds.network.inputs import NetworkInputs
from hvn.review.context import Context

RULE = Rule(
    id="HVN973",
    name="gateway-left",
    level=Level.WARNING,
    reports="A spoke loses `use_remote_gateways`, or a hub peering `allow_gateway_transit`.",
    why="the gateway no longer announces the VNet's ranges, so on-premises networks can lose their routes to the "
    "VNet, and the VNet loses the gateway's routes",
    fix="check that no on-premises client needs the VNet",
    example="# The base has use_remote_gateways: true in a spoke, and the change removes it.\n",
    see="https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-peering-gateway-transit",
)
LABEL = "hvn: interrupts"


def check(context: Context) -> Iterator[Finding]:
    """Yield a finding for each spoke and remote VNet that no longer uses the gateway. Other rules report a removed or
    existing peering."""
    for workspace, before, after in context.changed(NetworkInputs):
        if after and before.use_remote_gateways and not after.use_remote_gateways:
            message = Message("the gateway no longer announces {ranges}", ranges=list(before.cidrs))
            yield Finding(rule=RULE, workspace=workspace.id, message=message)
    for workspace, old, hub in context.changed(HubInputs):
        kept = {peering.vnet: peering.gateway_transit for peering in hub.peerings} if hub else {}
        for peering in old.peerings:
            if peering.gateway_transit and not kept.get(peering.vnet, True):
                facts = {"ranges": list(peering.cidrs), "vnet": peering.vnet.name}
                message = Message("the gateway no longer announces {ranges} of {vnet}", **facts)
                yield Finding(rule=RULE, workspace=workspace.id, message=message)
