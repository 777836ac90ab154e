"""The hub's peerings with VNets outside the topology file."""

from collections.abc import Sequence

from cdktf import ITerraformDependable, TerraformStack
from cdktf_cdktf_provider_azurerm.virtual_network import VirtualNetwork
from cdktf_cdktf_provider_azurerm.virtual_network_peering import VirtualNetworkPeering

from hvn.kinds.hub.inputs import HubInputs
from stacks import workspace
from stacks.dns import Providers


def remote_peerings(
    stack: TerraformStack,
    inputs: HubInputs,
    vnet: VirtualNetwork,
    providers: Providers,
    *,
    after: Sequence[ITerraformDependable],
) -> None:
    """Build the peerings one after the other, because Azure refuses concurrent writes to one VNet."""
    written = list(after)
    for peering in inputs.peerings:
        part, remote = peering.key.replace("-", "_"), peering.vnet
        own = VirtualNetworkPeering(
            stack,
            f"to_{part}",
            name=peering.name,
            resource_group_name=inputs.vnet.group.name,
            virtual_network_name=vnet.name,
            remote_virtual_network_id=remote.id,
            allow_virtual_network_access=True,
            allow_forwarded_traffic=peering.allow_forwarded_traffic,
            allow_gateway_transit=False,
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
                f"from_{part}",
                provider=providers[subscription],
                name=peering.reverse,
                resource_group_name=remote.group.name,
                virtual_network_name=remote.name,
                remote_virtual_network_id=vnet.id,
                allow_virtual_network_access=True,
                # The firewall forwards the spokes' traffic from the hub to the remote VNet.
                allow_forwarded_traffic=True,
                allow_gateway_transit=False,
                use_remote_gateways=False,
                triggers={"remote_address_space": ",".join(inputs.cidrs)},
                depends_on=[own],
            )
            written = [back]
