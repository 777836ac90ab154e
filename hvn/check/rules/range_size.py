"""HVN102 range-size: a range is too small or too large for its purpose."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network

from hvn.check.free_ranges import RangeFixes
from hvn.diagnostics.finding import Finding, Level, Message, Path, Rule
from hvn.diagnostics.message import Words
from hvn.topology.locations import new_firewall
from hvn.topology.model import NewHub, Topology
from hvn.topology.naming import BASTION_SUBNET
from hvn.topology.ranges import hub_ranges, hvn_ranges, spoke_ranges, subnets, subnets_of_file

RULE = Rule(
    id="HVN102",
    name="range-size",
    reports="A range has the wrong size for its HVN, VNet, subnet, delegation or Services (a warning for some "
    "small subnets).",
    why="HCP and Azure refuse the size only at apply: the plan succeeds",
    fix="HVN: /16 to /25; AzureFirewallSubnet and AzureBastionSubnet: /26 or larger; GatewaySubnet, "
    "RouteServerSubnet: /27 or larger; VNets and other subnets: /8 to /29; Services: /13 to /28",
    example="""\
hvn:
  cidr: 172.25.16.0/26
""",
    see="https://learn.microsoft.com/azure/virtual-network/virtual-networks-faq",
)


@dataclass(frozen=True, slots=True)
class Size:
    """The prefix lengths that a kind of range can have. A range smaller than `recommended` yields a warning."""

    kind: Words
    largest: int
    smallest: int
    why: Message
    recommended: int | None = None


HVN = Size(Words("an HVN"), 16, 25, Message("HCP refuses other sizes, and cannot change the range of an HVN"))
FIREWALL = Size(Words("AzureFirewallSubnet"), 8, 26, Message("Azure Firewall needs a subnet of /26 or larger"))
# https://learn.microsoft.com/azure/firewall/management-nic
MANAGEMENT = Size(
    Words("AzureFirewallManagementSubnet"), 8, 26, Message("Azure Firewall needs a subnet of /26 or larger")
)
# https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-vpn-gateway-settings#gwsub
GATEWAY = Size(
    Words("GatewaySubnet"),
    8,
    29,
    Message("every gateway SKU except Basic needs a subnet of /27 or larger"),
    recommended=27,
)
# https://learn.microsoft.com/azure/expressroute/how-to-configure-coexisting-gateway-portal
EXPRESS_ROUTE = Size(Words("GatewaySubnet"), 8, 27, Message("an ExpressRoute gateway needs a subnet of /27 or larger"))
# https://learn.microsoft.com/azure/bastion/configuration-settings#subnet
BASTION = Size(
    Words("AzureBastionSubnet"),
    8,
    27,
    Message(
        "Azure Bastion needs a subnet of /26 or larger; a smaller subnet limits the scaling of a Bastion that was "
        "created before November 2021"
    ),
    recommended=26,
)
# https://learn.microsoft.com/azure/route-server/quickstart-configure-route-server-cli
ROUTE_SERVER = Size(Words("RouteServerSubnet"), 8, 27, Message("Azure Route Server needs a subnet of /27 or larger"))
VNET = Size(Words("a VNet"), 8, 29, Message("Azure refuses a VNet of another size, but only at apply"))
SUBNET = Size(Words("a subnet"), 8, 29, Message("Azure refuses a subnet of another size, but only at apply"))
# https://learn.microsoft.com/azure/dns/dns-private-resolver-overview#subnet-restrictions
RESOLVER = Size(
    Words("a subnet of a DNS resolver"), 24, 28, Message("Azure DNS Private Resolver refuses a subnet of another size")
)
_TOO_SMALL = Message("Azure refuses the service in a smaller subnet, and cannot resize the subnet in use")
DELEGATED = {
    "Microsoft.Network/dnsResolvers": RESOLVER,
    # https://learn.microsoft.com/azure/container-apps/custom-virtual-networks: for Container Apps. Functions in the
    # Flex Consumption plan have the same delegation.
    "Microsoft.App/environments": Size(
        Words("a Container Apps environment"), 8, 29, Message("Container Apps needs a subnet of /27 or larger"), 27
    ),
    # https://learn.microsoft.com/azure/aks/api-server-vnet-integration
    "Microsoft.ContainerService/managedClusters": Size(Words("an AKS API server"), 8, 28, _TOO_SMALL),
    # https://learn.microsoft.com/azure/postgresql/network/concepts-networking-private
    "Microsoft.DBforPostgreSQL/flexibleServers": Size(Words("a PostgreSQL flexible server"), 8, 28, _TOO_SMALL),
    # https://learn.microsoft.com/azure/databricks/security/network/classic/vnet-inject
    "Microsoft.Databricks/workspaces": Size(
        Words("an Azure Databricks workspace"), 8, 29, Message("Databricks advises against smaller subnets"), 26
    ),
    # https://learn.microsoft.com/azure/azure-sql/managed-instance/vnet-subnet-determine-size
    "Microsoft.Sql/managedInstances": Size(Words("a SQL Managed Instance"), 8, 27, _TOO_SMALL),
    # https://learn.microsoft.com/azure/application-gateway/for-containers/quickstart-create-application-gateway-for-containers-byo-deployment
    "Microsoft.ServiceNetworking/trafficControllers": Size(
        Words("Application Gateway for Containers"), 8, 24, Message("an association needs 250 free addresses")
    ),
    # https://learn.microsoft.com/azure/app-service/environment/networking: App Service Environment.
    # https://learn.microsoft.com/azure/api-management/inject-vnet-v2: API Management Premium v2. Both need /27.
    "Microsoft.Web/hostingEnvironments": Size(Words("an App Service Environment or API Management"), 8, 27, _TOO_SMALL),
    # https://learn.microsoft.com/azure/app-service/overview-vnet-integration
    "Microsoft.Web/serverFarms": Size(Words("VNet integration of App Service"), 8, 28, _TOO_SMALL),
}
"""The sizes of subnets with these delegations. Subnets with another delegation can have the sizes of SUBNET."""
# azurerm also accepts ranges of other sizes.
SERVICES = Size(
    Words("a Service range"),
    13,
    28,
    Message("AKS needs a range smaller than /12 with room for the cluster's DNS service"),
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each range of HVN, VNets, subnets and Services with a size that its kind cannot have."""
    fixes = RangeFixes(topology)
    for path, cidr, size in _ranges(topology):
        smallest = size.recommended or size.smallest
        if size.largest <= cidr.prefixlen <= smallest:
            continue
        small = cidr.prefixlen > smallest
        yield Finding(
            rule=RULE,
            level=Level.WARNING if small and cidr.prefixlen <= size.smallest else None,
            path=path,
            message=Message(
                "{cidr} is too {direction} for {kind}, which must be /{largest} to /{smallest}",
                cidr=cidr,
                direction=Words("small" if small else "large"),
                kind=size.kind,
                largest=size.largest,
                smallest=smallest,
            ),
            why=size.why,
            # A part of a range overlaps only ranges that the whole range also overlaps.
            fix=fixes.enlarge(path, cidr, smallest)
            if small
            else Message("use {cidr}", cidr=next(cidr.subnets(new_prefix=size.largest))),
        )


def _ranges(topology: Topology) -> Iterator[tuple[Path, IPv4Network, Size]]:
    yield from ((path, cidr, HVN) for path, cidr in hvn_ranges(topology))
    if isinstance(topology.hub, NewHub):
        yield from ((path, cidr, VNET) for path, cidr in hub_ranges(topology))
        if firewall := new_firewall(topology):
            yield ("hub", "firewall", "cidr"), firewall.cidr, FIREWALL
            if firewall.management_cidr:
                yield ("hub", "firewall", "management_cidr"), firewall.management_cidr, MANAGEMENT
        if gateway := topology.hub.gateway:
            small = gateway.type in (None, "vpn")
            yield ("hub", "gateway", "cidr"), gateway.cidr, GATEWAY if small else EXPRESS_ROUTE
        if topology.hub.bastion:
            yield ("hub", "bastion", "cidr"), topology.hub.bastion.cidr, BASTION
        if topology.hub.route_server:
            yield ("hub", "route_server", "cidr"), topology.hub.route_server.cidr, ROUTE_SERVER
    yield from ((path, cidr, VNET) for path, cidr in spoke_ranges(topology) if path[2] != "existing")
    delegated = {path: DELEGATED.get(subnet.delegation or "", SUBNET) for path, subnet in subnets_of_file(topology)}
    for path, cidr, _ in subnets(topology):
        yield path, cidr, BASTION if BASTION_SUBNET in path else delegated.get(path[:-1], SUBNET)
    for name, spoke in topology.spokes.items():
        if spoke.new_cluster:
            yield ("spokes", name, "cluster", "service_cidr"), spoke.new_cluster.service_cidr, SERVICES
