"""The inputs of `network-<spoke>`, and their derivation from the topology."""

from dataclasses import dataclass

from hvn.kinds import common, peerings
from hvn.kinds.gateway_routes import routes_to_spoke
from hvn.kinds.inputs import (
    BuiltSubnet,
    LoggedInputs,
    LogInputs,
    NatGateway,
    Route,
    RouteTable,
    SecurityGroup,
    ZoneLink,
)
from hvn.kinds.kind import Site
from hvn.kinds.nat import nat_gateway
from hvn.kinds.peerings import VnetPeering
from hvn.kinds.policy_owned import VNET
from hvn.kinds.routes import hvn_routes, routes_of, table_of
from hvn.kinds.subnets import built, security_groups
from hvn.kinds.workspace import FIREWALL_POLICY, Workspace, WorkspaceId
from hvn.topology import locations, naming, nat, security
from hvn.topology.cluster_subnets import first_subnet
from hvn.topology.firewall import RuleGroup, spoke_group
from hvn.topology.model import Spoke, Subnet, Topology
from hvn.topology.naming import Resource, ResourceGroup
from hvn.topology.security import SecurityRule


@dataclass(frozen=True, slots=True, kw_only=True)
class HubRef:
    """The resources of the hub to which a spoke's workspace refers."""

    vnet: Resource
    cidrs: tuple[str, ...]
    dns_zone: Resource
    gateway_routes: RouteTable | None
    """The spoke's routes in the route table of GatewaySubnet; None if the spoke does not need routes."""


@dataclass(frozen=True, slots=True)
class SpokeRules:
    """The spoke's rule collection group in the hub's firewall policy."""

    policy: Resource
    group: RuleGroup


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkInputs(LoggedInputs):
    """`network-<spoke>`: VNet, subnets, route tables, both halves of the hub peering, DNS zone link, firewall rules.

    `hub` is None without a hub; `hub_peering` and `zone_link` are then false.
    `group` contains the new resources, and `vnet` unless the VNet is existing. `route_table` is None without routes.
    `open_table` is the route table without routes, for subnets with `route: none`. `more_tables` are the tables of
    `route_tables`, by key, and `more_nsgs` the NSGs of `network_security_groups`.
    """

    group: ResourceGroup
    new_group: bool
    vnet: Resource
    cidrs: tuple[str, ...]
    dns_servers: tuple[str, ...]
    new_vnet: bool
    ddos_plan_id: str | None
    hub_peering: bool
    use_remote_gateways: bool
    zone_link: bool
    subnets: tuple[BuiltSubnet, ...]
    route_table: RouteTable | None
    open_table: RouteTable | None
    more_tables: tuple[RouteTable, ...]
    more_nsgs: tuple[SecurityGroup, ...]
    nat_gateway: NatGateway | None
    hub: HubRef | None
    peering_to_hub: str
    peering_from_hub: str
    peerings: tuple[VnetPeering, ...]
    dns_link: str
    zone_links: tuple[ZoneLink, ...]
    rules: SpokeRules | None

    @property
    def default_hop(self) -> str:
        """Return the firewall's address, the next hop of the default route; empty without a default route to an
        appliance."""
        routes = self.route_table.routes if self.route_table else ()
        return next((route.next_hop for route in routes if route.cidr == "0.0.0.0/0"), "")

    @property
    def tables(self) -> tuple[RouteTable, ...]:
        """Return the route tables that the workspace creates for subnets."""
        return tuple(table for table in (self.route_table, *self.more_tables, self.open_table) if table)


def workspace(site: Site) -> Workspace | None:
    """Return the spoke's workspace, or None for a spoke in the VNet of another spoke. The workspace may also write to
    the hub's VNet, its gateway's route table, and the VNets of peered spokes, which must exist."""
    if site.spoke.vnet_of:
        return None
    inputs = network(site.topology, site.name, site.spoke)
    in_hub = inputs.hub_peering or (inputs.hub is not None and inputs.hub.gateway_routes is not None)
    writes = (*(("hub",) if in_hub else ()), *((FIREWALL_POLICY,) if inputs.rules else ()))
    others = tuple(peering.spoke for peering in inputs.peerings if peering.spoke)
    return Workspace(
        id=site.id("network"),
        inputs=inputs,
        after=(WorkspaceId("hub"), *(WorkspaceId("network", other) for other in others)),
        writes=(*writes, *(f"spoke {other}" for other in (site.name, *others))),
    )


def network(topology: Topology, name: str, spoke: Spoke) -> NetworkInputs:
    """Return the inputs of a spoke's VNet, its subnets, routes and peering with the hub."""
    subnets, own = _subnets(topology, name, spoke), _route_table(topology, name, spoke)
    more_tables = tuple(
        table_of(topology, key, table, locations.spoke_route_table(topology, name, spoke, key))
        for key, table in sorted(spoke.route_tables.items())
    )
    return NetworkInputs(
        **common.in_azure(topology, WorkspaceId("network", name), *(() if spoke.existing else (VNET,)), spoke=name),
        group=locations.spoke_group(topology, name, spoke),
        new_group=not spoke.existing_resource_group,
        vnet=locations.spoke_vnet(topology, name, spoke),
        cidrs=locations.spoke_cidrs(spoke),
        dns_servers=tuple(map(str, spoke.dns_servers)),
        new_vnet=spoke.existing is None,
        ddos_plan_id=None if spoke.existing else topology.azure.ddos_plan_id,
        hub_peering=locations.has_hub_peering(topology, spoke),
        use_remote_gateways=spoke.use_remote_gateways,
        zone_link=locations.has_zone_link(topology, spoke),
        subnets=subnets,
        route_table=own,
        open_table=_open_table(topology, name, spoke),
        more_tables=more_tables,
        more_nsgs=security_groups(topology, name),
        nat_gateway=nat_gateway(
            topology,
            name,
            spoke.nat_gateway,
            locations.spoke_group(topology, name, spoke),
            (subnet for subnet in subnets if subnet.key in nat.of_spoke(topology, name)),
        ),
        hub=_hub(topology, routes_to_spoke(topology, name, own, more_tables, subnets)),
        peering_to_hub=naming.name(topology, "peering_to_hub", name),
        peering_from_hub=naming.name(topology, "peering_from_hub", name),
        peerings=peerings.of_spoke(topology, name, spoke),
        dns_link=naming.name(topology, "dns_link", name),
        zone_links=common.zone_links(
            spoke,
            locations.zone_group(topology, name, spoke),
            naming.name(topology, "dns_link", name),
            create=not locations.has_hub(topology),
        ),
        rules=_rules(topology, name, spoke),
        logs=_logs(topology, spoke),
    )


def _hub(topology: Topology, gateway_routes: tuple[Route, ...]) -> HubRef | None:
    """Return the resources of the hub; None without a hub."""
    zone, table = locations.dns_zone(topology), locations.gateway_route_table(topology)
    if zone is None:
        return None
    return HubRef(
        vnet=locations.hub_vnet(topology),
        cidrs=locations.hub_cidrs(topology),
        dns_zone=zone,
        gateway_routes=RouteTable(table, gateway_routes, bgp_route_propagation=True)
        if table and gateway_routes
        else None,
    )


def _route_table(topology: Topology, name: str, spoke: Spoke) -> RouteTable | None:
    """Return the route table with the default route to the firewall and the routes of the file; None without routes."""
    if not locations.has_route_table(topology, spoke):
        return None
    hop = locations.firewall_ip(topology)
    routes = [Route("default", "0.0.0.0/0", hop)] if hop else []
    if hop and spoke.vault_route == "via-hub":
        # A direct spoke must not have this route: Azure must select the peering's system route to the HVN.
        routes += hvn_routes(topology, hop)
    return RouteTable(
        locations.spoke_route_table(topology, name, spoke),
        (*routes, *routes_of(topology, spoke.routes)),
        bgp_route_propagation=locations.learns_routes(topology, spoke),
    )


def _open_table(topology: Topology, name: str, spoke: Spoke) -> RouteTable | None:
    """Return the route table without routes; None without a subnet that has `route: none`."""
    if not locations.has_open_table(spoke):
        return None
    table = locations.spoke_route_table(topology, name, spoke, naming.NO_ROUTES)
    return RouteTable(table, (), bgp_route_propagation=locations.learns_routes(topology, spoke))


def _rules(topology: Topology, name: str, spoke: Spoke) -> SpokeRules | None:
    """Return the spoke's rules; None if the spoke lacks rules, or this topology does not create the policy."""
    group = spoke_group(topology, name, spoke) if locations.new_firewall(topology) else None
    return SpokeRules(locations.firewall_policy(topology), group) if group else None


def _logs(topology: Topology, spoke: Spoke) -> LogInputs | None:
    """Return the destinations of the logs of NSGs and public addresses; None if the spoke has neither, so that `logs`
    changes only spokes with such resources."""
    return common.logs(topology) if security.has_nsg(spoke) or spoke.nat_gateway else None


def _subnets(topology: Topology, name: str, spoke: Spoke) -> tuple[BuiltSubnet, ...]:
    """Return the subnets by key, with the node subnet of the cluster. AzureBastionSubnet cannot have a route table."""
    group, vnet = locations.spoke_group(topology, name, spoke), locations.spoke_vnet(topology, name, spoke)

    def table(route: str) -> Resource | None:
        if route == "firewall":
            own = _route_table(topology, name, spoke)
            return own.resource if own else None
        return locations.existing_route_table(route, vnet) or locations.spoke_route_table(topology, name, spoke, route)

    def rules(key: str, subnet: Subnet) -> tuple[SecurityRule, ...]:
        if key == naming.BASTION_SUBNET:
            return security.BASTION
        return (*security.of_subnet(topology, name, key), *security.of_file(subnet))

    subnets = {key: spoke.subnet(key) for key in spoke.subnets}
    nodes = first_subnet(topology, spoke)
    if spoke.new_cluster and nodes:
        subnets.setdefault(spoke.new_cluster.node_key, nodes)
    return tuple(
        built(
            topology,
            name,
            key,
            subnet,
            vnet=vnet,
            group=group,
            rules=rules(key, subnet),
            route_table=None if key == naming.BASTION_SUBNET else table(subnet.route),
        )
        for key, subnet in sorted(subnets.items())
    )
