"""The links of a VNet to private DNS zones, and new zones."""

from collections.abc import Sequence

from cdktf import ITerraformDependable, TerraformStack
from cdktf_cdktf_provider_azurerm.private_dns_zone import PrivateDnsZone
from cdktf_cdktf_provider_azurerm.private_dns_zone_virtual_network_link import PrivateDnsZoneVirtualNetworkLink
from cdktf_cdktf_provider_azurerm.provider import AzurermProvider

from hvn.kinds.inputs import AzureInputs, ZoneLink
from stacks import azurerm_5, workspace
from stacks.groups import Group

Providers = dict[str, AzurermProvider | None]
"""The providers of a stack by subscription. The value None is the default provider."""


def link_zones(
    stack: TerraformStack,
    inputs: AzureInputs,
    links: Sequence[ZoneLink],
    vnet_id: str,
    providers: Providers,
    *,
    group: Group,
    after: Sequence[ITerraformDependable],
) -> None:
    """Create new private DNS zones in `group`, and link a VNet to new and existing zones. An existing zone may be in
    any subscription."""
    for link in links:
        id_ = f"zone_{link.zone.name.casefold().replace('.', '_')}"
        subscription = link.zone.group.subscription_id
        if subscription not in providers:
            alias = f"zone_{subscription.replace('-', '_')}"
            providers[subscription] = workspace.azurerm(stack, inputs, subscription, alias=alias)
        made: list[ITerraformDependable] = []
        if link.new:
            made.append(
                PrivateDnsZone(
                    stack,
                    id_,
                    name=link.zone.name,
                    resource_group_name=link.zone.group.name,
                    tags=workspace.dns_tags(inputs),
                    depends_on=list(group.created),
                )
            )
        PrivateDnsZoneVirtualNetworkLink(
            stack,
            f"{id_}_link",
            provider=providers[subscription],
            name=link.name,
            **azurerm_5.zone_of_link(link.zone.group.name, link.zone.name, link.zone.id),
            virtual_network_id=vnet_id,
            registration_enabled=link.registers,
            tags=workspace.dns_tags(inputs),
            depends_on=[*made, *after],
        )
