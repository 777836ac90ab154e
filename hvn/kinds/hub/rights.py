"""The rights that `hub` needs, by Terraform type."""

from hvn.kinds.rights import (
    FIREWALL_POLICY,
    IN_GROUP,
    MONITOR_DIAGNOSTIC_SETTING,
    PRIVATE_DNS_ZONE_VIRTUAL_NETWORK_LINK,
    RESOURCE_GROUP,
    SUBNET_NAT_ASSOCIATION,
    VIRTUAL_NETWORK,
    VIRTUAL_NETWORK_PEERING,
    Rights,
)

RIGHTS = Rights(
    {
        "azurerm_firewall": IN_GROUP,
        "azurerm_firewall_policy": FIREWALL_POLICY,
        "azurerm_firewall_policy_rule_collection_group": IN_GROUP,
        "azurerm_monitor_diagnostic_setting": MONITOR_DIAGNOSTIC_SETTING,
        "azurerm_nat_gateway": IN_GROUP,
        "azurerm_nat_gateway_public_ip_association": IN_GROUP,
        "azurerm_network_security_group": IN_GROUP,
        "azurerm_private_dns_zone": IN_GROUP,
        "azurerm_private_dns_zone_virtual_network_link": PRIVATE_DNS_ZONE_VIRTUAL_NETWORK_LINK,
        "azurerm_public_ip": IN_GROUP,
        "azurerm_resource_group": RESOURCE_GROUP,
        "azurerm_route": IN_GROUP,
        "azurerm_route_table": IN_GROUP,
        "azurerm_subnet_nat_gateway_association": SUBNET_NAT_ASSOCIATION,
        "azurerm_virtual_network": VIRTUAL_NETWORK,
        "azurerm_virtual_network_peering": VIRTUAL_NETWORK_PEERING,
    }
)
