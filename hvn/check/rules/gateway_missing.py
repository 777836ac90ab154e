"""HVN409 gateway-missing: a spoke has use_remote_gateways, but no gateway exists in the hub."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.diagnostics.message import Field
from hvn.topology import locations
from hvn.topology.model import ExistingHub, NewHub, Topology

RULE = Rule(
    id="HVN409",
    name="gateway-missing",
    reports="A spoke has use_remote_gateways, but no gateway exists in the hub.",
    why="until a gateway exists, Azure refuses the spoke's peering (RemoteVnetHasNoGateways)",
    fix="apply `hub`, wait until the gateway's owner has built the gateway, then set existing: true in hub.gateway; or "
    "remove use_remote_gateways",
    example="""\
spokes:
  orders: {use_remote_gateways: true}
""",
    see="https://learn.microsoft.com/azure/virtual-network/virtual-network-manage-peering",
)

NO_HUB = Message("the network has no hub, and therefore no gateway")
REMOVE = Message("remove use_remote_gateways")


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each spoke with use_remote_gateways if the hub has no gateway."""
    if locations.has_gateway(topology):
        return
    if isinstance(topology.hub, ExistingHub):
        field, fix = Field(("hub", "existing", "gateway")), "gateway: true"
    elif isinstance(topology.hub, NewHub) and topology.hub.gateway:
        field, fix = Field(("hub", "gateway", "existing")), "existing: true"
    else:
        field, fix = Field(("hub", "gateway")), "gateway: {cidr: RANGE, existing: true}"
    has_hub = locations.has_hub(topology)
    for name, spoke in topology.spokes.items():
        if spoke.use_remote_gateways:
            after = Message(
                "after the gateway exists, set {fix} in {field}, or remove use_remote_gateways",
                fix=fix,
                field=Field(field.path[:-1]),
            )
            yield Finding(
                rule=RULE,
                path=("spokes", name, "use_remote_gateways"),
                message=Message("the hub has no gateway: {field} is not set", field=field) if has_hub else NO_HUB,
                fix=after if has_hub else REMOVE,
            )
