"""`hub`: the hub with its firewall and runners, created here or existing."""

from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from hvn.topology.fields import (
    Cidr,
    Distinct,
    FirewallPolicyId,
    ForwardedDomain,
    Fqdn,
    Frozen,
    Ip,
    Limit,
    LinkedZone,
    PoolName,
    PrivateDnsZone,
    PrivateDnsZoneId,
    SiteName,
    Slug,
    SubnetName,
    Uuid,
    VnetId,
    Zone,
)
from hvn.topology.model.base import Model
from hvn.topology.model.dnat_rule import DnatRules
from hvn.topology.model.firewall_rule import FirewallRules
from hvn.topology.model.hub_peering import HubPeerings
from hvn.topology.model.hub_subnets import Bastion, Gateway, GatewayType, RouteServer
from hvn.topology.model.names import HubNames
from hvn.topology.model.nat_gateway import NatGateway
from hvn.topology.model.route import Routes, RouteTables
from hvn.topology.model.security_group import NetworkSecurityGroups
from hvn.topology.model.subnet import ServiceEndpoints, Subnet, SubnetOrRange, subnet

# Hosts of VSO's images, which the FQDN tag AzureKubernetesService does not cover. The chart's images are on Docker Hub
# and Quay (chart 1.4.1). Docker's and Red Hat's documentation list the redirect hosts (docker/docs #25122, #22247;
# openshift-docs #70239).
VSO_IMAGE_HOSTS = (
    "auth.docker.io",
    "cdn.quay.io",
    "cdn01.quay.io",
    "cdn02.quay.io",
    "cdn03.quay.io",
    "cdn04.quay.io",
    "cdn05.quay.io",
    "cdn06.quay.io",
    "docker-images-prod.6aa30f8b08e16409b46e0173d6de2f56.r2.cloudflarestorage.com",
    "production.cloudflare.docker.com",
    "production.cloudfront.docker.com",
    "quay.io",
    "registry-1.docker.io",
)

_SKU_TIER = Limit(
    why="Azure Firewall has three tiers",
    see="https://learn.microsoft.com/azure/firewall/features-by-sku",
)
_THREAT_INTELLIGENCE = Limit(
    why="a firewall policy has three modes of threat intelligence",
    see="https://learn.microsoft.com/azure/firewall/threat-intel",
)
_INTRUSION_DETECTION = Limit(
    why="a firewall policy has three modes of intrusion detection",
    see="https://learn.microsoft.com/azure/firewall/premium-features",
)
_PUBLIC_IPS = Limit(
    why="Azure Firewall supports 1 to 250 public IP addresses",
    see="https://learn.microsoft.com/azure/firewall/deploy-multi-public-ip-powershell",
)
ZONES = Limit(
    why="an Azure region has at most three availability zones",
    see="https://learn.microsoft.com/azure/reliability/availability-zones-overview",
)
RANGES = Limit(
    why="every VNet has at least one range, and the routes and the checks for overlaps need all ranges of the VNet",
    see="https://learn.microsoft.com/azure/virtual-network/virtual-networks-faq",
)


DNS_SERVERS = Limit(
    why="Azure allows at most 20 DNS servers for a VNet",
    see="https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits",
)
DnsServers = Annotated[tuple[Ip, ...], Field(max_length=20), DNS_SERVERS]


class Firewall(Model):
    """The Azure Firewall in the hub, the next hop of the spokes' default route."""

    cidr: Cidr
    """Range of AzureFirewallSubnet, /26 or larger."""
    management_cidr: Cidr | None = None
    """Range of AzureFirewallManagementSubnet, /26 or larger, which Basic and forced tunneling need. The
    firewall then has a second public address. A change replaces the firewall. [default: no subnet]"""
    sku_tier: Annotated[Literal["Basic", "Standard", "Premium"], _SKU_TIER] = "Standard"
    """Tier of firewall and policy; a change replaces both. Basic forwards up to 250 Mbit/s, and has no DNS proxy."""
    private_ip: Ip | None = None
    """Expected address of the firewall. If Azure assigns a different address, the apply of `hub` fails. [default: the
    first usable address of the subnet]"""
    public_ips: Annotated[int, Field(ge=1, le=250, examples=[2]), _PUBLIC_IPS] = 1
    """Number of public IP addresses, each with 2,496 SNAT ports per instance and destination. Before a
    reduction, remove addresses from the firewall; the review prints the commands."""
    zones: Annotated[tuple[Zone, ...], Field(max_length=3), Distinct, ZONES] = ()
    """Availability zones of the firewall; a change replaces the firewall. Its public addresses are in this zone, or in
    all three. Without the key, all keep their zones. [default: Azure chooses]"""
    dns_servers: DnsServers = ()
    """DNS servers that the firewall's DNS proxy queries. [default: Azure DNS, which reads the hub's private zones]"""
    threat_intelligence: Annotated[Literal["off", "alert", "deny"], _THREAT_INTELLIGENCE] = "alert"
    """alert: the firewall logs traffic with addresses and host names on Microsoft's list. deny: the firewall also drops
    this traffic, before the rules apply. Quote `off`."""
    intrusion_detection: Annotated[Literal["off", "alert", "deny"], _INTRUSION_DETECTION] | None = None
    """Intrusion detection (IDPS) in Premium. deny: the firewall drops traffic that matches a
    signature, including false positives. [default: alert in Premium]"""
    base_policy_id: FirewallPolicyId | None = None
    """An existing firewall policy in the same region, of the same or a lower tier. Azure processes its rules, which
    this project does not read, before the rules of this file. [default: none]"""
    nat_gateway: bool = False
    """True: outbound connections through the firewall use the addresses of `hub.nat_gateway`."""
    dnat_rules: DnatRules = Field(default={}, validate_default=True)
    """DNAT rules by name. They forward connections from the internet to private addresses."""
    allow_fqdns: tuple[Fqdn, ...] = ()
    """Host names that `address_pools` may reach over HTTPS. Each cluster's nodes also reach the hosts
    that AKS and Vault Secrets Operator need."""


NO_FIREWALL = "none"
_NO_FIREWALL = Limit(
    why="a hub without a firewall needs the value none, because a forgotten key must not open the network",
    see="docs/decisions/0017-hubs-without-a-firewall.md",
)
_None = Annotated[Literal["none"], _NO_FIREWALL]


def _firewall_tag(value: Any) -> str:
    """Return the tag of the intended value, so that the validator reports only errors of this value."""
    return "<none>" if isinstance(value, str) else "<firewall>"


def _address_tag(value: Any) -> str:
    return "<none>" if value == NO_FIREWALL else "<address>"


_RUNNER_SERVICES = Limit(
    why="a delegated subnet accepts no virtual machines, and Terraform runs only on the agents of these services",
    see="https://learn.microsoft.com/azure/virtual-network/subnet-delegation-overview",
)
RunnerService = Annotated[
    Literal[
        "GitHub.Network/networkSettings",
        "Microsoft.App/environments",
        "Microsoft.ContainerInstance/containerGroups",
        "Microsoft.DevOpsInfrastructure/pools",
    ],
    _RUNNER_SERVICES,
]


class Runners(Model):
    """The subnet in which Terraform runs. Only machines inside the network reach Vault and private clusters."""

    cidr: Cidr
    """Range of the runners' subnet."""
    allow_fqdns: tuple[Fqdn, ...] = ()
    """Additional host names that the runners may reach over HTTPS, such as the package index and the npm registry for
    set-up."""
    nat_gateway: bool = False
    """True: the runners use `hub.nat_gateway`."""
    allow_bastion: bool = False
    """True: Azure Bastion (`hub.bastion`) may connect to the runners with SSH and RDP."""
    delegation: RunnerService | None = None
    """The service with the runners. [default: none, for virtual machines]"""
    service_endpoints: ServiceEndpoints = ()
    """Azure services that the runners reach without the firewall."""

    @property
    def subnet(self) -> Subnet:
        """Return the runners' subnet, without the settings that this project chooses."""
        return Subnet.model_construct(
            cidr=self.cidr, delegation=self.delegation, service_endpoints=self.service_endpoints
        )


_FORWARDING = Limit(
    why="HCP allows at most 5 domains for an HVN, and 2 servers for each domain",
    see="https://developer.hashicorp.com/hcp/docs/vault/private-dns",
)
_Resolvers = Annotated[tuple[Ip, ...], Field(min_length=1, max_length=2), _FORWARDING]


class VaultPeering(Model):
    """The hub's own peering with the HVN, for the runners and for `via-hub` spokes."""

    existing_peering: Slug | None = None
    """HCP's id of an existing peering. [default: this project creates the peering]"""
    transit_pools: tuple[PoolName, ...] = ()
    """Pools of spokes that reach Vault through the hub's firewall. Adding the first pool replaces the hub's peering."""
    on_premises: tuple[SiteName, ...] = ()
    """Networks of `on_premises` that reach Vault through the gateway and the firewall. Adding the first network or
    transit pool replaces the hub's peering."""
    dns_forwarding: Annotated[Mapping[ForwardedDomain, _Resolvers], Field(max_length=5), Frozen, _FORWARDING] = Field(
        default={}, validate_default=True
    )
    """Private domains that Vault resolves, each with DNS servers in the hub. A change replaces the forwarding rule."""


class NewHub(Model):
    """A hub that this project creates."""

    subscription_id: Uuid | None = None
    """Subscription of the hub. [default: azure.subscription_id]"""
    existing_resource_group: bool = False
    """True: the hub uses an existing resource group. If `hub` created the group, first remove it from the state."""
    cidr: Cidr
    """Range of the hub's VNet."""
    more_cidrs: tuple[Cidr, ...] = ()
    """Additional ranges of the hub's VNet."""
    firewall: Annotated[
        Annotated[_None, Tag("<none>")] | Annotated[Firewall, Tag("<firewall>")], Discriminator(_firewall_tag)
    ]
    """The Azure Firewall in the hub. none: no firewall filters the traffic to the internet."""
    runners: Runners
    """The runners' subnet in the hub."""
    gateway: Gateway | None = None
    """The subnet of a VPN or ExpressRoute gateway. [default: none]"""
    bastion: Bastion | None = None
    """The subnet for Azure Bastion. [default: none]"""
    route_server: RouteServer | None = None
    """The subnet for Azure Route Server. [default: none]"""
    subnets: Annotated[Mapping[SubnetName, SubnetOrRange], Frozen] = Field(default={}, validate_default=True)
    """Additional subnets by name. The HVN has no routes to these subnets."""
    nat_gateway: NatGateway | None = None
    """NAT gateway for parts of the hub with `nat_gateway: true`. [default: none]"""
    routes: Routes = Field(default={}, validate_default=True)
    """Additional routes of the runners and of the hub's subnets with `route: firewall`."""
    route_tables: RouteTables = Field(default={}, validate_default=True)
    """Additional route tables by key."""
    network_security_groups: NetworkSecurityGroups = Field(default={}, validate_default=True)
    """NSGs for several subnets, by key. A spoke's subnet names the NSG by id or short form."""
    dns_servers: DnsServers = ()
    """DNS servers of the hub's VNet, used by the runners. [default: Azure DNS]"""
    private_dns_zones: tuple[PrivateDnsZone, ...] = ()
    """Additional private DNS zones of the hub's VNet."""
    registration_zone: LinkedZone | None = None
    """Azure auto-registers the VNet's VMs in this zone. [default: none]"""
    firewall_rules: FirewallRules = Field(default={}, validate_default=True)
    """Firewall rules that do not belong to a single spoke, by name."""
    vault_peering: VaultPeering | None = None
    """The hub's own peering with the HVN. [default: none]"""
    peerings: HubPeerings = Field(default={}, validate_default=True)
    """Peerings with VNets outside this file, such as the hub of another region."""
    names: HubNames = Field(default_factory=HubNames)
    """Names of single resources."""

    @property
    def cidrs(self) -> tuple[IPv4Network, ...]:
        """Return all ranges of the VNet."""
        return (self.cidr, *self.more_cidrs)

    def subnet(self, name: str) -> Subnet:
        """Return a subnet of `subnets` in its long form."""
        return subnet(self.subnets[name])


class HubFacts(Model):
    """Facts about the existing hub."""

    vnet_id: VnetId
    """Resource id of the hub's VNet."""
    cidrs: Annotated[tuple[Cidr, ...], Field(min_length=1), RANGES]
    """All ranges of the hub's VNet."""
    firewall_private_ip: Annotated[
        Annotated[Ip, Tag("<address>")] | Annotated[_None, Tag("<none>")], Discriminator(_address_tag)
    ]
    """Address of the firewall or appliance, the next hop of the spokes' default route. none: the hub has no
    firewall."""
    private_dns_zone_id: PrivateDnsZoneId
    """Resource id of AKS's private DNS zone, linked to the hub's VNet."""
    runners_cidr: Cidr
    """Range of the subnet where Terraform runs."""
    gateway: bool = False
    """True: the hub has a gateway or Route Server, and spokes may set `use_remote_gateways`."""
    gateway_type: GatewayType | None = None
    """As `hub.gateway.type`. [default: unknown]"""


class ExistingHub(Model):
    """A hub that is managed outside this project."""

    existing: HubFacts
    """Facts about the hub."""
    firewall_rules: FirewallRules = Field(default={}, validate_default=True)
    """Firewall rules that do not belong to a single spoke, by name. `bin/hvn workspaces` lists the rules as manual
    steps."""
    vault_peering: VaultPeering | None = None
    """The hub's own peering with the HVN. [default: none]"""
    peerings: HubPeerings = Field(default={}, validate_default=True)
    """The hub's existing peerings, for `hvn reach` and the checks of ranges."""


_NO_HUB = Limit(
    why="a network without a hub needs the value none, because a forgotten key must not remove the hub",
    see="docs/decisions/0018-networks-without-a-hub.md",
)


def _hub_tag(value: Any) -> str:
    """Return the tag of the intended kind of hub, so that the validator reports only errors of this kind."""
    if isinstance(value, str):
        return "<none>"
    existing = "existing" in value if isinstance(value, Mapping) else isinstance(value, ExistingHub)
    return "<existing>" if existing else "<new>"


Hub = Annotated[
    Annotated[NewHub, Tag("<new>")]
    | Annotated[ExistingHub, Tag("<existing>")]
    | Annotated[Annotated[Literal["none"], _NO_HUB], Tag("<none>")],
    Discriminator(_hub_tag),
]
