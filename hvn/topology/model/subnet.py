"""A subnet with its network security group (NSG), route and delegation."""

from collections.abc import Mapping
from functools import lru_cache
from ipaddress import IPv4Network
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from hvn.topology.fields import Cidr, Limit, SubnetNsg, SubnetRoute
from hvn.topology.model.base import Model
from hvn.topology.model.security_group import NsgRules

NODE_SUBNET = "nodes"
"""The key of the subnet of a new cluster's nodes."""

# Azure's actions for each service (`az network vnet subnet list-available-delegations`). With other actions, every plan
# would show a difference from Azure's subnet. The acceptance tests of azurerm 4.55.0 contain these actions for every
# service except Microsoft.DevOpsInfrastructure/pools. One test of function apps sets `subnets/action` for
# Microsoft.App/environments, and ignores the difference.
_JOIN = ("Microsoft.Network/virtualNetworks/subnets/join/action",)
_ACTION = ("Microsoft.Network/virtualNetworks/subnets/action",)
_POLICIES = (
    *_JOIN,
    "Microsoft.Network/virtualNetworks/subnets/prepareNetworkPolicies/action",
    "Microsoft.Network/virtualNetworks/subnets/unprepareNetworkPolicies/action",
)
_INTERFACES = ("Microsoft.Network/networkinterfaces/*", *_JOIN)
DELEGATIONS: Mapping[str, tuple[str, ...]] = {
    "Microsoft.App/environments": _JOIN,
    "Microsoft.ContainerInstance/containerGroups": _ACTION,
    "Microsoft.ContainerService/managedClusters": _JOIN,
    "Microsoft.DBforMySQL/flexibleServers": _JOIN,
    "Microsoft.DBforPostgreSQL/flexibleServers": _JOIN,
    "Microsoft.Databricks/workspaces": _POLICIES,
    "Microsoft.DevOpsInfrastructure/pools": _JOIN,
    "Microsoft.Netapp/volumes": _INTERFACES,
    "Microsoft.Network/dnsResolvers": _JOIN,
    "Microsoft.ServiceNetworking/trafficControllers": _JOIN,
    "Microsoft.Sql/managedInstances": _POLICIES,
    "Microsoft.Web/hostingEnvironments": _ACTION,
    "Microsoft.Web/serverFarms": _ACTION,
}

_DELEGATION = Limit(
    why="Azure adds the actions of a delegation; these are the services with known actions",
    see="https://learn.microsoft.com/azure/virtual-network/subnet-delegation-overview",
)
_ENDPOINTS = Limit(
    why="azurerm accepts only Azure's names of the services as endpoints",
    see="https://learn.microsoft.com/azure/virtual-network/virtual-network-service-endpoints-overview",
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
Delegation = Literal[
    "Microsoft.App/environments",
    "Microsoft.ContainerInstance/containerGroups",
    "Microsoft.ContainerService/managedClusters",
    "Microsoft.DBforMySQL/flexibleServers",
    "Microsoft.DBforPostgreSQL/flexibleServers",
    "Microsoft.Databricks/workspaces",
    "Microsoft.DevOpsInfrastructure/pools",
    "Microsoft.Netapp/volumes",
    "Microsoft.Network/dnsResolvers",
    "Microsoft.ServiceNetworking/trafficControllers",
    "Microsoft.Sql/managedInstances",
    "Microsoft.Web/hostingEnvironments",
    "Microsoft.Web/serverFarms",
]


class Subnet(Model):
    """A subnet. The short form contains only the range."""

    cidr: Cidr
    """Range of the subnet, inside the VNet."""
    route: SubnetRoute = "firewall"
    """Route table of the subnet. firewall: the table of the spoke or hub, with the default route to a firewall. none:
    no routes, for Application Gateway v2 and SQL Managed Instance. Other values: a key of `route_tables`, or an
    existing table, as in `hub.route_tables`. The short form names a table in the VNet's subscription."""
    nat_gateway: bool = False
    """True: the subnet uses the `nat_gateway` of its spoke or hub. A route for 0.0.0.0/0 has priority over
    the gateway."""
    nsg: SubnetNsg | None = None
    """The subnet's NSG. The short form names an NSG in the VNet's subscription, for example of
    `hub.network_security_groups`. [default: an NSG for this subnet only]"""
    rules: NsgRules = Field(default={}, validate_default=True)
    """Rules of the subnet's own NSG, by name."""
    delegation: Annotated[Delegation, _DELEGATION] | None = None
    """The Azure service to which the subnet is delegated. [default: none]"""
    service_endpoints: tuple[Annotated[Service, _ENDPOINTS], ...] = ()
    """Azure services that the subnet reaches without the firewall."""


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
    return Subnet.model_construct(cidr=cidr)
