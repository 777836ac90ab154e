"""HVN430 firewall-missing: a setting needs the hub's firewall, but the hub has no firewall."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Path, Rule
from hvn.topology import locations
from hvn.topology.model import NewHub, Topology
from hvn.topology.ranges import routes_of_file, subnets_of_file
from hvn.topology.shared_vnets import with_vnet

RULE = Rule(
    id="HVN430",
    name="firewall-missing",
    reports="A spoke, a route or a firewall rule needs the hub's firewall, but the hub has no firewall.",
    why="VNet peering is not transitive: only an appliance in the hub can forward traffic between spokes",
    fix="remove the setting, or add a firewall to the hub",
    example="""\
hub:
  firewall: none
  vault_peering: {}
""",
    see="docs/decisions/0017-hubs-without-a-firewall.md",
)

FORWARDS = Message("VNet peering is not transitive: only an appliance in the hub can forward this traffic")
FILTERS = Message("without a firewall, this setting has no effect")
SPOKES = Message("without a firewall, the rules have no effect")
TABLE = Message("without a firewall in the hub, this project creates no default route, so the value has no effect")
ROUTE = Message("AKS refuses this outbound type without a default route in the subnet of the nodes")


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each setting that needs a firewall, if the hub has no firewall."""
    if locations.firewall_ip(topology) is not None:
        return
    for path, why, fix in (*_of_hub(topology), *_of_routes(topology), *_of_spokes(topology)):
        message = Message("{key} needs a firewall in the hub", key=str(path[-1]))
        yield Finding(rule=RULE, path=path, message=message, why=why, fix=fix)


Setting = tuple[Path, Message, Message]


def _of_hub(topology: Topology) -> Iterator[Setting]:
    hub, peering = topology.hub, topology.vault_peering
    if topology.shared_rules:
        yield ("hub", "firewall_rules"), FILTERS, Message("remove firewall_rules")
    if isinstance(hub, NewHub) and hub.runners.allow_fqdns:
        yield ("hub", "runners", "allow_fqdns"), FILTERS, Message("remove allow_fqdns")
    for key, remote in topology.hub_peerings.items():
        if remote.firewall:
            yield ("hub", "peerings", key, "firewall"), FORWARDS, Message("remove firewall from the peering")
    if peering and peering.transit_pools:
        fix = Message("remove transit_pools, and set vault_route: direct in the spokes of these pools")
        yield ("hub", "vault_peering", "transit_pools"), FORWARDS, fix
    if peering and peering.on_premises:
        yield ("hub", "vault_peering", "on_premises"), FORWARDS, Message("remove on_premises from vault_peering")


def _of_routes(topology: Topology) -> Iterator[Setting]:
    """Yield the routes to the firewall, and the subnets with an explicit `route: firewall`. The rule ignores the
    default."""
    for path, routes in routes_of_file(topology):
        for name, route in routes.items():
            if route.next_hop == "firewall":
                yield (*path, name, "next_hop"), FORWARDS, Message("remove the route, or use a different next hop")
    for path, subnet in subnets_of_file(topology):
        if "route" in subnet.model_fields_set and subnet.route == "firewall":
            yield (*path, "route"), TABLE, Message("remove route")


def _of_spokes(topology: Topology) -> Iterator[Setting]:
    for name, spoke in topology.spokes.items():
        path = ("spokes", name)
        if spoke.vault_route == "via-hub":
            yield (*path, "vault_route"), FORWARDS, Message("set vault_route: direct, or vault_route: none")
        default = any(route.destination == "0.0.0.0/0" for route in with_vnet(topology, spoke).routes.values())
        if spoke.new_cluster and spoke.new_cluster.outbound_type == "userDefinedRouting" and not default:
            yield (*path, "cluster", "outbound_type"), ROUTE, Message("remove outbound_type")
        if spoke.firewall_rules:
            yield (*path, "firewall_rules"), SPOKES, Message("remove firewall_rules")
