"""`spokes.<spoke>`: a spoke's VNet, its route to Vault, its subnets and its cluster."""

from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from hvn.topology.fields import (
    Cidr,
    Frozen,
    Limit,
    LinkedZone,
    PrivateDnsZone,
    Region,
    Slug,
    SpokeName,
    SubnetName,
    Uuid,
    VnetId,
)
from hvn.topology.model.azure import Tags
from hvn.topology.model.base import Model
from hvn.topology.model.cluster import AnyCluster, Cluster
from hvn.topology.model.firewall_rule import FirewallRules
from hvn.topology.model.hub import RANGES, DnsServers
from hvn.topology.model.names import SpokeNames
from hvn.topology.model.nat_gateway import NatGateway
from hvn.topology.model.route import Routes, RouteTables
from hvn.topology.model.security_group import NetworkSecurityGroups
from hvn.topology.model.spoke_peering import SpokePeerings
from hvn.topology.model.subnet import Subnet, SubnetOrRange, subnet

_VAULT_ROUTE = Limit(
    why="the next hop of an HVN route is either a peering or an appliance in the hub",
    see="https://developer.hashicorp.com/hcp/docs/hcp/network/hvn-azure/routes",
)

_PRIORITY = Limit(
    why="this project uses priorities 10000 to 64999 for spokes, and up to 1100 for the hub; Azure allows 100 to 65000",
    see="https://learn.microsoft.com/azure/firewall/policy-rule-sets",
)


class VnetFacts(Model):
    """A VNet that is managed outside this project."""

    vnet_id: VnetId
    """Resource id of the VNet."""
    cidrs: Annotated[tuple[Cidr, ...], Field(min_length=1), RANGES]
    """All ranges of the VNet, each inside an address pool."""
    subnets_in_use: tuple[Cidr, ...] = ()
    """Ranges of the VNet's other subnets, which new subnets must not use."""
    hub_peering: bool = False
    """True: this project creates the peering with the hub."""
    zone_link: bool = True
    """False: the VNet already has a link to the private DNS zone of AKS. Azure refuses a second link."""


class Spoke(Model):
    """A VNet with its route to Vault and its cluster."""

    model_config = ConfigDict(
        json_schema_extra={"if": {"required": ["vnet_of"]}, "else": {"required": ["vault_route"]}}
    )

    vnet_of: SpokeName | None = None
    """Another spoke, with the VNet for this spoke's cluster. Only `cluster`, `names` and `tags` are then allowed."""
    cidr: Cidr | None = None
    """Range of the spoke's VNet, inside one address pool. Set either `cidr` or `existing`."""
    more_cidrs: tuple[Cidr, ...] = ()
    """Additional ranges of the VNet, each inside an address pool. In a `direct` spoke, each range needs an HVN
    route."""
    existing: VnetFacts | None = None
    """A VNet that is managed outside this project."""
    subscription_id: Uuid | None = None
    """Subscription of the spoke. [default: the subscription of the existing VNet, otherwise azure.subscription_id]"""
    region: Region | None = None
    """Region of a spoke without a cluster. [default: azure.region]"""
    existing_resource_group: bool = False
    """True: the spoke uses an existing resource group, or the hub's. If `network-<spoke>` created the
    group, first remove it from the state."""
    vault_route: Annotated[Literal["direct", "via-hub", "none"], _VAULT_ROUTE] | None = None
    """Required without `vnet_of`. direct: through the spoke's own peering with the HVN. via-hub: through the hub's
    firewall, with a range in a transit pool. none: no route to Vault."""
    existing_peering: Slug | None = None
    """HCP's id of an existing peering of a `direct` spoke with the HVN. [default: this project creates the peering]"""
    use_remote_gateways: bool = False
    """True: the hub's gateway announces the spoke's range to on-premises networks, and the spoke can learn on-premises
    routes. The gateway must exist."""
    bgp_route_propagation: bool = False
    """True: the route table accepts the gateway's routes, so on-premises traffic bypasses the firewall.
    Default without a firewall: true."""
    dns_servers: DnsServers = ()
    """DNS servers of the VNet, for example the firewall's address. Servers other than Azure DNS ignore the VNet's
    zones. Running machines use new servers after a restart. [default: Azure DNS]"""
    private_dns_zones: tuple[PrivateDnsZone, ...] = ()
    """Private DNS zones of the VNet: names of `hub.private_dns_zones` (with `hub: none`, of new zones), or ids."""
    registration_zone: LinkedZone | None = None
    """As in the hub. [default: none]"""
    subnets: Annotated[Mapping[SubnetName, SubnetOrRange], Frozen] = Field(default={}, validate_default=True)
    """Additional subnets by name; `nodes` for the nodes of a new cluster, `AzureBastionSubnet` for Azure Bastion."""
    nat_gateway: NatGateway | None = None
    """NAT gateway for subnets with `nat_gateway: true`, and for clusters with userAssignedNATGateway.
    [default: none]"""
    peerings: SpokePeerings = Field(default={}, validate_default=True)
    """Peerings with other spokes and VNets outside this file, by key. Their traffic bypasses the firewall."""
    routes: Routes = Field(default={}, validate_default=True)
    """Additional routes of the spoke's route table."""
    route_tables: RouteTables = Field(default={}, validate_default=True)
    """Additional route tables by key. A subnet selects one with `route`."""
    network_security_groups: NetworkSecurityGroups = Field(default={}, validate_default=True)
    """NSGs for several subnets, by key. A subnet selects one with `nsg`."""
    firewall_rules: FirewallRules = Field(default={}, validate_default=True)
    """Firewall rules with this spoke as source or destination, by name."""
    firewall_priority: Annotated[int, Field(ge=10000, le=64999, examples=[20000]), _PRIORITY] | None = None
    """Priority of the spoke's rule collection group. Each group needs its own priority; the order of the
    groups has no effect. [default: computed from the spoke's name]"""
    tags: Tags = Field(default={}, validate_default=True)
    """Tags of the spoke's resources, which extend and override `azure.tags`. AKS also writes the cluster's tags on the
    private DNS zone, and the next plan of `hub` removes them."""
    names: SpokeNames = Field(default_factory=SpokeNames)
    """Names of single resources."""
    cluster: AnyCluster | None = None
    """The AKS cluster in this spoke."""

    @property
    def cidrs(self) -> tuple[IPv4Network, ...]:
        """Return all ranges of the VNet."""
        if self.existing:
            return self.existing.cidrs
        return (self.cidr, *self.more_cidrs) if self.cidr else self.more_cidrs

    @property
    def new_cluster(self) -> Cluster | None:
        """Return the cluster that this project creates; None without a cluster, and for an existing cluster."""
        return self.cluster if isinstance(self.cluster, Cluster) else None

    def subnet(self, name: str) -> Subnet:
        """Return a subnet of `subnets` in its long form."""
        return subnet(self.subnets[name])
