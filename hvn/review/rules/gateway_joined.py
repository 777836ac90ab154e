"""HVN986: an edit lets a spoke or a remote VNet use the hub's gateway."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.kinds.hub.inputs import HubInputs
from hvn.kinds.network.inputs import NetworkInputs
from hvn.review.context import Context

RULE = Rule(
    id="HVN986",
    name="gateway-joined",
    level=Level.WARNING,
    reports="A spoke gets `use_remote_gateways`, or a hub peering `allow_gateway_transit`.",
    why="the gateway announces the VNet's ranges, so on-premises clients can open connections to it",
    fix="check that its NSGs deny the connections that nobody needs",
    example="# The base has a gateway in the hub, and the change adds use_remote_gateways: true to a spoke.\n",
    see="https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-peering-gateway-transit",
)
LABEL = "hvn: opens"


def check(context: Context) -> Iterator[Finding]:
    """Yield a finding for each spoke that uses the gateway now, also for a new spoke, and for each remote VNet that
    may use the gateway now."""
    for workspace, before, after in context.built(NetworkInputs):
        used = before is not None and before.use_remote_gateways
        if context.before and after.use_remote_gateways and not used:
            message = Message("the gateway announces {ranges} to on-premises networks", ranges=list(after.cidrs))
            yield Finding(rule=RULE, workspace=workspace.id, message=message)
    for workspace, old, hub in context.built(HubInputs):
        known = {peering.vnet for peering in old.peerings if peering.gateway_transit} if old else set()
        for peering in hub.peerings:
            if context.before and peering.gateway_transit and peering.vnet not in known:
                facts = {"ranges": list(peering.cidrs), "vnet": peering.vnet.name}
                message = Message("the gateway can announce {ranges} of {vnet} to on-premises networks", **facts)
                yield Finding(rule=RULE, workspace=workspace.id, message=message)
