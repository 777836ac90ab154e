"""Subnets with their network security groups (NSGs) and route tables.

A new VNet has its subnets inline: only an inline subnet has its NSG at creation, as Azure policies require
(docs/decisions/0013-inline-subnets.md). An existing VNet gets separate subnets.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cdktf import ITerraformDependable, TerraformStack, Token
from cdktf_cdktf_provider_azurerm.network_security_group import (
    NetworkSecurityGroup,
    NetworkSecurityGroupSecurityRule,
)
from cdktf_cdktf_provider_azurerm.route_table import RouteTable, RouteTableRoute
from cdktf_cdktf_provider_azurerm.subnet import Subnet, SubnetDelegation, SubnetDelegationServiceDelegation
from cdktf_cdktf_provider_azurerm.subnet_network_security_group_association import (
    SubnetNetworkSecurityGroupAssociation,
)
from cdktf_cdktf_provider_azurerm.subnet_route_table_association import SubnetRouteTableAssociation
from cdktf_cdktf_provider_azurerm.virtual_network import (
    VirtualNetwork,
    VirtualNetworkSubnet,
    VirtualNetworkSubnetDelegation,
    VirtualNetworkSubnetDelegationServiceDelegation,
)

from hvn.kinds import inputs as topology
from hvn.kinds.hub.inputs import HubInputs
from hvn.kinds.network.inputs import NetworkInputs
from hvn.topology.naming import Resource, identifier
from hvn.topology.security import SecurityRule
from stacks import workspace
from stacks.azurerm_5 import inline_service_endpoints, service_endpoints
from stacks.groups import Group
from stacks.logs import diagnostic_setting


@dataclass(frozen=True, slots=True, kw_only=True)
class Vnet:
    """A VNet in Terraform: references if the workspace creates the VNet, plain strings for an existing VNet."""

    id: str
    name: str
    group: str


NO_POLICIES = "Disabled"
NULL = Token.as_string(Token.null_value())
Ids = Mapping[str, str]
"""Terraform's references by Azure resource id, for the resources that the workspace creates."""


def user_routes(
    stack: TerraformStack, inputs: topology.AzureInputs, table: topology.RouteTable, group: Group
) -> RouteTable:
    """Build and return a route table with inline routes, so that Terraform shows manually added routes as drift."""
    return RouteTable(
        stack,
        f"route_table_{table.key}" if table.key else "route_table",
        name=table.resource.name,
        resource_group_name=group.name,
        location=inputs.location,
        # The routes of a gateway bypass a firewall.
        bgp_route_propagation_enabled=table.bgp_route_propagation,
        route=[
            RouteTableRoute(
                name=route.name,
                address_prefix=route.cidr,
                next_hop_type=route.next_hop_type,
                next_hop_in_ip_address=route.next_hop or None,
            )
            for route in table.routes
        ],
        tags=workspace.tags(inputs),
        lifecycle=workspace.UNUSED_FIRST,
    )


def more_tables(stack: TerraformStack, inputs: HubInputs | NetworkInputs, group: Group) -> dict[str, str]:
    """Build the additional route tables. Return Terraform's references to these tables by Azure resource id."""
    return {table.resource.id: user_routes(stack, inputs, table, group).id for table in inputs.more_tables}


def open_table(
    stack: TerraformStack, inputs: topology.AzureInputs, table: topology.RouteTable, group: Group
) -> RouteTable:
    """Build and return a route table without routes. SQL Managed Instance writes routes into the table of its
    subnet."""
    return RouteTable(
        stack,
        "open_table",
        name=table.resource.name,
        resource_group_name=group.name,
        location=inputs.location,
        bgp_route_propagation_enabled=table.bgp_route_propagation,
        tags=workspace.tags(inputs),
        lifecycle=workspace.UNUSED_FIRST,
    )


def security_groups(
    stack: TerraformStack,
    inputs: HubInputs | NetworkInputs,
    subnets: Sequence[topology.BuiltSubnet],
    group: Group,
) -> dict[str, str]:
    """Build the NSGs of single subnets and the shared NSGs, with their diagnostic settings. Skip the NSGs of other
    workspaces, and NSGs that are managed outside this project.

    Return Terraform's references to the NSGs by Azure resource id.
    """
    own = [(f"nsg_{identifier(one.key)}", one.security_group) for one in subnets if not one.security_group.key]
    shared = [(f"shared_nsg_{nsg.key}", nsg) for nsg in inputs.more_nsgs]
    ids = {}
    for id_, nsg in (*own, *shared):
        if nsg.rules is not None:
            built = NetworkSecurityGroup(
                stack,
                id_,
                name=nsg.resource.name,
                resource_group_name=group.name,
                location=inputs.location,
                # An empty list removes the old rules. Without the argument, azurerm would keep the old rules.
                security_rule=[_security_rule(rule) for rule in nsg.rules],
                tags=workspace.tags(inputs),
                lifecycle=workspace.UNUSED_FIRST,
            )
            diagnostic_setting(stack, inputs.logs, built)
            ids[nsg.resource.id] = built.id
    return ids


def _security_rule(rule: SecurityRule) -> NetworkSecurityGroupSecurityRule:
    return NetworkSecurityGroupSecurityRule(
        name=rule.name,
        priority=rule.priority,
        direction=rule.direction,
        access=rule.access,
        protocol=rule.protocol,
        source_port_range="*",
        **_one_or_more("source_address_prefix", "source_address_prefixes", rule.sources),
        **_one_or_more("destination_address_prefix", "destination_address_prefixes", rule.destinations),
        **_one_or_more("destination_port_range", "destination_port_ranges", rule.ports),
    )


def _one_or_more(one: str, more: str, values: tuple[str, ...]) -> dict[str, Any]:
    """Return the argument for one value or for several values: azurerm accepts tags and `*` only as a single value."""
    return {one: values[0]} if len(values) == 1 else {more: list(values)}


def new_vnet(
    stack: TerraformStack,
    inputs: HubInputs | NetworkInputs,
    cidrs: Sequence[str],
    group: Group,
    subnets: Sequence[VirtualNetworkSubnet],
) -> VirtualNetwork:
    """Build and return a VNet with its subnets. The set is complete: an apply removes a subnet that somebody else
    created."""
    return VirtualNetwork(
        stack,
        "vnet",
        name=inputs.vnet.name,
        resource_group_name=group.name,
        location=inputs.location,
        address_space=list(cidrs),
        # An empty list removes the last subnet. Without the argument, azurerm would keep the last subnet.
        subnet=list(subnets),
        ddos_protection_plan=workspace.ddos_protection(inputs.ddos_plan_id),
        # An empty list resets the servers to Azure DNS; without the argument azurerm would keep the current servers.
        dns_servers=list(inputs.dns_servers),
        tags=workspace.tags(inputs),
    )


def inline_subnet(subnet: topology.BuiltSubnet, ids: Ids) -> VirtualNetworkSubnet:
    """Return the block of a subnet in a new VNet."""
    delegation = subnet.delegation
    return _inline(
        subnet,
        # azurerm's default enables Azure's implicit outbound access to the internet.
        default_outbound_access_enabled=False,
        security_group=_id(subnet.security_group.resource, ids),
        route_table_id=_id(subnet.route_table, ids) if subnet.route_table else NULL,
        private_endpoint_network_policies=subnet.private_endpoint_network_policies,
        delegation=[
            VirtualNetworkSubnetDelegation(
                name=delegation.service,
                service_delegation=[
                    VirtualNetworkSubnetDelegationServiceDelegation(
                        name=delegation.service, actions=list(delegation.actions)
                    )
                ],
            )
        ]
        if delegation
        else [],
        **inline_service_endpoints(subnet.service_endpoints),
    )


def plain_subnet(subnet: topology.Subnet, *, route_table: str = NULL) -> VirtualNetworkSubnet:
    """Return the block of a subnet without an NSG, with azurerm's defaults."""
    return _inline(
        subnet,
        default_outbound_access_enabled=True,
        route_table_id=route_table,
        private_endpoint_network_policies=NO_POLICIES,
        delegation=[],
        **inline_service_endpoints(()),
    )


def _inline(subnet: topology.Subnet, **arguments: Any) -> VirtualNetworkSubnet:
    """Return a block with all arguments, because in JSON Terraform requires every argument, even if it is null."""
    return VirtualNetworkSubnet(
        name=subnet.name,
        address_prefixes=[subnet.cidr],
        private_link_service_network_policies_enabled=True,
        service_endpoint_policy_ids=[],
        **arguments,
    )


def separate_subnet(
    stack: TerraformStack,
    subnet: topology.BuiltSubnet,
    vnet: Vnet,
    ids: Ids,
    *,
    after: Sequence[ITerraformDependable],
) -> SubnetRouteTableAssociation | SubnetNetworkSecurityGroupAssociation:
    """Build a subnet of an existing VNet, and return its last association.

    The subnet depends on `after`, because Azure refuses concurrent writes to one VNet.
    """
    part, delegation = identifier(subnet.key), subnet.delegation
    created = Subnet(
        stack,
        f"subnet_{part}",
        name=subnet.name,
        resource_group_name=vnet.group,
        virtual_network_name=vnet.name,
        address_prefixes=[subnet.cidr],
        # The default of azurerm enables Azure's implicit outbound access to the internet.
        default_outbound_access_enabled=False,
        delegation=[
            SubnetDelegation(
                name=delegation.service,
                service_delegation=SubnetDelegationServiceDelegation(
                    name=delegation.service, actions=list(delegation.actions)
                ),
            )
        ]
        if delegation
        else None,
        **service_endpoints(subnet.service_endpoints),
        # Without a policy, keep azurerm's default.
        private_endpoint_network_policies=None
        if subnet.private_endpoint_network_policies == NO_POLICIES
        else subnet.private_endpoint_network_policies,
        depends_on=list(after),
    )
    protected = SubnetNetworkSecurityGroupAssociation(
        stack,
        f"nsg_of_{part}",
        subnet_id=created.id,
        network_security_group_id=_id(subnet.security_group.resource, ids),
    )
    if subnet.route_table is None:
        return protected
    return SubnetRouteTableAssociation(
        stack,
        f"routes_{part}",
        subnet_id=created.id,
        route_table_id=_id(subnet.route_table, ids),
        depends_on=[protected],
    )


def _id(resource: Resource, ids: Ids) -> str:
    return ids.get(resource.id, resource.id)
