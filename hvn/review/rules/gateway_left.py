"""HVN973: a spoke no longer uses the hub's gateway."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.kinds.network.inputs import NetworkInputs
from hvn.review.context import Context

RULE = Rule(
    id="HVN973",
    name="gateway-left",
    level=Level.WARNING,
    reports="An edit removes `use_remote_gateways` from a spoke.",
    why="the gateway no longer announces the spoke's ranges, so on-premises networks can lose the spoke, and the spoke "
    "loses the gateway's routes",
    fix="check that no on-premises client needs the spoke",
    example="# The base has use_remote_gateways: true in a spoke, and the change removes it.\n",
    see="https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-peering-gateway-transit",
)
LABEL = "hvn: interrupts"


def check(context: Context) -> Iterator[Finding]:
    """Yield a finding for each spoke that no longer uses the gateway. Other rules report a removed or existing
    peering."""
    for workspace, before, after in context.changed(NetworkInputs):
        if after and before.use_remote_gateways and not after.use_remote_gateways:
            message = Message("the gateway no longer announces {ranges}", ranges=list(before.cidrs))
            yield Finding(rule=RULE, workspace=workspace.id, message=message)
