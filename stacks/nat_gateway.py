"""A NAT gateway with its public IP addresses, and its associations with subnets.

azurerm cannot set the NAT gateway of an inline subnet. An update of the VNet keeps the gateway of an association:
azurerm reads each subnet and changes only the arguments of the inline block (virtual_network_resource.go,
getExistingSubnet).
"""

from collections.abc import Sequence

from cdktf import ITerraformDependable, TerraformStack
from cdktf_cdktf_provider_azurerm.nat_gateway import NatGateway
from cdktf_cdktf_provider_azurerm.nat_gateway_public_ip_association import NatGatewayPublicIpAssociation
from cdktf_cdktf_provider_azurerm.public_ip import PublicIp
from cdktf_cdktf_provider_azurerm.subnet_nat_gateway_association import SubnetNatGatewayAssociation

from hvn.kinds import inputs as topology
from hvn.kinds.hub.inputs import HubInputs
from hvn.kinds.network.inputs import NetworkInputs
from hvn.topology.naming import identifier
from stacks import workspace
from stacks.groups import Group
from stacks.logs import diagnostic_setting


def nat_gateway(
    stack: TerraformStack,
    inputs: HubInputs | NetworkInputs,
    group: Group,
    vnet_id: str,
    *,
    after: Sequence[ITerraformDependable] = (),
) -> list[ITerraformDependable]:
    """Build the NAT gateway with its public IP addresses and associations. Return the last resource that writes the
    VNet, so that later resources can wait for it. Return `after` if no such resource exists.

    Associate one subnet after the other, because Azure refuses concurrent writes to one VNet.
    """
    written = list(after)
    settings = inputs.nat_gateway
    if settings is None:
        return written
    zones = [settings.zone] if settings.zone else None
    gateway = NatGateway(
        stack,
        "nat_gateway",
        name=settings.resource.name,
        resource_group_name=group.name,
        location=inputs.location,
        sku_name="Standard",
        idle_timeout_in_minutes=settings.idle_timeout_minutes,
        zones=zones,
        tags=workspace.tags(inputs),
    )
    addresses = [
        _address(stack, inputs, settings, gateway, group, number, name)
        for number, name in enumerate(settings.public_ips, start=1)
    ]
    for subnet in settings.subnets:
        association = SubnetNatGatewayAssociation(
            stack,
            f"nat_of_{identifier(subnet.key)}",
            subnet_id=f"{vnet_id}/subnets/{subnet.name}",
            nat_gateway_id=gateway.id,
            # Until the NAT gateway has an address, its subnets cannot reach the internet.
            depends_on=[*addresses, *written],
        )
        written = [association]
    return written


def _address(
    stack: TerraformStack,
    inputs: HubInputs | NetworkInputs,
    settings: topology.NatGateway,
    gateway: NatGateway,
    group: Group,
    number: int,
    name: str,
) -> NatGatewayPublicIpAssociation:
    suffix = f"_{number}" if number > 1 else ""
    address = PublicIp(
        stack,
        f"nat_address{suffix}",
        name=name,
        resource_group_name=group.name,
        location=inputs.location,
        # A NAT gateway accepts only static addresses of SKU Standard.
        sku="Standard",
        allocation_method="Static",
        zones=[settings.zone] if settings.zone else None,
        tags=workspace.tags(inputs),
    )
    diagnostic_setting(stack, inputs.logs, address)
    return NatGatewayPublicIpAssociation(
        stack,
        f"address_of_nat{suffix}",
        nat_gateway_id=gateway.id,
        public_ip_address_id=address.id,
    )
