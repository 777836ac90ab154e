"""HVN410 gateway-unused: a flag for the hub's gateway has no effect."""

from collections.abc import Iterator
from ipaddress import IPv4Network

from hvn.diagnostics.finding import Finding, Level, Message, Path, Rule
from hvn.diagnostics.message import Field
from hvn.topology import locations
from hvn.topology.model import ExistingHub, NewHub, Route, Spoke, Topology
from hvn.topology.naming import NO_ROUTES
from hvn.topology.shared_vnets import clusters

RULE = Rule(
    id="HVN410",
    name="gateway-unused",
    reports="The flag use_remote_gateways has no peering (error), or another gateway setting has no effect (warning).",
    why="a spoke gets the gateway's routes only through a peering with use_remote_gateways",
    fix="set use_remote_gateways: true on a peering that this project creates, or remove the flag",
    example="""\
spokes:
  orders: {bgp_route_propagation: true}
""",
    needs_all_items=True,
    see="https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview",
)

NO_GATEWAY = Message("without a gateway in the hub, the remote VNet cannot use it")
PEERING = Message("this project does not create the VNet's peering with the hub, so it cannot set the peering's flag")
NO_ROUTE = Message("Azure drops packets to on-premises networks, including replies")
NO_TABLE = Message("only a route table can disable BGP route propagation")
ADD_ROUTE = Message(
    "set bgp_route_propagation: true, or use a table of route_tables with a route to on-premises networks"
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield an error for each use_remote_gateways without a peering of this project. Yield a warning for:

    - use_remote_gateways without a route to on-premises networks
    - allow_gateway_transit without a gateway
    - next_hop without routes
    - bgp_route_propagation without use_remote_gateways: Azure accepts this flag, and azurerm sets it by default
    - bgp_route_propagation: false and a subnet without a route table

    The rule ignores `bgp_route_propagation: true` if this project does not create the peering: its owner may have set
    `use_remote_gateways`. HVN409 reports allow_gateway_transit with `reverse`.
    """
    if not locations.has_gateway_subnet(topology):
        yield from _transit(topology)
    yield from _type(topology.hub)
    if appliance := locations.gateway_appliance(topology):
        yield from _next_hop(topology, appliance)
    for name, spoke in topology.spokes.items():
        peered = spoke.existing is None or spoke.existing.hub_peering
        if spoke.use_remote_gateways and not peered:
            field = Field(("spokes", name, "existing", "hub_peering"))
            yield Finding(
                rule=RULE,
                path=("spokes", name, "use_remote_gateways"),
                message=Message("{field} is not true", field=field),
                why=PEERING,
                fix=Message("remove the flag here, and ask the peering's owner to set the flag"),
            )
        if peered and spoke.use_remote_gateways and _lacks_routes(topology, name, spoke):
            yield Finding(
                rule=RULE,
                path=("spokes", name, "use_remote_gateways"),
                level=Level.WARNING,
                message=Message("no subnet of {name} has a route to an on-premises network", name=name),
                why=NO_ROUTE,
                fix=ADD_ROUTE,
            )
        if spoke.use_remote_gateways or not peered:
            yield from _without_table(topology, name, spoke)
        else:
            yield from (_without_gateway(name, path) for path in _propagating(spoke))


def _type(hub: object) -> Iterator[Finding]:
    if isinstance(hub, ExistingHub) and hub.existing.gateway_type and not hub.existing.gateway:
        yield Finding(
            rule=RULE,
            path=("hub", "existing", "gateway_type"),
            level=Level.WARNING,
            message=Message("the hub has no gateway"),
            why=Message("only the routes of a gateway depend on its type"),
            fix=Message("set {field}: true, or remove gateway_type", field=Field(("hub", "existing", "gateway"))),
        )


def _next_hop(topology: Topology, appliance: str) -> Iterator[Finding]:
    from hvn.reach.build import built

    gateway = built(topology).gateway
    if not any(str(route.next_hop) == appliance for route in (gateway.routes or () if gateway else ())):
        yield Finding(
            rule=RULE,
            path=("hub", "gateway", "next_hop"),
            level=Level.WARNING,
            message=Message("no subnet has a route to all of on_premises with an appliance as next hop"),
            why=Message("GatewaySubnet has routes to appliances only for subnets with such a route"),
            fix=Message("add routes to the tables of the subnets, or remove next_hop"),
        )


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


def _without_table(topology: Topology, name: str, spoke: Spoke) -> Iterator[Finding]:
    if not (locations.learns_routes(topology, spoke) or _has_tables(topology, name, spoke)):
        yield Finding(
            rule=RULE,
            path=("spokes", name, "bgp_route_propagation"),
            level=Level.WARNING,
            message=Message("subnets of {name} without a route table learn the gateway's routes", name=name),
            why=NO_TABLE,
            fix=Message("add routes to spokes.{name}, or remove the flag", name=name),
        )


def _has_tables(topology: Topology, name: str, spoke: Spoke) -> bool:
    if locations.has_route_table(topology, spoke) or not locations.has_hub(topology):
        return True
    others = spoke.subnets and not _has_nodes(topology, name)
    return bool(others) and all(spoke.subnet(key).route != "firewall" for key in spoke.subnets)


def _has_nodes(topology: Topology, name: str) -> bool:
    return any(one.new_cluster and one.new_cluster.node_cidr for one in clusters(topology, name).values())


def _lacks_routes(topology: Topology, name: str, spoke: Spoke) -> bool:
    """Return whether no subnet of a spoke has a route to an on-premises network. With a firewall, the tables of the
    project do not contain the gateway's routes. Routes of existing tables are unknown."""
    if _has_nodes(topology, name) or not (spoke.subnets and topology.on_premises):
        return False
    if locations.learns_routes(topology, spoke):
        return False
    return not any(_may_have_route(topology, spoke, spoke.subnet(key).route) for key in spoke.subnets)


def _may_have_route(topology: Topology, spoke: Spoke, route: str) -> bool:
    table = spoke.route_tables.get(route)
    if table is None and route != NO_ROUTES and spoke.routes and locations.firewall_ip(topology) is None:
        return any(_leads(topology, one) for one in spoke.routes.values())
    if table is None:
        return route != NO_ROUTES
    return table.bgp_route_propagation or any(_leads(topology, one) for one in table.routes.values())


def _leads(topology: Topology, route: Route) -> bool:
    if route.next_hop in ("none", "internet", "vnet") or not route.destination[0].isdigit():
        return False
    to = IPv4Network(route.destination)
    return any(to.overlaps(cidr) for cidrs in topology.on_premises.values() for cidr in cidrs)
