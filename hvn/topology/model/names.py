"""`naming` and `names`: the names of the resources that this project creates, by pattern and by exception."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from hvn.topology.fields import Frozen, Label, PeeringKey, ResourceGroup
from hvn.topology.fields import resource_names as names
from hvn.topology.model.base import Model


class Naming(Model):
    """Patterns for the names of the resources that this project creates. `{topology}` is the file's `name`. `{spoke}`
    is the spoke's name, `hub` for the hub, and the table's key for the hub's route tables. The firewall's
    patterns contain only `{topology}`."""

    resource_group: names.ResourceGroupPattern = "rg-{topology}-{spoke}"
    """Resource groups of the hub and the spokes."""
    vnet: names.VnetPattern = "vnet-{topology}-{spoke}"
    """VNets of the hub and the spokes."""
    subnet: names.SubnetPattern = "{subnet}"
    """Subnets. `{subnet}` is the key in `subnets`, `nodes` or `runners`."""
    route_table: names.RouteTablePattern = "rt-{topology}-{spoke}"
    """Route tables of the spokes and the hub."""
    network_security_group: names.SecurityGroupPattern = "nsg-{topology}-{spoke}-{subnet}"
    """NSGs. `{subnet}` is the key of the subnet or NSG."""
    peering_to_hub: names.PeeringPattern | None = None
    """The spokes' halves of the hub peerings. [default: to-hub; to-{topology}-hub in an existing VNet]"""
    peering_from_hub: names.PeeringPattern = "to-{topology}-{spoke}"
    """The hub's halves of the hub peerings."""
    dns_link: names.DnsLinkPattern = "link-{topology}-{spoke}"
    """Links of private DNS zones with the hub and the spokes."""
    firewall: names.FirewallPattern = "afw-{topology}"
    """The firewall."""
    firewall_policy: names.FirewallPolicyPattern = "afwp-{topology}"
    """The firewall's policy."""
    firewall_public_ip: names.PublicIpPattern = "pip-{topology}-afw"
    """The firewall's public IP address."""
    firewall_management_ip: names.PublicIpPattern = "pip-{topology}-afw-management"
    """The firewall's public IP address for management."""
    nat_gateway: names.NatGatewayPattern = "ng-{topology}-{spoke}"
    """NAT gateways."""
    nat_gateway_public_ip: names.OwnerPublicIpPattern = "pip-{topology}-{spoke}-nat"
    """The NAT gateways' public IP addresses."""
    managed_identity: names.IdentityPattern = "id-{topology}-{spoke}-aks"
    """Managed identities of the clusters."""
    cluster: names.ClusterPattern = "aks-{topology}-{spoke}"
    """Clusters."""
    node_resource_group: names.NodeGroupPattern = "rg-{topology}-{spoke}-nodes"
    """Resource groups that AKS creates for the nodes."""
    dns_prefix: names.DnsPrefixPattern = "{topology}-{spoke}"
    """First parts of the API servers' host names."""
    jwt_mount: names.JwtMountPattern = "jwt-{spoke}"
    """JWT mounts in Vault. CI logins may write only mounts that begin with the text before `{spoke}`."""
    vault_role: names.VaultRolePattern = "{app}"
    """Roles in Vault. `{app}` is the app's name."""


class HubNames(Model):
    """Names of single resources of the hub, which override the patterns of `naming`."""

    resource_group: ResourceGroup | None = None
    """Resource group of the hub."""
    vnet: names.VnetName | None = None
    """VNet of the hub."""
    subnets: Annotated[Mapping[names.SubnetName, names.SubnetName], Frozen] = Field(default={}, validate_default=True)
    """Subnets by key: a key of the hub's `subnets`, or `runners`."""
    route_tables: Annotated[Mapping[Label, names.RouteTableName], Frozen] = Field(default={}, validate_default=True)
    """Route tables by key: `runners`, `gateway`, `firewall`, or a key of `hub.route_tables`."""
    network_security_groups: Annotated[Mapping[names.SubnetName, names.SecurityGroupName], Frozen] = Field(
        default={}, validate_default=True
    )
    """NSGs by the key of the subnet or NSG, or `bastion`."""
    peerings_from_hub: Annotated[Mapping[PeeringKey, names.PeeringName], Frozen] = Field(
        default={}, validate_default=True
    )
    """The hub's halves of `hub.peerings`, by key."""
    peerings_to_hub: Annotated[Mapping[PeeringKey, names.PeeringName], Frozen] = Field(
        default={}, validate_default=True
    )
    """The remote halves of `hub.peerings` with `reverse: true`, by key."""
    dns_link: names.DnsLinkName | None = None
    """Link of the private DNS zone with the hub."""
    firewall: names.FirewallName | None = None
    """The firewall."""
    firewall_policy: names.FirewallPolicyName | None = None
    """The firewall's policy."""
    firewall_public_ip: names.PublicIpName | None = None
    """The firewall's public IP address."""
    firewall_management_ip: names.PublicIpName | None = None
    """The firewall's public IP address for management."""
    nat_gateway: names.NatGatewayName | None = None
    """The hub's NAT gateway."""
    nat_gateway_public_ip: names.PublicIpName | None = None
    """The NAT gateway's public IP address."""


class SpokeNames(Model):
    """Names of single resources of a spoke, which override the patterns of `naming`."""

    resource_group: ResourceGroup | None = None
    """Resource group of the spoke's new resources."""
    vnet: names.VnetName | None = None
    """VNet of the spoke."""
    subnets: Annotated[Mapping[names.SubnetName, names.SubnetName], Frozen] = Field(default={}, validate_default=True)
    """Subnets by key: a key of the spoke's `subnets`, or `nodes`."""
    route_table: names.RouteTableName | None = None
    """Route table of the spoke."""
    route_tables: Annotated[Mapping[Label, names.RouteTableName], Frozen] = Field(default={}, validate_default=True)
    """Additional route tables by key: a key of the spoke's `route_tables`, or `none`."""
    network_security_groups: Annotated[Mapping[names.SubnetName, names.SecurityGroupName], Frozen] = Field(
        default={}, validate_default=True
    )
    """NSGs by the key of the subnet or NSG."""
    peering_to_hub: names.PeeringName | None = None
    """The spoke's half of the hub peering."""
    peering_from_hub: names.PeeringName | None = None
    """The hub's half of the hub peering."""
    peerings_from_spoke: Annotated[Mapping[PeeringKey, names.PeeringName], Frozen] = Field(
        default={}, validate_default=True
    )
    """The spoke's halves of its `peerings`, by key. [default: to-{topology}-{key}]"""
    peerings_to_spoke: Annotated[Mapping[PeeringKey, names.PeeringName], Frozen] = Field(
        default={}, validate_default=True
    )
    """The other VNets' halves of the spoke's `peerings`, by key. [default: to-{topology}-{spoke}]"""
    dns_link: names.DnsLinkName | None = None
    """Link of the private DNS zone with the spoke."""
    nat_gateway: names.NatGatewayName | None = None
    """NAT gateway of the spoke."""
    nat_gateway_public_ip: names.PublicIpName | None = None
    """The NAT gateway's public IP address."""
    managed_identity: names.IdentityName | None = None
    """Managed identity of the cluster."""
    cluster: names.ClusterName | None = None
    """The cluster."""
    node_resource_group: names.NodeGroupName | None = None
    """Resource group that AKS creates for the nodes."""
    dns_prefix: names.DnsPrefix | None = None
    """First part of the API server's host name."""
    jwt_mount: names.JwtMountName | None = None
    """JWT mount in Vault."""
    vault_roles: Annotated[Mapping[Label, names.VaultRoleName], Frozen] = Field(default={}, validate_default=True)
    """Roles in Vault by app."""
