"""Build subnets with a route to the firewall: the runners' subnet in the hub, and the subnets of the spokes."""

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
    """A VNet in Terraform: references if the workspace creates the VNet, plain strings for an existing VNet."""

    id: str
    name: str
    group: str


def user_routes(
    stack: TerraformStack, inputs: topology.AzureInputs, table: topology.RouteTable, group: ResourceGroup
) -> RouteTable:
    """Build a route table with inline routes, so that Terraform shows manually added routes as drift."""
    return RouteTable(
        stack,
        "route_table",
        name=table.resource.name,
        resource_group_name=group.name,
        location=inputs.location,
        # Without propagation, because routes of a gateway would bypass the firewall.
        bgp_route_propagation_enabled=table.bgp_route_propagation,
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
    subnet: topology.Subnet,
    vnet: Vnet,
    table: RouteTable,
    *,
    after: Sequence[ITerraformDependable],
) -> SubnetRouteTableAssociation:
    """Build a subnet with its route table after the resources in `after`, because Azure refuses concurrent writes to
    a VNet."""
    created = Subnet(
        stack,
        f"subnet_{subnet.key}",
        name=subnet.name,
        resource_group_name=vnet.group,
        virtual_network_name=vnet.name,
        address_prefixes=[subnet.cidr],
        # The default of azurerm enables Azure's implicit outbound access to the internet.
        default_outbound_access_enabled=False,
        depends_on=list(after),
    )
    return SubnetRouteTableAssociation(stack, f"routes_{subnet.key}", subnet_id=created.id, route_table_id=table.id)
