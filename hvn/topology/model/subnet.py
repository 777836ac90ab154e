"""A subnet with its network security group (NSG), route and delegation."""

from collections.abc import Mapping
from functools import lru_cache
from ipaddress import IPv4Network
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from hvn.topology.fields import ONE_STORAGE, Cidr, Limit, OneStorage, SubnetNsg, SubnetRoute
from hvn.topology.model.base import Model
from hvn.topology.model.security_group import NsgRules

NODE_SUBNET = "nodes"
"""The key of the subnet of a new cluster's nodes."""

# Azure's actions for each service (`az network vnet subnet list-available-delegations`). With other actions, every plan
# would show a difference from Azure's subnet. The acceptance tests of azurerm 4.55.0 contain these actions for every
# service except Microsoft.DevOpsInfrastructure/pools. One test of function apps sets `subnets/action` for
# Microsoft.App/environments, and ignores the difference. The other actions are those of public modules, such as
# https://github.com/aztfm/terraform-azurerm-virtual-network/blob/40c1fce/locals.tf.
_JOIN = ("Microsoft.Network/virtualNetworks/subnets/join/action",)
_ACTION = ("Microsoft.Network/virtualNetworks/subnets/action",)
_POLICIES = (
    *_JOIN,
    "Microsoft.Network/virtualNetworks/subnets/prepareNetworkPolicies/action",
    "Microsoft.Network/virtualNetworks/subnets/unprepareNetworkPolicies/action",
)
_INTERFACES = ("Microsoft.Network/networkinterfaces/*", *_JOIN)
_PREPARE = (*_JOIN, "Microsoft.Network/virtualNetworks/subnets/prepareNetworkPolicies/action")
DELEGATIONS: Mapping[str, tuple[str, ...]] = {
    "GitHub.Network/networkSettings": _JOIN,
    "Microsoft.ApiManagement/service": _PREPARE,
    "Microsoft.App/environments": _JOIN,
    "Microsoft.AzureCosmosDB/clusters": _JOIN,
    "Microsoft.Batch/batchAccounts": _ACTION,
    "Microsoft.ContainerInstance/containerGroups": _ACTION,
    "Microsoft.ContainerService/managedClusters": _JOIN,
    "Microsoft.DBforMySQL/flexibleServers": _JOIN,
    "Microsoft.DBforPostgreSQL/flexibleServers": _JOIN,
    "Microsoft.Databricks/workspaces": _POLICIES,
    "Microsoft.DevOpsInfrastructure/pools": _JOIN,
    "Microsoft.HardwareSecurityModules/dedicatedHSMs": _INTERFACES,
    "Microsoft.Kusto/clusters": _POLICIES,
    "Microsoft.MachineLearningServices/workspaces": _JOIN,
    "Microsoft.Netapp/volumes": _INTERFACES,
    "Microsoft.Network/applicationGateways": _JOIN,
    "Microsoft.Network/dnsResolvers": _JOIN,
    "Microsoft.PowerPlatform/enterprisePolicies": _JOIN,
    "Microsoft.PowerPlatform/vnetaccesslinks": _JOIN,
    "Microsoft.ServiceNetworking/trafficControllers": _JOIN,
    "Microsoft.Sql/managedInstances": _POLICIES,
    "Microsoft.StreamAnalytics/streamingJobs": _JOIN,
    "Microsoft.Synapse/workspaces": _JOIN,
    "Microsoft.Web/hostingEnvironments": _ACTION,
    "Microsoft.Web/serverFarms": _ACTION,
    "PaloAltoNetworks.Cloudngfw/firewalls": _JOIN,
}

_DELEGATION = Limit(
    why="Azure adds the actions of a delegation; these are the services with known actions",
    see="https://learn.microsoft.com/azure/virtual-network/subnet-delegation-overview",
)
_ENDPOINTS = Limit(
    why="azurerm accepts only Azure's names of the services as endpoints",
    see="https://learn.microsoft.com/azure/virtual-network/virtual-network-service-endpoints-overview",
)
_ENDPOINT_POLICIES = Limit(
    why="by default, no NSG applies to private endpoints, and their /32 routes precede user-defined routes",
    see="https://learn.microsoft.com/azure/private-link/disable-private-endpoint-network-policy",
)
Service = Literal[
    "Microsoft.AzureActiveDirectory",
    "Microsoft.AzureCosmosDB",
    "Microsoft.CognitiveServices",
    "Microsoft.ContainerRegistry",
    "Microsoft.EventHub",
    "Microsoft.KeyVault",
    "Microsoft.ServiceBus",
    "Microsoft.Sql",
    "Microsoft.Storage",
    "Microsoft.Storage.Global",
    "Microsoft.Web",
]
EndpointPolicies = Literal["Disabled", "Enabled", "NetworkSecurityGroupEnabled", "RouteTableEnabled"]
Delegation = Literal[
    "GitHub.Network/networkSettings",
    "Microsoft.ApiManagement/service",
    "Microsoft.App/environments",
    "Microsoft.AzureCosmosDB/clusters",
    "Microsoft.Batch/batchAccounts",
    "Microsoft.ContainerInstance/containerGroups",
    "Microsoft.ContainerService/managedClusters",
    "Microsoft.DBforMySQL/flexibleServers",
    "Microsoft.DBforPostgreSQL/flexibleServers",
    "Microsoft.Databricks/workspaces",
    "Microsoft.DevOpsInfrastructure/pools",
    "Microsoft.HardwareSecurityModules/dedicatedHSMs",
    "Microsoft.Kusto/clusters",
    "Microsoft.MachineLearningServices/workspaces",
    "Microsoft.Netapp/volumes",
    "Microsoft.Network/applicationGateways",
    "Microsoft.Network/dnsResolvers",
    "Microsoft.PowerPlatform/enterprisePolicies",
    "Microsoft.PowerPlatform/vnetaccesslinks",
    "Microsoft.ServiceNetworking/trafficControllers",
    "Microsoft.Sql/managedInstances",
    "Microsoft.StreamAnalytics/streamingJobs",
    "Microsoft.Synapse/workspaces",
    "Microsoft.Web/hostingEnvironments",
    "Microsoft.Web/serverFarms",
    "PaloAltoNetworks.Cloudngfw/firewalls",
]


ServiceEndpoints = Annotated[tuple[Annotated[Service, _ENDPOINTS], ...], OneStorage, ONE_STORAGE]


class Subnet(Model):
    """A subnet. The short form contains only the range."""

    cidr: Cidr
    """Range of the subnet, inside the VNet."""
    route: SubnetRoute = "firewall"
    """Route table of the subnet. firewall: the table of the spoke or hub, with the default route to a firewall. none:
    no routes, for Application Gateway v2 and SQL Managed Instance. The short form names a table in the VNet's
    subscription, for example of `hub.route_tables`."""
    nat_gateway: bool = False
    """True: the subnet uses the `nat_gateway` of its spoke or hub. A route for 0.0.0.0/0 has priority over
    the gateway."""
    nsg: SubnetNsg | None = None
    """The short form names an NSG in the VNet's subscription, for example of
    `hub.network_security_groups`. [default: an NSG for this subnet only]"""
    rules: NsgRules = Field(default={}, validate_default=True)
    """Rules of the subnet's own NSG, by name."""
    delegation: Annotated[Delegation, _DELEGATION] | None = None
    """The service that uses the subnet. [default: none]"""
    service_endpoints: ServiceEndpoints = ()
    """Azure services that the subnet reaches without the firewall."""
    private_endpoint_network_policies: Annotated[EndpointPolicies, _ENDPOINT_POLICIES] | None = None
    """Whether the NSG applies to private endpoints in the subnet, and whether a client's route can override their
    /32 route. The route must fit in the VNet's range. Without the key, `hvn reach`
    expects only private API servers. [default: Disabled]"""


def _form(value: Any) -> str:
    """Return the tag of a subnet's form, so that the validator reports only errors of this form."""
    return "<subnet>" if isinstance(value, Mapping | Subnet) else "<range>"


SubnetOrRange = Annotated[
    Annotated[Cidr, Tag("<range>")] | Annotated[Subnet, Tag("<subnet>")],
    Discriminator(_form),
]


def subnet(value: IPv4Network | Subnet) -> Subnet:
    """Return a subnet of the file in its long form."""
    return value if isinstance(value, Subnet) else _of_range(value)


@lru_cache(maxsize=10_000)
def _of_range(cidr: IPv4Network) -> Subnet:
    # A copy is faster than another model with all defaults.
    return _WITH_DEFAULTS.model_copy(update={"cidr": cidr})


_WITH_DEFAULTS = Subnet.model_construct(cidr=IPv4Network("0.0.0.0/0"))
