"""The inputs of `hub`, and their derivation from the topology."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from hvn.kinds import common, peerings
from hvn.kinds.hub.gateway import GatewayInputs, gateway
from hvn.kinds.inputs import (
    BuiltSubnet,
    FirewallSubnet,
    LoggedInputs,
    NatGateway,
    Route,
    RouteTable,
    SecurityGroup,
    Subnet,
    ZoneLink,
)
from hvn.kinds.kind import Site
from hvn.kinds.nat import nat_gateway
from hvn.kinds.peerings import VnetPeering
from hvn.kinds.policy_owned import VNET
from hvn.kinds.routes import HOPS, routes_of, table_of
from hvn.kinds.subnets import built, security_groups
from hvn.kinds.workspace import FIREWALL_POLICY, Workspace, WorkspaceId
from hvn.topology import firewall, locations, model, naming, nat, security
from hvn.topology.firewall import RuleGroup
from hvn.topology.model import NewHub, Topology
from hvn.topology.naming import Resource, ResourceGroup


@dataclass(frozen=True, slots=True, kw_only=True)
class FirewallInputs:
    """The Azure Firewall of the hub with its subnets, its policy and its public address. `routes` is the route table of
    AzureFirewallSubnet; None without a firewall in a remote VNet."""

    name: str
    subnet: FirewallSubnet
    management_subnet: Subnet | None
    policy: str
    public_ip: str
    more_public_ips: tuple[str, ...]
    management_ip: str | None
    sku_tier: str
    private_ip: str
    dns_proxy: bool
    dns_servers: tuple[str, ...]
    threat_intelligence_mode: str
    intrusion_detection_mode: str | None
    base_policy_id: str | None
    zones: tuple[str, ...]
    private_ranges: tuple[str, ...]
    routes: RouteTable | None
    groups: tuple[RuleGroup, ...]
    dnat: RuleGroup | None

    @property
    def address_zones(self) -> tuple[str, ...]:
        """Return the zones of the public addresses. Azure stores an address in one zone or in all three
        (hashicorp/terraform-provider-azurerm#16470)."""
        return self.zones if len(self.zones) < 2 else ("1", "2", "3")


@dataclass(frozen=True, slots=True, kw_only=True)
class HubInputs(LoggedInputs):
    """`hub`: VNet with its subnets, firewall, private DNS zone of AKS with the hub's link.

    `subnets` contains all subnets except those of firewall, gateway, Route Server and runners. `more_tables` contains
    the tables of `route_tables`, by key, and `more_nsgs` the NSGs of `network_security_groups`. `firewall` is None if
    the hub has no firewall, `runner_routes` if no routes exist.
    """

    group: ResourceGroup
    new_group: bool
    vnet: Resource
    cidrs: tuple[str, ...]
    dns_servers: tuple[str, ...]
    runner_subnet: BuiltSubnet
    runner_routes: RouteTable | None
    more_tables: tuple[RouteTable, ...]
    more_nsgs: tuple[SecurityGroup, ...]
    subnets: tuple[BuiltSubnet, ...]
    firewall: FirewallInputs | None
    gateway: GatewayInputs | None
    route_server: Subnet | None
    nat_gateway: NatGateway | None
    dns_zone: str
    dns_link: str
    ddos_plan_id: str | None
    zone_links: tuple[ZoneLink, ...]
    peerings: tuple[VnetPeering, ...]

    @property
    def tables(self) -> tuple[RouteTable, ...]:
        """Return the route tables that the workspace creates for subnets, except the tables of gateway and firewall."""
        return (*((self.runner_routes,) if self.runner_routes else ()), *self.more_tables)

    @property
    def remote_routes(self) -> tuple[Route, ...]:
        """Return the firewall's routes to the networks behind the firewalls in remote VNets."""
        table = self.firewall.routes if self.firewall else None
        return tuple(route for route in (table.routes if table else ()) if route.next_hop)


def workspace(site: Site) -> Workspace | None:
    """Return the hub's workspace, or None if the hub is existing."""
    new_hub = site.topology.hub
    if not isinstance(new_hub, NewHub):
        return None
    return Workspace(id=WorkspaceId("hub"), inputs=hub(site.topology, new_hub), writes=("hub", FIREWALL_POLICY))


def hub(topology: Topology, new_hub: NewHub) -> HubInputs:
    """Return the inputs of a hub that this topology creates."""
    network = locations.hub_vnet(topology)
    routes = _runner_routes(topology, new_hub)
    table = routes.resource if routes else None
    runners = built(
        topology,
        naming.HUB,
        naming.RUNNER_SUBNET,
        new_hub.runners.subnet,
        vnet=network,
        group=network.group,
        rules=security.of_runners(new_hub),
        route_table=table,
    )
    subnets = tuple(_subnets(topology, new_hub, table))
    more_tables = tuple(
        table_of(topology, key, one, locations.hub_route_table(topology, key))
        for key, one in sorted(new_hub.route_tables.items())
    )
    filtering = _firewall(topology, network)
    return HubInputs(
        **common.in_azure(topology, "hub", VNET),
        group=network.group,
        new_group=not new_hub.existing_resource_group,
        vnet=network,
        cidrs=locations.hub_cidrs(topology),
        dns_servers=tuple(map(str, new_hub.dns_servers)),
        runner_subnet=runners,
        runner_routes=routes,
        more_tables=more_tables,
        more_nsgs=security_groups(topology, naming.HUB),
        subnets=subnets,
        firewall=filtering,
        gateway=gateway(topology, new_hub, subnets, (*((routes,) if routes else ()), *more_tables)),
        route_server=Subnet(network, "route_server", naming.ROUTE_SERVER_SUBNET, str(new_hub.route_server.cidr))
        if new_hub.route_server
        else None,
        nat_gateway=nat_gateway(
            topology,
            naming.HUB,
            new_hub.nat_gateway,
            network.group,
            _with_nat(new_hub, filtering, runners, subnets),
        ),
        dns_zone=naming.aks_zone(topology.azure.region),
        dns_link=naming.name(topology, "dns_link", naming.HUB),
        logs=common.logs(topology),
        ddos_plan_id=topology.azure.ddos_plan_id,
        zone_links=common.zone_links(
            new_hub, network.group, naming.name(topology, "dns_link", naming.HUB), create=True
        ),
        peerings=tuple(peerings.of_hub(topology, key, one) for key, one in sorted(new_hub.peerings.items())),
    )


def _runner_routes(topology: Topology, new_hub: NewHub) -> RouteTable | None:
    """Return the runners' route table with the default route to the firewall and the routes of the file; None without
    routes.

    Routes to the spokes would make connections asymmetric: requests through the firewall, replies over the peering.
    """
    if not locations.has_route_table(topology, new_hub):
        return None
    hop = locations.firewall_ip(topology)
    default = (Route("default", "0.0.0.0/0", hop),) if hop else ()
    table = locations.hub_route_table(topology, naming.RUNNERS)
    routes = (*default, *routes_of(topology, new_hub.routes))
    return RouteTable(table, routes, bgp_route_propagation=locations.learns_routes(topology))


def _firewall_routes(topology: Topology) -> RouteTable | None:
    """Return the route table of AzureFirewallSubnet; None without a firewall in a remote VNet.

    Azure accepts routes in this subnet only with a default route, and the firewall needs direct access to the internet
    (learn.microsoft.com/azure/firewall/firewall-multi-hub-spoke). Route propagation stays on, for the routes of a
    gateway.
    """
    table = locations.firewall_route_table(topology)
    if table is None:
        return None
    routes = [Route("internet", "0.0.0.0/0", "", HOPS["internet"])]
    for key, peering in sorted(topology.hub_peerings.items()):
        behind, hop = (peering.firewall.cidrs, peering.firewall.private_ip) if peering.firewall else ((), None)
        routes += [Route(f"{key}-{naming.dashed(str(cidr))}", str(cidr), str(hop)) for cidr in sorted(behind)]
    return RouteTable(table, tuple(routes), bgp_route_propagation=True, key=naming.FIREWALL)


def _firewall(topology: Topology, vnet: Resource) -> FirewallInputs | None:
    settings, address = locations.new_firewall(topology), locations.firewall_ip(topology)
    if settings is None or address is None:
        return None
    management = settings.management_cidr
    first_ip, *more_ips = naming.numbered(naming.name(topology, "firewall_public_ip", naming.HUB), settings.public_ips)
    return FirewallInputs(
        name=naming.name(topology, "firewall", naming.HUB),
        subnet=FirewallSubnet(
            vnet,
            naming.FIREWALL,
            "AzureFirewallSubnet",
            str(settings.cidr),
            locations.firewall_route_table(topology),
        ),
        management_subnet=Subnet(vnet, "management", "AzureFirewallManagementSubnet", str(management))
        if management
        else None,
        policy=locations.firewall_policy(topology).name,
        public_ip=first_ip,
        more_public_ips=tuple(more_ips),
        management_ip=naming.name(topology, "firewall_management_ip", naming.HUB) if management else None,
        sku_tier=settings.sku_tier,
        private_ip=address,
        dns_proxy=locations.has_dns_proxy(topology),
        dns_servers=tuple(map(str, settings.dns_servers)),
        threat_intelligence_mode=settings.threat_intelligence.capitalize(),
        # Mode Deny would cut off the clusters after a false positive.
        intrusion_detection_mode=(settings.intrusion_detection or "alert").capitalize()
        if settings.sku_tier == "Premium"
        else None,
        base_policy_id=settings.base_policy_id,
        zones=tuple(sorted(set(settings.zones))),
        private_ranges=firewall.private_ranges(topology),
        routes=_firewall_routes(topology),
        groups=firewall.hub_groups(topology),
        dnat=firewall.dnat_group(topology),
    )


def _with_nat(
    new_hub: NewHub, filtering: FirewallInputs | None, runners: Subnet, subnets: tuple[BuiltSubnet, ...]
) -> Iterator[Subnet]:
    """Yield the subnets that use the hub's NAT gateway."""
    by_key = {subnet.key: subnet for subnet in subnets}
    for path in nat.of_hub(new_hub):
        if path == ("firewall",):
            # A subnet of the file may have the key `firewall`, but not this name.
            yield from [replace(filtering.subnet, key=filtering.subnet.name)] if filtering else []
        else:
            yield runners if path == ("runners",) else by_key[path[1]]


def _subnets(topology: Topology, new_hub: NewHub, route_table: Resource | None) -> Iterator[BuiltSubnet]:
    """Yield AzureBastionSubnet, which cannot have a route table, and the additional subnets by key.

    https://learn.microsoft.com/azure/bastion/bastion-faq (user-defined routes)
    """
    vnet = locations.hub_vnet(topology)
    if new_hub.bastion:
        yield built(
            topology,
            naming.HUB,
            naming.BASTION,
            model.subnet(new_hub.bastion.cidr),
            vnet=vnet,
            group=vnet.group,
            rules=security.BASTION,
            route_table=None,
            name=naming.BASTION_SUBNET,
        )
    for key in sorted(new_hub.subnets):
        subnet = new_hub.subnet(key)
        yield built(
            topology,
            naming.HUB,
            key,
            subnet,
            vnet=vnet,
            group=vnet.group,
            rules=security.of_file(subnet),
            route_table=_table(topology, subnet.route, route_table),
        )


def _table(topology: Topology, route: str, firewall_table: Resource | None) -> Resource | None:
    """Return the route table that `route` of a subnet selects, or None if `route` selects no table."""
    if route == naming.NO_ROUTES:
        return None
    existing = locations.existing_route_table(route, locations.hub_vnet(topology))
    return firewall_table if route == "firewall" else existing or locations.hub_route_table(topology, route)
