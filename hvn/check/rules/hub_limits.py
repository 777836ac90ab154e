"""HVN407 hub-limits: the hub's VNet needs more peerings, or GatewaySubnet more routes, than Azure allows."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.topology import locations
from hvn.topology.model import Topology
from hvn.topology.ranges import vault_sites
from hvn.topology.shared_vnets import vnets

RULE = Rule(
    id="HVN407",
    name="hub-limits",
    level=Level.WARNING,
    reports="The hub's VNet needs more than 500 peerings, or GatewaySubnet more than 400 routes.",
    why="Azure refuses the 501st peering of a VNet at apply",
    fix="move spokes to a second hub with its own topology file",
    example="""\
spokes: # and so on, to s500
  s001: {cidr: 10.66.0.0/24, vault_route: none}
  s002: {cidr: 10.66.1.0/24, vault_route: none}
""",
    see="https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits",
)

LIMIT = 500
MOST_ROUTES = 400
REFUSED = Message("Azure refuses the 401st route of a route table at apply")


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each limit that the hub of this file exceeds: its peerings, new and existing, and the routes
    of GatewaySubnet."""
    if not locations.has_hub(topology):
        return
    count = (
        len(vnets(topology))
        + len(topology.hub_peerings)
        + len(topology.hvn.cidrs) * (topology.vault_peering is not None)
    )
    if count > LIMIT:
        yield _finding(
            Message("the hub's VNet needs {count} peerings, and Azure's limit is {limit}", count=count, limit=LIMIT),
            count - LIMIT,
        )
    routes = _gateway_routes(topology)
    if routes > MOST_ROUTES:
        yield _finding(
            Message(
                "the route table of GatewaySubnet needs at least {count} routes, and Azure's limit is {limit}",
                count=routes,
                limit=MOST_ROUTES,
            ),
            routes - MOST_ROUTES,
            REFUSED,
        )


def _gateway_routes(topology: Topology) -> int:
    """Return the number of routes to spokes and HVN in the table of GatewaySubnet. Appliances and subnets of the hub
    can add routes."""
    if not locations.gateway_route_table(topology) or not locations.firewall_ip(topology):
        return 0
    spokes = sum(len(spoke.cidrs) for spoke in topology.spokes.values() if not spoke.bgp_route_propagation)
    return spokes + len(topology.hvn.cidrs) * bool(vault_sites(topology))


def _finding(message: Message, more: int, why: Message | str = "") -> Finding:
    fix = Message("move {more} of the spokes to a second hub with its own topology file", more=more)
    return Finding(rule=RULE, path=("spokes",), message=message, fix=fix, why=why)
