"""Define the Azure resources that `hvn init` reads: their types, with the properties that a topology needs.

The Azure CLI prints a resource in one of two forms. `az graph query` keeps the resource's `properties`;
`az network ... list` moves them up into the resource (`client_flatten` in Azure/azure-cli,
src/azure-cli/azure/cli/command_modules/network/aaz).
"""

from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import Annotated, Any

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from hvn.topology.fields import Cidr, ClusterId, Ip, PrivateDnsZoneId, Region, Uuid, VnetId


def _flat(data: Any) -> Any:
    """Return a resource with its properties at the top level, without null values and empty texts: Azure may return an
    empty `nextHopIpAddress` for a route without an address."""
    if not isinstance(data, dict):
        return data
    inner = data.get("properties")
    merged = inner | data if isinstance(inner, dict) else data
    return {key: value for key, value in merged.items() if value is not None and value != ""}


class Resource(BaseModel):
    """A resource, or a part of one, without the properties that a topology does not need."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    _flat = model_validator(mode="before")(_flat)


def _spelled(kind: str, provider: str = "Microsoft.Network") -> BeforeValidator:
    """Return a validator that gives the fixed words of a resource id their usual case, which Azure does not
    preserve."""
    words = {1: "subscriptions", 3: "resourceGroups", 5: "providers", 6: provider, 7: kind}

    def spelled(value: Any) -> Any:
        parts = value.split("/") if isinstance(value, str) else []
        for position, word in words.items():
            if position < len(parts) and parts[position].lower() == word.lower():
                parts[position] = word
        return "/".join(parts) if parts else value

    return BeforeValidator(spelled)


def _short(region: Any) -> Any:
    """Return a region in its short form. Some commands print the display name, such as West Europe."""
    return region.replace(" ", "").lower() if isinstance(region, str) else region


_Id = Annotated[VnetId, _spelled("virtualNetworks")]
_Location = Annotated[Region, BeforeValidator(_short)]


def _ipv4(value: Any) -> Any:
    """Return the prefixes without IPv6, because this project is IPv4 only."""
    prefixes = [value] if isinstance(value, str) else value
    if not isinstance(prefixes, list):
        return value
    return [prefix for prefix in prefixes if not (isinstance(prefix, str) and ":" in prefix)]


_Prefixes = Annotated[tuple[Cidr, ...], BeforeValidator(_ipv4)]


class _Space(Resource):
    prefixes: _Prefixes = Field(validation_alias="addressPrefixes", default=())


class Reference(Resource):
    """A reference to another resource, by its Azure resource id."""

    id: str


class Subnet(Resource):
    """A subnet of a VNet. `used` has the ids of the addresses that resources use in the subnet."""

    name: str
    one: _Prefixes = Field(validation_alias="addressPrefix", default=())
    several: _Prefixes = Field(validation_alias="addressPrefixes", default=())
    used: tuple[Reference, ...] = Field(validation_alias="ipConfigurations", default=())

    @property
    def cidrs(self) -> tuple[IPv4Network, ...]:
        """Return the ranges. Azure writes one range as `addressPrefix`, and several as `addressPrefixes`."""
        return tuple(dict.fromkeys((*self.one, *self.several)))


class Peering(Resource):
    """A VNet's half of a peering, with the ranges of the remote VNet."""

    remote: Reference = Field(validation_alias="remoteVirtualNetwork")
    use_remote_gateways: bool = Field(validation_alias="useRemoteGateways", default=False)
    space: _Space = Field(
        validation_alias=AliasChoices("remoteVirtualNetworkAddressSpace", "remoteAddressSpace"), default=_Space()
    )


class _Dns(Resource):
    servers: tuple[str, ...] = Field(validation_alias="dnsServers", default=())


class Vnet(Resource):
    """A virtual network, with its subnets, its halves of peerings and its DNS servers."""

    id: _Id
    location: _Location
    space: _Space = Field(validation_alias="addressSpace")
    subnets: tuple[Subnet, ...] = ()
    peerings: tuple[Peering, ...] = Field(validation_alias="virtualNetworkPeerings", default=())
    dns: _Dns = Field(validation_alias="dhcpOptions", default=_Dns())

    @property
    def name(self) -> str:
        """Return the VNet's name, the last part of its id."""
        return self.id.rpartition("/")[2]

    @property
    def cidrs(self) -> tuple[IPv4Network, ...]:
        """Return the IPv4 ranges of the VNet's address space."""
        return self.space.prefixes

    def subnet(self, name: str) -> Subnet | None:
        """Return the subnet of this name; Azure ignores the case."""
        return next((subnet for subnet in self.subnets if subnet.name.lower() == name.lower()), None)


class _IpConfiguration(Resource):
    # Older versions of the CLI write Ip, newer versions write IP.
    ip: Ip | None = Field(validation_alias=AliasChoices("privateIPAddress", "privateIpAddress"), default=None)
    subnet: Reference | None = None


class Firewall(Resource):
    """An Azure Firewall. A firewall in a virtual WAN has no subnet."""

    id: str
    configurations: tuple[_IpConfiguration, ...] = Field(validation_alias="ipConfigurations", default=())
    policy: Reference | None = Field(validation_alias="firewallPolicy", default=None)


class _Route(Resource):
    prefix: str = Field(validation_alias="addressPrefix", default="")
    type: str = Field(validation_alias="nextHopType", default="")
    address: Ip | None = Field(validation_alias="nextHopIpAddress", default=None)


class RouteTable(Resource):
    """A route table, which shows the next hops of default routes."""

    id: str
    routes: tuple[_Route, ...] = ()


class Gateway(Resource):
    """A VPN or ExpressRoute gateway in the GatewaySubnet of a VNet."""

    id: str
    type: str = Field(validation_alias="gatewayType", default="")
    configurations: tuple[_IpConfiguration, ...] = Field(validation_alias="ipConfigurations", default=())


class LocalGateway(Resource):
    """A local network gateway: the ranges behind a VPN device outside Azure."""

    id: str
    space: _Space = Field(validation_alias="localNetworkAddressSpace", default=_Space())

    @property
    def cidrs(self) -> tuple[IPv4Network, ...]:
        """Return the IPv4 ranges."""
        return self.space.prefixes


class Zone(Resource):
    """A private DNS zone; `propose` looks for the zone of AKS."""

    id: Annotated[PrivateDnsZoneId, _spelled("privateDnsZones")]


class ZoneLink(Resource):
    """The link of a private DNS zone with a VNet. The link's id contains the zone's id."""

    id: str
    vnet: Reference = Field(validation_alias="virtualNetwork")


class _NodePool(Resource):
    # Resource Graph writes ID; newer versions of the CLI write Id.
    node_subnet: str = Field(validation_alias=AliasChoices("vnetSubnetID", "vnetSubnetId"), default="")
    pod_subnet: str = Field(validation_alias=AliasChoices("podSubnetID", "podSubnetId"), default="")


class _ClusterNetwork(Resource):
    plugin: str = Field(validation_alias="networkPlugin", default="")
    mode: str = Field(validation_alias="networkPluginMode", default="")
    pods: _Prefixes = Field(validation_alias="podCidr", default=())


class _Issuer(Resource):
    enabled: bool | None = None
    # Resource Graph writes URL; newer versions of the CLI write Url.
    url: str = Field(validation_alias=AliasChoices("issuerURL", "issuerUrl"), default="")


class _ApiServer(Resource):
    private: bool = Field(validation_alias="enablePrivateCluster", default=False)
    zone: str = Field(validation_alias=AliasChoices("privateDNSZone", "privateDnsZone"), default="")


class Cluster(Resource):
    """An AKS cluster. A cluster without own subnets is in a VNet of Azure."""

    id: Annotated[ClusterId, _spelled("managedClusters", "Microsoft.ContainerService")]
    pools: tuple[_NodePool, ...] = Field(validation_alias="agentPoolProfiles", default=())
    network: _ClusterNetwork = Field(validation_alias="networkProfile", default=_ClusterNetwork())
    issuer: _Issuer = Field(validation_alias="oidcIssuerProfile", default=_Issuer())
    api_server: _ApiServer = Field(validation_alias="apiServerAccessProfile", default=_ApiServer())
    entra: dict[str, Any] | None = Field(validation_alias="aadProfile", default=None)
    only_entra: bool = Field(validation_alias="disableLocalAccounts", default=False)
    node_group: str = Field(validation_alias="nodeResourceGroup", default="")
    address: str = Field(validation_alias=AliasChoices("privateFQDN", "privateFqdn"), default="")

    @property
    def name(self) -> str:
        """Return the cluster's name, the last part of its id."""
        return self.id.rpartition("/")[2]

    def owns(self, zone_id: str) -> bool:
        """Return whether AKS created the private DNS zone for this cluster, and deletes it with the cluster."""
        words, own = zone_id.lower().split("/"), self.id.lower().split("/")
        is_system = self.api_server.zone.lower() == "system"
        named = is_system and self.address.lower().endswith(f".{words[-1]}")
        return words[2:3] == own[2:3] and (words[4:5] == [self.node_group.lower()] or named)


class Account(Resource):
    """The default subscription of the Azure CLI, with its tenant."""

    id: Uuid
    tenant: Uuid = Field(validation_alias="tenantId")


KINDS: Mapping[str, type[Resource]] = {
    "microsoft.network/virtualnetworks": Vnet,
    "microsoft.network/azurefirewalls": Firewall,
    "microsoft.network/routetables": RouteTable,
    "microsoft.network/virtualnetworkgateways": Gateway,
    "microsoft.network/localnetworkgateways": LocalGateway,
    "microsoft.network/privatednszones": Zone,
    "microsoft.network/privatednszones/virtualnetworklinks": ZoneLink,
    "microsoft.containerservice/managedclusters": Cluster,
}
