"""Subnets whose traffic leaves through the firewall: what the hub's runners and every spoke have in common."""

from collections.abc import Sequence
from dataclasses import dataclass

from cdktf import ITerraformDependable, TerraformStack
from cdktf_cdktf_provider_azurerm.resource_group import ResourceGroup
from cdktf_cdktf_provider_azurerm.route_table import RouteTable, RouteTableRoute
from cdktf_cdktf_provider_azurerm.subnet import Subnet
from cdktf_cdktf_provider_azurerm.subnet_route_table_association import SubnetRouteTableAssociation

from hvn.kinds import inputs as topology
from stacks import workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Vnet:
    """A VNet in Terraform's words: references where the workspace creates it, plain text where it exists already."""

    id: str
    name: str
    group: str


def user_routes(
    stack: TerraformStack, inputs: topology.AzureInputs, table: topology.RouteTable, group: ResourceGroup
) -> RouteTable:
    """A route table. Its routes are written inline, so that a route added by hand shows in the next plan."""
    return RouteTable(
        stack,
        "route_table",
        name=table.resource.name,
        resource_group_name=group.name,
        location=inputs.location,
        # A gateway's routes would lead around the firewall.
        bgp_route_propagation_enabled=False,
        route=[
            RouteTableRoute(
                name=route.name,
                address_prefix=route.cidr,
                next_hop_type="VirtualAppliance",
                next_hop_in_ip_address=route.next_hop,
            )
            for route in table.routes
        ],
        tags=workspace.tags(inputs),
    )


def routed_subnet(
    stack: TerraformStack,
    given: topology.Subnet,
    vnet: Vnet,
    table: RouteTable,
    *,
    after: Sequence[ITerraformDependable],
) -> SubnetRouteTableAssociation:
    """A subnet with its route table, made after `after`: Azure refuses two writes to one VNet at once."""
    subnet = Subnet(
        stack,
        f"subnet_{given.name}",
        name=given.name,
        resource_group_name=vnet.group,
        virtual_network_name=vnet.name,
        address_prefixes=[given.cidr],
        # azurerm still asks for Azure's implicit way to the internet unless told not to.
        default_outbound_access_enabled=False,
        depends_on=list(after),
    )
    return SubnetRouteTableAssociation(stack, f"routes_{given.name}", subnet_id=subnet.id, route_table_id=table.id)
