"""The inputs of `hub`, and their derivation from the topology."""

from collections.abc import Iterator
from dataclasses import dataclass

from hvn.kinds import common
from hvn.kinds.inputs import BuiltSubnet, LoggedInputs, Route, RouteTable, Subnet, ZoneLink
from hvn.kinds.kind import Site
from hvn.kinds.policy_owned import VNET
from hvn.kinds.routes import routes_of, table_of
from hvn.kinds.subnets import built
from hvn.kinds.workspace import FIREWALL_POLICY, Workspace, WorkspaceId
from hvn.topology import firewall, locations, model, naming, security
from hvn.topology.firewall import RuleGroup
from hvn.topology.model import NewHub, Topology
from hvn.topology.naming import Resource, ResourceGroup
from hvn.topology.ranges import vault_sites


@dataclass(frozen=True, slots=True, kw_only=True)
class FirewallInputs:
    """The Azure Firewall of the hub, its policy and its public address."""

    name: str
    policy: str
    public_ip: str
    more_public_ips: tuple[str, ...]
    management_ip: str | None
    sku_tier: str
    private_ip: str
    dns_servers: tuple[str, ...]
    threat_intelligence_mode: str
    intrusion_detection_mode: str | None
    zones: tuple[str, ...]
    private_ranges: tuple[str, ...]
    groups: tuple[RuleGroup, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayInputs:
    """GatewaySubnet and its route table. The routes to the spokes are in the spokes' workspaces."""

    subnet: Subnet
    routes: RouteTable


@dataclass(frozen=True, slots=True, kw_only=True)
class HubInputs(LoggedInputs):
    """`hub`: VNet with its subnets, firewall, private DNS zone of AKS with the hub's link.

    `subnets` contains all subnets except those of the firewall, the gateway and the runners; `more_tables` the
    tables of `route_tables`, by key.
    """

    group: ResourceGroup
    new_group: bool
    vnet: Resource
    cidrs: tuple[str, ...]
    dns_servers: tuple[str, ...]
    firewall_subnet: Subnet
    management_subnet: Subnet | None
    runner_subnet: BuiltSubnet
    runner_routes: RouteTable
    more_tables: tuple[RouteTable, ...]
    subnets: tuple[BuiltSubnet, ...]
    firewall: FirewallInputs
    gateway: GatewayInputs | None
    dns_zone: str
    dns_link: str
    ddos_plan_id: str | None
    zone_links: tuple[ZoneLink, ...]

    @property
    def tables(self) -> tuple[RouteTable, ...]:
        """The route tables that the workspace creates for subnets, except the gateway's."""
        return (self.runner_routes, *self.more_tables)


def workspace(site: Site) -> Workspace | None:
    """Return the hub's workspace, or None if the hub is existing."""
    new_hub = site.topology.hub
    if not isinstance(new_hub, NewHub):
        return None
    return Workspace(id=WorkspaceId("hub"), inputs=hub(site.topology, new_hub), writes=("hub", FIREWALL_POLICY))


def hub(topology: Topology, new_hub: NewHub) -> HubInputs:
    """Return the inputs of a hub that this topology creates."""
    network = locations.hub_vnet(topology)
    # No route for the spokes: it would send requests through the firewall, but the replies arrive directly over the
    # peering.
    default = Route("default", "0.0.0.0/0", locations.firewall_ip(topology))
    routes = RouteTable(
        locations.hub_route_table(topology, naming.RUNNERS), (default, *routes_of(topology, new_hub.routes))
    )
    return HubInputs(
        **common.in_azure(topology, "hub", VNET),
        group=network.group,
        new_group=not new_hub.existing_resource_group,
        vnet=network,
        cidrs=locations.hub_cidrs(topology),
        dns_servers=tuple(map(str, new_hub.dns_servers)),
        firewall_subnet=Subnet(network, "firewall", "AzureFirewallSubnet", str(new_hub.firewall.cidr)),
        management_subnet=_management_subnet(network, new_hub),
        runner_subnet=built(
            topology,
            naming.HUB,
            naming.RUNNER_SUBNET,
            model.subnet(new_hub.runners.cidr),
            vnet=network,
            group=network.group,
            rules=security.of_runners(new_hub),
            route_table=routes.resource,
        ),
        runner_routes=routes,
        more_tables=tuple(
            table_of(topology, key, table, locations.hub_route_table(topology, key))
            for key, table in sorted(new_hub.route_tables.items())
        ),
        subnets=tuple(_subnets(topology, new_hub, routes.resource)),
        firewall=FirewallInputs(
            name=naming.name(topology, "firewall", naming.HUB),
            policy=locations.firewall_policy(topology).name,
            public_ip=naming.name(topology, "firewall_public_ip", naming.HUB),
            more_public_ips=_more_public_ips(topology, new_hub.firewall.public_ips),
            management_ip=naming.name(topology, "firewall_management_ip", naming.HUB)
            if new_hub.firewall.management_cidr
            else None,
            sku_tier=new_hub.firewall.sku_tier,
            private_ip=locations.firewall_ip(topology),
            dns_servers=tuple(map(str, new_hub.firewall.dns_servers)),
            threat_intelligence_mode=new_hub.firewall.threat_intelligence.capitalize(),
            # Mode Deny would cut off the clusters after a false alarm.
            intrusion_detection_mode=(new_hub.firewall.intrusion_detection or "alert").capitalize()
            if new_hub.firewall.sku_tier == "Premium"
            else None,
            zones=tuple(sorted(set(new_hub.firewall.zones))),
            private_ranges=firewall.private_ranges(topology),
            groups=firewall.hub_groups(topology),
        ),
        gateway=_gateway(topology, new_hub),
        dns_zone=naming.aks_zone(topology.azure.region),
        dns_link=naming.name(topology, "dns_link", naming.HUB),
        logs=common.logs(topology),
        ddos_plan_id=topology.azure.ddos_plan_id,
        zone_links=common.zone_links(
            topology, new_hub.private_dns_zones, naming.name(topology, "dns_link", naming.HUB), create=True
        ),
    )


def _management_subnet(vnet: Resource, new_hub: NewHub) -> Subnet | None:
    cidr = new_hub.firewall.management_cidr
    return Subnet(vnet, "management", "AzureFirewallManagementSubnet", str(cidr)) if cidr else None


def _gateway(topology: Topology, new_hub: NewHub) -> GatewayInputs | None:
    table = locations.gateway_route_table(topology)
    if new_hub.gateway is None or table is None:
        return None
    # The runners' default route has the firewall as next hop, so traffic to the runners must also pass the firewall.
    hop = locations.firewall_ip(topology)
    routes = [Route("runners", str(new_hub.runners.cidr), hop)]
    if vault_sites(topology):
        # Without this route Azure uses the peering's system route, but Vault's replies come through the firewall.
        routes.append(Route("hvn", str(topology.hvn.cidr), hop))
    return GatewayInputs(
        subnet=Subnet(locations.hub_vnet(topology), naming.GATEWAY, "GatewaySubnet", str(new_hub.gateway.cidr)),
        routes=RouteTable(table, tuple(routes), bgp_route_propagation=True),
    )


def _more_public_ips(topology: Topology, number: int) -> tuple[str, ...]:
    """Return the names of all addresses after the first: the first name with a number, at most 80 characters."""
    first = naming.name(topology, "firewall_public_ip", naming.HUB)
    suffixes = (f"-{index}" for index in range(2, number + 1))
    return tuple(f"{first[: 80 - len(suffix)]}{suffix}" for suffix in suffixes)


def _subnets(topology: Topology, new_hub: NewHub, route_table: Resource) -> Iterator[BuiltSubnet]:
    """Yield AzureBastionSubnet, which cannot have a route table, and the further subnets by key.

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
            name="AzureBastionSubnet",
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


def _table(topology: Topology, route: str, firewall_table: Resource) -> Resource | None:
    """Return the route table of a subnet of the file; None without routes."""
    if route == naming.NO_ROUTES:
        return None
    existing = locations.existing_route_table(route, locations.hub_vnet(topology))
    return firewall_table if route == "firewall" else existing or locations.hub_route_table(topology, route)
