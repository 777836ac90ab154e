"""The rights that `network-<spoke>` needs, by Terraform type."""

from hvn.kinds.rights import (
    IN_GROUP,
    MONITOR_DIAGNOSTIC_SETTING,
    PRIVATE_DNS_ZONE_VIRTUAL_NETWORK_LINK,
    RESOURCE_GROUP,
    SUBNET,
    SUBNET_NAT_ASSOCIATION,
    SUBNET_NSG_ASSOCIATION,
    SUBNET_ROUTE_TABLE_ASSOCIATION,
    VIRTUAL_NETWORK,
    VIRTUAL_NETWORK_PEERING,
    Grant,
    Needs,
    Rights,
)

GATEWAY_TABLE = "the route table of GatewaySubnet"
_POLICY = "the hub's firewall policy"

RIGHTS = Rights(
    {
        "azurerm_firewall_policy_rule_collection_group": Needs(
            (Grant("Azure", "Reader", _POLICY, "S", "roles"),),
            (
                Grant(
                    "Azure",
                    "`Microsoft.Network/firewallPolicies/ruleCollectionGroups/write` and `…/delete` (in Network "
                    "Contributor)",
                    _POLICY,
                    "I",
                    "roles",
                ),
            ),
        ),
        "azurerm_monitor_diagnostic_setting": MONITOR_DIAGNOSTIC_SETTING,
        "azurerm_nat_gateway": IN_GROUP,
        "azurerm_nat_gateway_public_ip_association": IN_GROUP,
        "azurerm_network_security_group": IN_GROUP,
        "azurerm_private_dns_zone": IN_GROUP,
        "azurerm_private_dns_zone_virtual_network_link": PRIVATE_DNS_ZONE_VIRTUAL_NETWORK_LINK,
        "azurerm_public_ip": IN_GROUP,
        "azurerm_resource_group": RESOURCE_GROUP,
        "azurerm_route": Needs(
            (Grant("Azure", "Reader", GATEWAY_TABLE, "S", "roles"),),
            (
                Grant(
                    "Azure",
                    "`Microsoft.Network/routeTables/routes/write` and `…/delete` (in Network Contributor)",
                    GATEWAY_TABLE,
                    "S",
                    "roles",
                ),
            ),
        ),
        "azurerm_route_table": IN_GROUP,
        "azurerm_subnet": SUBNET,
        "azurerm_subnet_nat_gateway_association": SUBNET_NAT_ASSOCIATION,
        "azurerm_subnet_network_security_group_association": SUBNET_NSG_ASSOCIATION,
        "azurerm_subnet_route_table_association": SUBNET_ROUTE_TABLE_ASSOCIATION,
        "azurerm_virtual_network": VIRTUAL_NETWORK,
        "azurerm_virtual_network_peering": VIRTUAL_NETWORK_PEERING,
    }
)
