"""`hub`: VNet with its subnets and peerings, Azure Firewall with its policy, and private DNS zones."""

import json

from cdktf import ITerraformDependable, Postcondition, TerraformOutput, TerraformResourceLifecycle, TerraformStack
from cdktf_cdktf_provider_azurerm.firewall import (
    Firewall,
    FirewallIpConfiguration,
    FirewallManagementIpConfiguration,
)
from cdktf_cdktf_provider_azurerm.firewall_policy import (
    FirewallPolicy,
    FirewallPolicyDns,
    FirewallPolicyIntrusionDetection,
)
from cdktf_cdktf_provider_azurerm.private_dns_zone import PrivateDnsZone
from cdktf_cdktf_provider_azurerm.private_dns_zone_virtual_network_link import PrivateDnsZoneVirtualNetworkLink
from cdktf_cdktf_provider_azurerm.public_ip import PublicIp
from cdktf_cdktf_provider_azurerm.virtual_network import VirtualNetwork, VirtualNetworkSubnet

from hvn.kinds.hub.inputs import FirewallInputs, HubInputs
from stacks import azurerm_5, firewall_rules, workspace
from stacks.dns import Providers, link_zones
from stacks.gateway import gateway_table
from stacks.groups import Group, resource_group
from stacks.logs import diagnostic_setting
from stacks.nat_gateway import nat_gateway
from stacks.subnets import NULL, inline_subnet, more_tables, new_vnet, plain_subnet, security_groups, user_routes
from stacks.vnet_peerings import vnet_peerings


def build(stack: TerraformStack, inputs: HubInputs) -> None:
    """Build the hub. AzureFirewallSubnet has a route table only for the firewalls of remote VNets; the system route of
    the peering leads to the HVN."""
    workspace.azurerm(stack, inputs, inputs.group.subscription_id)
    group = resource_group(stack, "hub", inputs)
    built = (inputs.runner_subnet, *inputs.subnets)
    ids = security_groups(stack, inputs, built, group)
    if inputs.runner_routes:
        ids[inputs.runner_routes.resource.id] = user_routes(stack, inputs, inputs.runner_routes, group).id
    ids |= more_tables(stack, inputs, group)
    # Azure supports no NSG on the subnets of Azure Firewall, of a gateway and of Route Server.
    subnets = _firewall_subnets(stack, inputs, inputs.firewall, group) if inputs.firewall else []
    subnets += [inline_subnet(subnet, ids) for subnet in built]
    if inputs.gateway:
        routes = inputs.gateway.routes
        table = gateway_table(stack, inputs, routes, group).id if routes else NULL
        subnets.append(plain_subnet(inputs.gateway.subnet, route_table=table))
    subnets += [plain_subnet(inputs.route_server)] if inputs.route_server else []
    vnet = new_vnet(stack, inputs, inputs.cidrs, group, subnets)
    written = nat_gateway(stack, inputs, group, vnet.id)
    if inputs.firewall:
        written = [_firewall(stack, inputs, inputs.firewall, group, vnet, written)]
    providers: Providers = {inputs.group.subscription_id: None}
    vnet_peerings(stack, inputs, vnet, providers, after=written)

    dns_tags = workspace.dns_tags(inputs)
    zone = PrivateDnsZone(stack, "aks_zone", name=inputs.dns_zone, resource_group_name=group.name, tags=dns_tags)
    PrivateDnsZoneVirtualNetworkLink(
        stack,
        "aks_zone_hub",
        name=inputs.dns_link,
        **azurerm_5.zone_of_link(group.name, zone.name, zone.id),
        virtual_network_id=vnet.id,
        registration_enabled=False,
        tags=dns_tags,
    )
    link_zones(stack, inputs, inputs.zone_links, vnet.id, providers, group=group, after=group.created)
    TerraformOutput(stack, "vnet_id", static_id=True, value=vnet.id)
    if inputs.firewall:
        TerraformOutput(stack, "firewall_private_ip", static_id=True, value=inputs.firewall.private_ip)
    TerraformOutput(stack, "aks_zone_id", static_id=True, value=zone.id)


def _firewall_subnets(
    stack: TerraformStack, inputs: HubInputs, settings: FirewallInputs, group: Group
) -> list[VirtualNetworkSubnet]:
    table = user_routes(stack, inputs, settings.routes, group).id if settings.routes else NULL
    subnets = [plain_subnet(settings.subnet, route_table=table)]
    return [*subnets, *([plain_subnet(settings.management_subnet)] if settings.management_subnet else [])]


def _firewall(
    stack: TerraformStack,
    inputs: HubInputs,
    settings: FirewallInputs,
    group: Group,
    vnet: VirtualNetwork,
    after: list[ITerraformDependable],
) -> Firewall:
    zones = list(settings.zones) or None
    # Without zones in the topology file, Azure chooses zones and makes existing firewalls zone-redundant. If Terraform
    # compared the zones, a plan would replace the firewall. After a removal of zones from the file, the plan would also
    # replace the firewall's public address.
    ignored = None if zones else ["zones"]
    tags = workspace.tags(inputs)
    address, *more = _addresses(stack, inputs, settings, group, ignored)
    policy = _policy(stack, inputs, settings, group)
    rules: list[ITerraformDependable] = []
    for name, group_rules in zip(("firewall_rules", "shared_firewall_rules"), settings.groups, strict=False):
        rules.append(firewall_rules.group(stack, name, group_rules, policy.id, after=rules[-1:]))
    firewall = Firewall(
        stack,
        "firewall",
        name=settings.name,
        resource_group_name=group.name,
        location=inputs.location,
        sku_name="AZFW_VNet",
        sku_tier=settings.sku_tier,
        firewall_policy_id=policy.id,
        ip_configuration=[
            FirewallIpConfiguration(
                name="firewall",
                subnet_id=f"{vnet.id}/subnets/{settings.subnet.name}",
                public_ip_address_id=address.id,
            ),
            # Only the first IP configuration names the subnet. azurerm adds further IP configurations without replacing
            # the firewall.
            *(
                FirewallIpConfiguration(name=f"firewall-{number}", public_ip_address_id=other.id)
                for number, other in enumerate(more, start=2)
            ),
        ],
        management_ip_configuration=_management(stack, inputs, settings, group, vnet, ignored),
        zones=zones,
        tags=tags,
        # Azure refuses to attach a policy that is being changed, and to write a subnet that is being changed.
        depends_on=[*after, *rules],
        lifecycle=TerraformResourceLifecycle(
            postcondition=[_has_address(settings.private_ip)],
            ignore_changes=ignored,
            # A different tier needs a new policy, and Azure does not delete a policy that a firewall uses. If only the
            # policy were replaced, the firewall would lose its rules, and the apply would stop (azurerm #29114).
            replace_triggered_by=[f"{policy.terraform_resource_type}.{policy.friendly_unique_id}.sku"],
        ),
    )
    diagnostic_setting(stack, inputs.logs, firewall)
    if settings.dnat:
        names = (settings.public_ip, *settings.more_public_ips)
        addresses = {name: one.ip_address for name, one in zip(names, (address, *more), strict=True)}
        firewall_rules.dnat_group(stack, settings.dnat, policy.id, addresses, after=firewall)
    return firewall


def _addresses(
    stack: TerraformStack, inputs: HubInputs, settings: FirewallInputs, group: Group, ignored: list[str] | None
) -> list[PublicIp]:
    """Build and return the firewall's public addresses, in the order of its IP configurations."""
    names = (settings.public_ip, *settings.more_public_ips)
    ids = ("firewall_address", *(f"firewall_address_{number}" for number in range(2, len(names) + 1)))
    return [_address(stack, inputs, settings, group, ignored, id_, name) for id_, name in zip(ids, names, strict=True)]


def _address(
    stack: TerraformStack,
    inputs: HubInputs,
    settings: FirewallInputs,
    group: Group,
    ignored: list[str] | None,
    id_: str,
    name: str,
) -> PublicIp:
    address = PublicIp(
        stack,
        id_,
        name=name,
        resource_group_name=group.name,
        location=inputs.location,
        # Azure Firewall accepts only static addresses of SKU Standard; Basic and Dynamic are retired.
        sku="Standard",
        allocation_method="Static",
        zones=list(settings.address_zones) or None,
        tags=workspace.tags(inputs),
        lifecycle=TerraformResourceLifecycle(ignore_changes=ignored) if ignored else None,
    )
    diagnostic_setting(stack, inputs.logs, address)
    return address


def _management(
    stack: TerraformStack,
    inputs: HubInputs,
    settings: FirewallInputs,
    group: Group,
    vnet: VirtualNetwork,
    ignored: list[str] | None,
) -> FirewallManagementIpConfiguration | None:
    if settings.management_subnet is None or settings.management_ip is None:
        return None
    address = _address(stack, inputs, settings, group, ignored, "management_address", settings.management_ip)
    return FirewallManagementIpConfiguration(
        name="management",
        subnet_id=f"{vnet.id}/subnets/{settings.management_subnet.name}",
        public_ip_address_id=address.id,
    )


def _policy(stack: TerraformStack, inputs: HubInputs, settings: FirewallInputs, group: Group) -> FirewallPolicy:
    return FirewallPolicy(
        stack,
        "firewall_policy",
        name=settings.policy,
        resource_group_name=group.name,
        location=inputs.location,
        sku=settings.sku_tier,
        base_policy_id=settings.base_policy_id,
        # Network rules with FQDNs need the DNS proxy (firewall/fqdn-filtering-network-rules). In the tier Basic, Azure
        # also refuses a proxy that is off (Azure/terraform-azurerm-caf-enterprise-scale #862).
        dns=FirewallPolicyDns(proxy_enabled=True, servers=list(settings.dns_servers) or None)
        if settings.dns_proxy
        else None,
        private_ip_ranges=list(settings.private_ranges) or None,
        threat_intelligence_mode=settings.threat_intelligence_mode,
        intrusion_detection=FirewallPolicyIntrusionDetection(mode=settings.intrusion_detection_mode)
        if settings.intrusion_detection_mode
        else None,
        tags=workspace.tags(inputs),
    )


def _has_address(private_ip: str) -> Postcondition:
    return Postcondition(
        condition=f"${{self.ip_configuration[0].private_ip_address == {json.dumps(private_ip)}}}",
        error_message=(
            f"Azure did not assign {private_ip} to the firewall, but this address is the next hop of the route tables "
            "and HVN routes. Set hub.firewall.private_ip to the assigned address and deploy again."
        ),
    )
