"""HVN409 gateway-missing: a spoke or remote VNet uses the hub's gateway, but no gateway exists."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Path, Rule
from hvn.diagnostics.message import Field
from hvn.topology import locations
from hvn.topology.model import ExistingHub, NewHub, Topology

RULE = Rule(
    id="HVN409",
    name="gateway-missing",
    reports="A spoke or a remote VNet uses the hub's gateway, but no gateway exists.",
    why="until a gateway exists, Azure refuses the peering (RemoteVnetHasNoGateways)",
    fix="apply `hub`, wait until the gateway's owner has built the gateway or Route Server, then set existing: true in "
    "hub.gateway or hub.route_server; or remove the flag",
    example="""\
spokes:
  orders: {use_remote_gateways: true}
""",
    see="https://learn.microsoft.com/azure/virtual-network/virtual-network-manage-peering",
)

NO_HUB = Message("the network has no hub, and therefore no gateway")
REMOVE = Message("remove use_remote_gateways")


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each user of the gateway if the hub has no gateway."""
    if locations.has_gateway(topology):
        return
    if isinstance(topology.hub, ExistingHub):
        field, fix = Field(("hub", "existing", "gateway")), "gateway: true"
    elif isinstance(topology.hub, NewHub) and topology.hub.gateway:
        field, fix = Field(("hub", "gateway", "existing")), "existing: true"
    elif isinstance(topology.hub, NewHub) and topology.hub.route_server:
        field, fix = Field(("hub", "route_server", "existing")), "existing: true"
    else:
        field, fix = Field(("hub", "gateway")), "gateway: {cidr: RANGE, existing: true}"
    has_hub = locations.has_hub(topology)
    for path in _users(topology):
        flag = str(path[-1])
        after = Message(
            "after the gateway exists, set {fix} in {field}, or remove {flag}",
            fix=fix,
            field=Field(field.path[:-1]),
            flag=flag,
        )
        yield Finding(
            rule=RULE,
            path=path,
            message=Message("the hub has no gateway: {field} is not set", field=field) if has_hub else NO_HUB,
            fix=after if has_hub else REMOVE,
        )


def _users(topology: Topology) -> Iterator[Path]:
    """Yield the flag of each peering half with use_remote_gateways that this project creates."""
    if isinstance(topology.hub, NewHub):
        for key, peering in topology.hub.peerings.items():
            if peering.allow_gateway_transit and peering.reverse:
                yield ("hub", "peerings", key, "allow_gateway_transit")
    for name, spoke in topology.spokes.items():
        if spoke.use_remote_gateways:
            yield ("spokes", name, "use_remote_gateways")
