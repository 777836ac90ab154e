"""The VNet peerings of the hub and of the spokes, apart from the peerings between hub and spokes."""

from collections.abc import Sequence

from cdktf import ITerraformDependable, TerraformStack
from cdktf_cdktf_provider_azurerm.virtual_network import VirtualNetwork
from cdktf_cdktf_provider_azurerm.virtual_network_peering import VirtualNetworkPeering

from hvn.kinds.hub.inputs import HubInputs
from hvn.kinds.network.inputs import NetworkInputs
from stacks import workspace
from stacks.dns import Providers
from stacks.subnets import Vnet


def vnet_peerings(
    stack: TerraformStack,
    inputs: HubInputs | NetworkInputs,
    vnet: Vnet | VirtualNetwork,
    providers: Providers,
    *,
    after: Sequence[ITerraformDependable],
) -> list[ITerraformDependable]:
    """Build the peerings one after the other, because Azure refuses concurrent writes to one VNet. Return the resources
    to wait for."""
    written = list(after)
    for peering in inputs.peerings:
        to_other, from_other = peering.resources
        remote = peering.vnet
        own = VirtualNetworkPeering(
            stack,
            to_other,
            name=peering.name,
            resource_group_name=inputs.vnet.group.name,
            virtual_network_name=vnet.name,
            remote_virtual_network_id=remote.id,
            allow_virtual_network_access=True,
            allow_forwarded_traffic=peering.accepts_forwarded,
            allow_gateway_transit=peering.gateway_transit,
            use_remote_gateways=False,
            # azurerm syncs the peering with the remote address space if a trigger changes.
            triggers={"remote_address_space": ",".join(peering.cidrs)},
            depends_on=written,
        )
        written = [own]
        if peering.reverse:
            subscription = remote.group.subscription_id
            if subscription not in providers:
                alias = f"peer_{subscription.replace('-', '_')}"
                providers[subscription] = workspace.azurerm(stack, inputs, subscription, alias=alias)
            back = VirtualNetworkPeering(
                stack,
                from_other,
                provider=providers[subscription],
                name=peering.reverse,
                resource_group_name=remote.group.name,
                virtual_network_name=remote.name,
                remote_virtual_network_id=vnet.id,
                allow_virtual_network_access=True,
                allow_forwarded_traffic=peering.reverse_accepts_forwarded,
                allow_gateway_transit=False,
                use_remote_gateways=peering.uses_gateway,
                triggers={"remote_address_space": ",".join(inputs.cidrs)},
                depends_on=[own],
            )
            written = [back]
    return written
