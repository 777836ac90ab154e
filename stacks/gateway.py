"""GatewaySubnet in the hub, and the routes in its route table.

The route table of GatewaySubnet must have no route for 0.0.0.0/0 and must propagate the gateway's routes. Azure
supports no network security group on GatewaySubnet
(learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-vpn-gateway-settings).
"""

from collections.abc import Sequence

from cdktf import ITerraformDependable, TerraformStack
from cdktf_cdktf_provider_azurerm.provider import AzurermProvider
from cdktf_cdktf_provider_azurerm.route import Route
from cdktf_cdktf_provider_azurerm.route_table import RouteTable

from hvn.kinds import inputs as topology
from hvn.kinds.hub.inputs import HubInputs
from stacks import workspace
from stacks.groups import Group


def gateway_table(stack: TerraformStack, inputs: HubInputs, routes: topology.RouteTable, group: Group) -> RouteTable:
    """Build and return the route table of GatewaySubnet.

    The routes are separate resources, because inline routes would remove the routes that the spokes' workspaces create.
    """
    table = RouteTable(
        stack,
        "gateway_route_table",
        name=routes.resource.name,
        resource_group_name=group.name,
        location=inputs.location,
        bgp_route_propagation_enabled=routes.bgp_route_propagation,
        tags=workspace.tags(inputs),
        lifecycle=workspace.UNUSED_FIRST,
    )
    gateway_routes(stack, routes, after=[table])
    return table


def gateway_routes(
    stack: TerraformStack,
    table: topology.RouteTable,
    *,
    provider: AzurermProvider | None = None,
    after: Sequence[ITerraformDependable],
) -> None:
    """Build routes in the route table of GatewaySubnet."""
    for route in table.routes:
        Route(
            stack,
            f"gateway_route_{route.name}",
            provider=provider,
            name=route.name,
            resource_group_name=table.resource.group.name,
            route_table_name=table.resource.name,
            address_prefix=route.cidr,
            next_hop_type="VirtualAppliance",
            next_hop_in_ip_address=route.next_hop,
            depends_on=list(after),
        )
