"""HVN410 gateway-unused: a flag for the hub's gateway has no effect."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Path, Rule
from hvn.diagnostics.message import Field
from hvn.topology import locations
from hvn.topology.model import NewHub, Spoke, Topology

RULE = Rule(
    id="HVN410",
    name="gateway-unused",
    reports="A gateway flag has no effect: use_remote_gateways (error) or another flag (warning).",
    why="a spoke gets the gateway's routes only through a peering with use_remote_gateways",
    fix="set use_remote_gateways: true on a peering that this project creates, or remove the flag",
    example="""\
spokes:
  orders: {bgp_route_propagation: true}
""",
    see="https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview",
)

NO_GATEWAY = Message("without a gateway in the hub, the remote VNet cannot use it")
PEERING = Message("this project does not create the VNet's peering with the hub, so it cannot set the peering's flag")


def check(topology: Topology) -> Iterator[Finding]:
    """Yield an error for each use_remote_gateways without a peering of this project. Yield a warning for each
    allow_gateway_transit without a gateway, and for each bgp_route_propagation without use_remote_gateways: Azure
    accepts this flag, and azurerm sets it by default.

    The rule ignores `bgp_route_propagation` if this project does not create the peering: the VNet's owner may have set
    `use_remote_gateways` on the peering. HVN409 reports allow_gateway_transit with `reverse`.
    """
    if not _has_subnet(topology):
        yield from _transit(topology)
    for name, spoke in topology.spokes.items():
        peered = spoke.existing is None or spoke.existing.hub_peering
        if spoke.use_remote_gateways and not peered:
            field = Field(("spokes", name, "existing", "hub_peering"))
            yield Finding(
                rule=RULE,
                path=("spokes", name, "use_remote_gateways"),
                message=Message("{field} is false", field=field),
                why=PEERING,
                fix=Message("remove the flag here, and ask the peering's owner to set the flag"),
            )
        if peered and not spoke.use_remote_gateways:
            yield from (_without_gateway(name, path) for path in _propagating(spoke))


def _has_subnet(topology: Topology) -> bool:
    """Return whether the hub has a gateway, or a subnet for a gateway or Route Server, which peered VNets can also
    use."""
    hub = topology.hub
    return bool(hub.gateway or hub.route_server) if isinstance(hub, NewHub) else locations.has_gateway(topology)


def _transit(topology: Topology) -> Iterator[Finding]:
    for key, peering in topology.hub_peerings.items():
        if peering.allow_gateway_transit and not (peering.reverse and isinstance(topology.hub, NewHub)):
            yield Finding(
                rule=RULE,
                path=("hub", "peerings", key, "allow_gateway_transit"),
                level=Level.WARNING,
                message=Message("the hub has no gateway"),
                why=NO_GATEWAY,
                fix=Message("declare the hub's gateway, or remove the flag"),
            )


def _propagating(spoke: Spoke) -> Iterator[Path]:
    if spoke.bgp_route_propagation:
        yield ("bgp_route_propagation",)
    for key, table in spoke.route_tables.items():
        if table.bgp_route_propagation:
            yield ("route_tables", key, "bgp_route_propagation")


def _without_gateway(name: str, path: Path) -> Finding:
    return Finding(
        rule=RULE,
        path=("spokes", name, *path),
        level=Level.WARNING,
        message=Message("without use_remote_gateways the spoke has no gateway routes to propagate"),
        fix=Message("add use_remote_gateways: true to spokes.{name}, or remove the flag", name=name),
    )
