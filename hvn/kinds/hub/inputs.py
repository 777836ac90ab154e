"""The inputs of `hub`."""

from dataclasses import dataclass

from hvn.kinds.inputs import AzureInputs, RouteTable, Subnet
from hvn.topology.firewall import ApplicationRule, NetworkRule
from hvn.topology.naming import Resource, ResourceGroup


@dataclass(frozen=True, slots=True, kw_only=True)
class FirewallInputs:
    """The Azure Firewall of the hub, its policy and its public address."""

    name: str
    policy: str
    public_ip: str
    sku_tier: str
    private_ip: str
    zones: tuple[str, ...]
    network_rules: tuple[NetworkRule, ...]
    application_rules: tuple[ApplicationRule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HubInputs(AzureInputs):
    """`hub`: VNet, runners' subnet, firewall, private DNS zone of AKS with the hub's link."""

    group: ResourceGroup
    vnet: Resource
    cidr: str
    firewall_subnet: Subnet
    runner_subnet: Subnet
    runner_routes: RouteTable
    runner_security_group: str
    firewall: FirewallInputs
    dns_zone: str
    dns_link: str
