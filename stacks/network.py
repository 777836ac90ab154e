"""`network-<spoke>`: the spoke's VNet, its subnets and routes, its peerings, and its firewall rules."""

from collections.abc import Sequence

from cdktf import ITerraformDependable, TerraformOutput, TerraformStack
from cdktf_cdktf_provider_azurerm.private_dns_zone_virtual_network_link import PrivateDnsZoneVirtualNetworkLink
from cdktf_cdktf_provider_azurerm.provider import AzurermProvider
from cdktf_cdktf_provider_azurerm.virtual_network_peering import VirtualNetworkPeering

from hvn.kinds.network.inputs import HubRef, NetworkInputs
from stacks import azurerm_5, firewall_rules, workspace
from stacks.dns import Providers, link_zones
from stacks.gateway import gateway_routes
from stacks.groups import Group, resource_group
from stacks.nat_gateway import nat_gateway
from stacks.subnets import (
    Ids,
    Vnet,
    inline_subnet,
    more_tables,
    new_vnet,
    open_table,
    security_groups,
    separate_subnet,
    user_routes,
)
from stacks.vnet_peerings import vnet_peerings


def build(stack: TerraformStack, inputs: NetworkInputs) -> None:
    """Build one resource after the other: the VNet with its subnets, both halves of the hub peering, the spoke's own
    peerings and the zone links.

    Azure refuses to peer a VNet while another request writes its subnets (`ReferencedResourceNotProvisioned`, azurerm
    #2605), and to write both halves of a peering at once.
    """
    workspace.azurerm(stack, inputs, inputs.group.subscription_id)
    hub = inputs.hub
    in_hub = workspace.azurerm(stack, inputs, hub.vnet.group.subscription_id, alias="hub") if hub else None
    group = resource_group(stack, "spoke", inputs)
    ids = security_groups(stack, inputs, inputs.subnets, group)
    if inputs.route_table:
        ids[inputs.route_table.resource.id] = user_routes(stack, inputs, inputs.route_table, group).id
    ids |= more_tables(stack, inputs, group)
    if inputs.open_table:
        ids[inputs.open_table.resource.id] = open_table(stack, inputs, inputs.open_table, group).id
    vnet, written = _new_vnet(stack, inputs, group, ids) if inputs.new_vnet else _existing_vnet(stack, inputs, ids)
    written = nat_gateway(stack, inputs, group, vnet.id, after=written)
    providers: Providers = {inputs.group.subscription_id: None}
    peered = _with_hub(stack, inputs, hub, vnet, in_hub, providers, after=written) if hub and in_hub else written
    peered = vnet_peerings(stack, inputs, vnet, providers, after=peered)
    link_zones(stack, inputs, inputs.zone_links, vnet.id, providers, group=group, after=peered)
    if inputs.rules:
        firewall_rules.group(stack, "firewall_rules", inputs.rules.group, inputs.rules.policy.id, provider=in_hub)
    TerraformOutput(stack, "vnet_id", static_id=True, value=vnet.id)


def _with_hub(
    stack: TerraformStack,
    inputs: NetworkInputs,
    hub: HubRef,
    vnet: Vnet,
    in_hub: AzurermProvider,
    providers: Providers,
    *,
    after: list[ITerraformDependable],
) -> list[ITerraformDependable]:
    """Build the peering with the hub, the routes in GatewaySubnet and the zone link. Return the resources to wait for.

    Add the providers of the subscriptions of hub and zone to `providers`.
    """
    peered = _peer_with_hub(stack, inputs, hub, vnet, in_hub, after=after) if inputs.hub_peering else after
    if hub.gateway_routes:
        gateway_routes(stack, hub.gateway_routes, provider=in_hub, after=peered)
    providers[hub.vnet.group.subscription_id] = in_hub
    if inputs.zone_link:
        zone_subscription = hub.dns_zone.group.subscription_id
        in_zone = (
            in_hub
            if zone_subscription == hub.vnet.group.subscription_id
            else workspace.azurerm(stack, inputs, zone_subscription, alias="zone")
        )
        providers[zone_subscription] = in_zone
        _link_zone(stack, inputs, hub, vnet, in_zone, after=peered)
    return peered


Written = tuple[Vnet, list[ITerraformDependable]]
"""A VNet, and the resources that later writes to the VNet must wait for."""


def _new_vnet(stack: TerraformStack, inputs: NetworkInputs, group: Group, ids: Ids) -> Written:
    subnets = [inline_subnet(subnet, ids) for subnet in inputs.subnets]
    vnet = new_vnet(stack, inputs, inputs.cidrs, group, subnets)
    return Vnet(id=vnet.id, name=vnet.name, group=group.name), []


def _existing_vnet(stack: TerraformStack, inputs: NetworkInputs, ids: Ids) -> Written:
    vnet = Vnet(id=inputs.vnet.id, name=inputs.vnet.name, group=inputs.vnet.group.name)
    written: list[ITerraformDependable] = []
    for subnet in inputs.subnets:
        written.append(separate_subnet(stack, subnet, vnet, ids, after=written[-1:]))
    return vnet, written


def _peer_with_hub(
    stack: TerraformStack,
    inputs: NetworkInputs,
    hub: HubRef,
    vnet: Vnet,
    in_hub: AzurermProvider,
    *,
    after: list[ITerraformDependable],
) -> list[ITerraformDependable]:
    """Build both halves of the hub peering and return the resources to wait for.

    With `use_remote_gateways` Azure requires the hub's half, with `allow_gateway_transit`, before the spoke's half
    (azurerm #2872).
    """
    if inputs.use_remote_gateways:
        return [_to_hub(stack, inputs, hub, vnet, [_from_hub(stack, inputs, hub, vnet, in_hub, after)])]
    return [_from_hub(stack, inputs, hub, vnet, in_hub, [_to_hub(stack, inputs, hub, vnet, after)])]


def _to_hub(
    stack: TerraformStack, inputs: NetworkInputs, hub: HubRef, vnet: Vnet, after: Sequence[ITerraformDependable]
) -> VirtualNetworkPeering:
    return VirtualNetworkPeering(
        stack,
        "to_hub",
        name=inputs.peering_to_hub,
        resource_group_name=vnet.group,
        virtual_network_name=vnet.name,
        remote_virtual_network_id=hub.vnet.id,
        allow_virtual_network_access=True,
        # Traffic that the firewall forwards has a source outside the hub. Without this setting Azure drops this
        # traffic.
        allow_forwarded_traffic=True,
        allow_gateway_transit=False,
        use_remote_gateways=inputs.use_remote_gateways,
        # After a change of the other VNet's address space the peering needs a sync. azurerm syncs the peering if a
        # trigger changes.
        triggers={"remote_address_space": ",".join(hub.cidrs)},
        depends_on=list(after),
    )


def _from_hub(
    stack: TerraformStack,
    inputs: NetworkInputs,
    hub: HubRef,
    vnet: Vnet,
    in_hub: AzurermProvider,
    after: Sequence[ITerraformDependable],
) -> VirtualNetworkPeering:
    return VirtualNetworkPeering(
        stack,
        "from_hub",
        provider=in_hub,
        name=inputs.peering_from_hub,
        resource_group_name=hub.vnet.group.name,
        virtual_network_name=hub.vnet.name,
        remote_virtual_network_id=vnet.id,
        allow_virtual_network_access=True,
        # A spoke sends only its own traffic, so the hub accepts no forwarded traffic from the spoke.
        allow_forwarded_traffic=False,
        allow_gateway_transit=inputs.use_remote_gateways,
        use_remote_gateways=False,
        triggers={"remote_address_space": ",".join(inputs.cidrs)},
        depends_on=list(after),
    )


def _link_zone(
    stack: TerraformStack,
    inputs: NetworkInputs,
    hub: HubRef,
    vnet: Vnet,
    in_zone: AzurermProvider,
    *,
    after: list[ITerraformDependable],
) -> None:
    """Link the VNet to the private DNS zone that resolves the API servers' names, in the hub or in a different
    subscription."""
    PrivateDnsZoneVirtualNetworkLink(
        stack,
        "aks_zone",
        provider=in_zone,
        name=inputs.dns_link,
        **azurerm_5.zone_of_link(hub.dns_zone.group.name, hub.dns_zone.name, hub.dns_zone.id),
        virtual_network_id=vnet.id,
        registration_enabled=False,
        tags=workspace.dns_tags(inputs),
        depends_on=after,
    )
