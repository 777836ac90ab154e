"""Keys that people try in a topology file, each with the reason why the file lacks the key, and a fix."""

from hvn.check.unsupported import Unsupported
from hvn.diagnostics.finding import Path


def entry(path: Path) -> Unsupported | None:
    """Return the entry about an unknown key, or None. An entry for some mappings takes precedence over an entry for
    every mapping."""
    return next((one for one in sorted(UNSUPPORTED, key=lambda one: not one.at) if one.applies(path)), None)


_CLUSTER = "spokes.*.cluster"
_INTEGRATION = (
    "API Server VNet Integration is not supported: nodes reach the API server in a delegated subnet, and Azure cannot "
    "turn the integration off (https://learn.microsoft.com/azure/aks/api-server-vnet-integration)"
)
_NSG_RULES = (
    "hub.network_security_groups.*.rules.* spokes.*.network_security_groups.*.rules.* hub.subnets.*.rules.* "
    "spokes.*.subnets.*.rules.*"
)

UNSUPPORTED = (
    # --- Other names and places
    Unsupported(
        keys="location",
        fix="delete the key; write `azure.region`, and `spokes.<spoke>.region` for a spoke in another region",
    ),
    Unsupported(keys="region", at="vault hub", fix="delete the key; write `azure.region`"),
    Unsupported(
        keys="region",
        at=_CLUSTER,
        why="all clusters of a file are in `azure.region`, because they share the private DNS zone of this region",
        fix="delete the key; for clusters in another region, write a second topology file, with this hub as "
        "`hub.existing`",
    ),
    Unsupported(
        keys="vnet vnet_id virtual_network address_space address_prefix address_prefixes cidrs",
        at="hub spokes.*",
        fix="write the ranges of a new VNet as `spokes.<spoke>.cidr` and `spokes.<spoke>.more_cidrs`, or `hub.cidr` "
        "and `hub.more_cidrs`, and an existing VNet as `spokes.<spoke>.existing` or `hub.existing`",
    ),
    Unsupported(
        keys="resource_group resource_group_name",
        at=f"hub spokes.* {_CLUSTER}",
        fix="write `hub.names.resource_group` or `spokes.<spoke>.names.resource_group`",
    ),
    Unsupported(
        keys="name",
        at=f"hub spokes.* {_CLUSTER}",
        fix="write `naming` for patterns of names, or `hub.names` and `spokes.<spoke>.names` for single names",
    ),
    Unsupported(keys="subnet", at="spokes.*", fix="write `spokes.<spoke>.subnets`: names with ranges"),
    Unsupported(
        keys="aks kubernetes kubernetes_cluster clusters node_pool node_pools default_node_pool",
        at="spokes.*",
        fix="write the cluster as `spokes.<spoke>.cluster`, its system nodes as `spokes.<spoke>.cluster.node_pool`, "
        "and other pools as `spokes.<spoke>.cluster.node_pools`; write another cluster in the same VNet as another "
        "spoke with `spokes.<spoke>.vnet_of`",
    ),
    Unsupported(
        keys="aks cluster clusters node_pools apps",
        at=". hub",
        fix="move the key into a spoke: a cluster is `spokes.<spoke>.cluster`, and its apps are "
        "`spokes.<spoke>.cluster.apps`",
    ),
    Unsupported(keys="version", at=_CLUSTER, fix="write `spokes.<spoke>.cluster.kubernetes_version`"),
    Unsupported(
        keys="node_count count",
        at=f"{_CLUSTER}.node_pool",
        fix="AKS always scales the pool: write `spokes.<spoke>.cluster.node_pool.min_count` and "
        "`spokes.<spoke>.cluster.node_pool.max_count`",
    ),
    Unsupported(
        keys="ddos_protection_plan ddos_protection_plan_id ddos_plan",
        fix="write `azure.ddos_plan_id` for all new VNets",
    ),
    Unsupported(
        keys="diagnostic_settings diagnostics log_analytics log_analytics_workspace_id monitoring",
        fix="write `logs.workspace_id` once, for all resources of the file",
    ),
    Unsupported(keys="ignore_changes", fix="write `azure.policy_owned`: arguments that Azure Policy writes"),
    Unsupported(keys="tags", at="hub", fix="write `azure.tags`; `spokes.<spoke>.tags` overrides single tags"),
    Unsupported(keys="firewall azure_firewall", at=".", fix="write the firewall as `hub.firewall`"),
    Unsupported(
        keys="firewall azure_firewall",
        at="spokes.*",
        why="all spokes of a hub share the hub's firewall",
        fix="delete the key; for a subnet without the route to `hub.firewall`, write "
        "`spokes.<spoke>.subnets.<subnet>.route: none`",
    ),
    Unsupported(keys="sku tier", at="hub.firewall", fix="write `hub.firewall.sku_tier`"),
    Unsupported(
        keys="management_subnet management_ip management_ip_configuration management_nic forced_tunneling",
        at="hub.firewall",
        fix="write the range of AzureFirewallManagementSubnet as `hub.firewall.management_cidr`",
    ),
    Unsupported(
        keys="private_ip_ranges private_ranges snat snat_private_ranges snat_ranges",
        at="hub.firewall",
        why="the firewall does not translate private addresses, nor public addresses inside the ranges of this file",
        fix="delete the key; write public ranges behind the gateway as `on_premises`",
    ),
    Unsupported(
        keys="dns_proxy dns_proxy_enabled enable_dns_proxy",
        at="hub.firewall",
        why="the DNS proxy is always on in the tiers Standard and Premium, and Basic has no DNS proxy",
        fix="delete the key, or select another tier with `hub.firewall.sku_tier`",
    ),
    Unsupported(
        keys="peering hub_peering vnet_peering vnet_peerings vault_peering",
        at="spokes.*",
        fix="delete the key: every new spoke is peered with the hub, and `spokes.<spoke>.vault_route: direct` adds a "
        "peering with the HVN. For another spoke or a VNet outside the file, write `spokes.<spoke>.peerings`",
    ),
    Unsupported(keys="hub_peerings vnet_peerings remote_hubs remote_vnets", at=". hub", fix="write `hub.peerings`"),
    Unsupported(
        keys="subnet_peering local_subnet_names remote_subnet_names peer_complete_virtual_networks_enabled",
        why="this project peers complete VNets",
        fix="delete the key. To close a subnet to other VNets, write `spokes.<spoke>.subnets.<subnet>.rules`",
    ),
    # --- Azure
    Unsupported(
        keys="tenant_id",
        at=f". state hvn vault hub hub.existing spokes.* spokes.*.existing {_CLUSTER}",
        why="managed identities and role assignments do not work across tenants, so all spokes are in one tenant",
        fix="delete the key; `azure.tenant_id` is the tenant of the whole network",
    ),
    Unsupported(
        keys="bastion azure_bastion bastion_host",
        at="spokes.*",
        why="this project creates the subnet for Azure Bastion, not Bastion itself",
        fix="write AzureBastionSubnet into `spokes.<spoke>.subnets`, and create Bastion with your own Terraform",
    ),
    Unsupported(
        keys="azure_bastion bastion_host",
        why="this project creates the subnet for Azure Bastion, not Bastion itself",
        fix="write `hub.bastion.cidr`, and create Bastion with your own Terraform",
    ),
    Unsupported(
        keys="virtual_wan virtual_wan_id vwan virtual_hub virtual_hub_id vhub wan",
        why="HCP does not support Azure Virtual WAN; the HVN is peered with VNets "
        "(https://developer.hashicorp.com/hcp/docs/hcp/network/hvn-azure/hub-spoke-options)",
        fix="delete the key. For VNets of a virtual hub, write `hub: none`, `spokes.<spoke>.existing` and "
        "`spokes.<spoke>.vault_route: direct`. Write a hub VNet as `hub.cidr` or `hub.existing`",
    ),
    Unsupported(keys="gateway", at="spokes.*", fix="write `hub.gateway`, or `spokes.<spoke>.existing` for this VNet"),
    Unsupported(
        keys="gateway_subnet vpn_gateway express_route expressroute_gateway virtual_network_gateway",
        why="the gateway itself is managed outside this project",
        fix="write `hub.gateway` for its subnet, and create the gateway with your own Terraform. For a gateway in a "
        "spoke, write `spokes.<spoke>.existing`, and also create GatewaySubnet with your own Terraform",
    ),
    Unsupported(
        keys="nsg nsgs network_security_group security_group security_rules",
        at="hub spokes.*",
        why="the file configures a network security group for each subnet",
        fix="write a subnet as a mapping, with `spokes.<spoke>.subnets.<subnet>.nsg` or "
        "`spokes.<spoke>.subnets.<subnet>.rules`, or write `spokes.<spoke>.network_security_groups`",
    ),
    Unsupported(
        keys="nsg network_security_group security_rules subnet route route_table service_endpoints",
        at=_CLUSTER,
        fix="write the subnet of the nodes in `spokes.<spoke>.subnets`, and its key as "
        "`spokes.<spoke>.cluster.node_subnet`",
    ),
    Unsupported(
        keys="nat_gateway_id nat_gateways",
        fix="write `spokes.<spoke>.nat_gateway`, and `spokes.<spoke>.subnets.<subnet>.nat_gateway: true`",
    ),
    Unsupported(
        keys="route_table udr user_defined_routes",
        at=". hub spokes.*",
        fix="write `spokes.<spoke>.routes` for the spoke's route table, or `spokes.<spoke>.route_tables` for other "
        "route tables",
    ),
    Unsupported(
        keys="hubs regions",
        why="a file has one hub in one region, because the HVN, the address pools and the firewall belong to this hub",
        fix="write a second topology file with its own `name` for the second hub, and `hub.peerings` in both files",
    ),
    Unsupported(
        keys="default_outbound_access default_outbound_access_enabled",
        at="hub.subnets.* spokes.*.subnets.*",
        why="this project turns off Azure's default outbound access, which Azure retires",
        fix="delete the key; for egress without a firewall, write `spokes.<spoke>.nat_gateway` and "
        "`spokes.<spoke>.subnets.<subnet>.nat_gateway: true`",
    ),
    Unsupported(
        keys="source_port source_ports source_port_range source_port_ranges",
        at=_NSG_RULES,
        why="clients choose their source ports at random",
        fix="delete the key; `spokes.<spoke>.subnets.<subnet>.rules.<rule>.ports` has the destination ports",
    ),
    Unsupported(
        keys="description",
        at=_NSG_RULES,
        why="this project writes no descriptions of NSG rules",
        fix="delete the key, or write the text as a comment",
    ),
    Unsupported(
        keys="application_security_groups application_security_group_ids source_application_security_group_ids "
        "destination_application_security_group_ids source_asgs destination_asgs",
        at=_NSG_RULES,
        why="`hvn reach` and the review need addresses, which an application security group does not have",
        fix="write the addresses as `spokes.<spoke>.subnets.<subnet>.rules.<rule>.source`",
    ),
    Unsupported(
        keys="ip_groups source_ip_groups destination_ip_groups",
        at="hub hub.firewall_rules.* spokes.*.firewall_rules.*",
        why="this project writes the ranges themselves into the rules of the firewall",
        fix="write the ranges of the IP group as `hub.firewall_rules.<rule>.sources` or "
        "`hub.firewall_rules.<rule>.destinations`",
    ),
    Unsupported(
        keys="action access priority",
        at="hub.firewall_rules.* spokes.*.firewall_rules.*",
        why="every rule allows traffic, and the firewall denies all other traffic, so the order has no effect",
        fix="delete the key. Instead of a deny rule, write narrower `hub.firewall_rules.<rule>.destinations`",
    ),
    Unsupported(
        keys="web_categories urls destination_urls terminate_tls",
        at="hub.firewall_rules.* spokes.*.firewall_rules.*",
        why="this project has no rules for web categories and for URLs in TLS traffic, which need the Premium tier",
        fix="write host names as `hub.firewall_rules.<rule>.fqdns`",
    ),
    Unsupported(
        keys="route_server",
        at=". hub.existing spokes.*",
        fix="write `hub.route_server`, the subnet of Azure Route Server in a new hub",
    ),
    # --- AKS
    Unsupported(
        keys="private_dns_zone private_dns_zone_id",
        at=_CLUSTER,
        why="all private clusters of a file share one zone, which is linked to the VNets",
        fix="delete the key. For an existing zone, write `hub.existing.private_dns_zone_id`",
    ),
    Unsupported(
        keys="dns_service_ip",
        at=_CLUSTER,
        why="the cluster's DNS service has the tenth address of the Service range",
        fix="delete the key; write `spokes.<spoke>.cluster.service_cidr`",
    ),
    Unsupported(
        keys="os_type",
        at=f"{_CLUSTER}.node_pool {_CLUSTER}.node_pools.*",
        why="this project creates only Linux nodes",
        fix="delete the key, and create Windows pools with your own Terraform",
    ),
    Unsupported(
        keys="user_node_pools additional_node_pools agent_pools",
        at=_CLUSTER,
        fix="write the system pool as `spokes.<spoke>.cluster.node_pool`, and other pools as "
        "`spokes.<spoke>.cluster.node_pools`",
    ),
    Unsupported(
        keys="kubenet",
        why="AKS supports kubenet only until 31 March 2028 (https://learn.microsoft.com/azure/aks/configure-kubenet)",
        fix="write `spokes.<spoke>.cluster.network.mode: overlay`, the default",
    ),
    Unsupported(
        keys="network_plugin network_plugin_mode network_policy network_data_plane network_profile cni",
        fix="write `spokes.<spoke>.cluster.network`; the plugin is Azure CNI, or your own with the mode none",
    ),
    Unsupported(keys="outbound egress", at=_CLUSTER, fix="write `spokes.<spoke>.cluster.outbound_type`"),
    Unsupported(
        keys="private_cluster private_cluster_enabled public_access api_server_access_profile",
        fix="write `spokes.<spoke>.cluster.api_server`; the API server is private by default",
    ),
    Unsupported(
        keys="subnet subnet_id vnet_integration vnet_integration_enabled virtual_network_integration_enabled",
        at=f"{_CLUSTER}.api_server",
        why=_INTEGRATION,
        fix="delete the key, or create the cluster yourself, and write `spokes.<spoke>.cluster.existing`",
    ),
    Unsupported(
        keys="api_server_subnet api_server_subnet_id apiserver_subnet_id vnet_integration vnet_integration_enabled "
        "virtual_network_integration_enabled api_server_vnet_integration_enabled",
        at=_CLUSTER,
        why=_INTEGRATION,
        fix="delete the key, or create the cluster yourself, and write `spokes.<spoke>.cluster.existing`",
    ),
    Unsupported(keys="tier", at=_CLUSTER, fix="write `spokes.<spoke>.cluster.sku_tier`"),
    Unsupported(
        keys="vnet_subnet_id pod_subnet_id",
        at=f"{_CLUSTER}.node_pool {_CLUSTER}.node_pools.*",
        fix="write the subnet in `spokes.<spoke>.subnets`, and its name in the pool",
    ),
    # --- Existing resources
    Unsupported(keys="existing", at="hub.vault_peering", fix="write `hub.vault_peering.existing_peering`"),
    Unsupported(
        keys="existing",
        at="hub.firewall hub.runners",
        why="either this project creates all parts of the hub, or all parts exist",
        fix="describe the existing hub, with firewall and runners, as `hub.existing`",
    ),
    Unsupported(
        keys="existing",
        at=". azure state",
        why="`existing` is a field of a hub, a spoke, an HVN or a Vault cluster, not of this mapping",
        fix="write `hub.existing`, `spokes.<spoke>.existing`, `hvn.existing` or `vault.existing`",
    ),
    # --- Vault
    Unsupported(
        keys="min_vault_version",
        why="a change of the minimum version replaces the cluster, and destroys every secret in the cluster",
        fix="delete the key, and upgrade Vault in the HCP portal or with `vault.upgrade`",
    ),
    Unsupported(
        keys="public_endpoint",
        why="the Vault cluster of this project is always private",
        fix="delete the key; reach Vault from `hub.runners`",
    ),
    Unsupported(
        keys="azure_engine azure_engines secrets_engines",
        at="vault",
        why="this project has no test server with Vault's azure engine, so it creates only PostgreSQL and PKI engines",
        fix="delete the key, create the engine in Vault, and name its role in "
        "`spokes.<spoke>.cluster.apps.<app>.dynamic_secrets`",
    ),
    Unsupported(
        keys="password password_wo",
        at="vault.database_engines.*",
        why="the file is committed to git, so the file must not contain the password",
        fix="delete the key; `bin/hvn workspaces` prints the command that writes the password into Vault",
    ),
    Unsupported(
        keys="token vault_token",
        why="the file is committed to git, so the file must not contain credentials",
        fix="delete the key, and set the environment variable VAULT_TOKEN",
    ),
    # --- Terraform
    Unsupported(
        keys="depends_on",
        why="this project computes the order of the workspaces from the resources that they use",
        fix="delete the key",
    ),
    Unsupported(
        keys="for_each count dynamic",
        why="the file is the address plan, so it contains every spoke and does not support loops",
        fix="write one entry of `spokes` for each network; `hvn spoke add` finds a free range",
    ),
    Unsupported(
        keys="lifecycle provider providers module modules variables locals",
        why="the code of this project generates Terraform from the file",
        fix="delete the key",
    ),
)
