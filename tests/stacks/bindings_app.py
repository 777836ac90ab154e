"""Build a CDKTF app with each kind of construct that the stacks use. The app prints facts about itself as JSON."""

import json
import sys
from typing import Any

import stacks  # noqa: F401 - the lazy bindings work only if this comes before cdktf

# isort: split
from cdktf import (
    App,
    Fn,
    LocalBackend,
    Postcondition,
    Precondition,
    TerraformOutput,
    TerraformResourceLifecycle,
    TerraformStack,
    Testing,
    Token,
)
from cdktf_cdktf_provider_azuread.provider import AzureadProvider
from cdktf_cdktf_provider_azuread.service_principal import ServicePrincipal
from cdktf_cdktf_provider_azurerm.data_azurerm_subscription import DataAzurermSubscription
from cdktf_cdktf_provider_azurerm.kubernetes_cluster import (
    KubernetesCluster,
    KubernetesClusterDefaultNodePool,
    KubernetesClusterDefaultNodePoolUpgradeSettings,
    KubernetesClusterIdentity,
)
from cdktf_cdktf_provider_azurerm.provider import (
    AzurermProvider,
    AzurermProviderFeatures,
    AzurermProviderFeaturesResourceGroup,
)
from cdktf_cdktf_provider_azurerm.resource_group import ResourceGroup
from cdktf_cdktf_provider_azurerm.role_assignment import RoleAssignment
from cdktf_cdktf_provider_azurerm.role_definition import RoleDefinition, RoleDefinitionPermissions
from cdktf_cdktf_provider_azurerm.route_table import RouteTable, RouteTableRoute
from cdktf_cdktf_provider_azurerm.subnet import Subnet, SubnetDelegation, SubnetDelegationServiceDelegation
from cdktf_cdktf_provider_azurerm.virtual_network import VirtualNetwork
from cdktf_cdktf_provider_azurerm.virtual_network_peering import VirtualNetworkPeering
from cdktf_cdktf_provider_hcp.azure_peering_connection import AzurePeeringConnection
from cdktf_cdktf_provider_hcp.data_hcp_azure_peering_connection import DataHcpAzurePeeringConnection
from cdktf_cdktf_provider_hcp.hvn import Hvn
from cdktf_cdktf_provider_hcp.hvn_route import HvnRoute, HvnRouteAzureConfig
from cdktf_cdktf_provider_hcp.provider import HcpProvider


def app() -> dict[str, Any]:
    """Synthesize the two stacks. Return Testing.synth of the first stack, and the number of loaded provider modules."""
    cdktf_app = App()

    first = TerraformStack(cdktf_app, "first")
    LocalBackend(first, path="../../../state/first.tfstate")
    features = AzurermProviderFeatures(
        resource_group=[AzurermProviderFeaturesResourceGroup(prevent_deletion_if_contains_resources=True)]
    )
    AzurermProvider(first, "azurerm", features=[features], resource_provider_registrations="none")
    hub = AzurermProvider(
        first, "azurerm_hub", alias="hub", features=[AzurermProviderFeatures()], subscription_id="hub"
    )
    subscription = DataAzurermSubscription(first, "subscription")
    group = ResourceGroup(first, "group", name="rg", location="japaneast", tags={"owner": "platform", "ü": "ö"})
    vnet = VirtualNetwork(
        first,
        "vnet",
        name="vnet",
        location=group.location,
        resource_group_name=group.name,
        address_space=["10.64.0.0/16", "10.65.0.0/16"],
        lifecycle=TerraformResourceLifecycle(
            prevent_destroy=True,
            ignore_changes=["tags"],
            precondition=[
                Precondition(condition="${data.azurerm_subscription.subscription.id != null}", error_message="none")
            ],
            postcondition=[Postcondition(condition="${length(self.address_space) == 2}", error_message="two ranges")],
        ),
    )
    action = "Microsoft.Network/virtualNetworks/subnets/join/action"
    subnet = Subnet(
        first,
        "subnet",
        name="nodes",
        resource_group_name=group.name,
        virtual_network_name=vnet.name,
        address_prefixes=["10.64.0.0/20"],
        delegation=[
            SubnetDelegation(
                name="aks", service_delegation=SubnetDelegationServiceDelegation(name="Any", actions=[action])
            )
        ],
    )
    RouteTable(
        first,
        "routes",
        name="rt",
        location=group.location,
        resource_group_name=group.name,
        route=[
            RouteTableRoute(name=name, address_prefix=to, next_hop_type="VirtualAppliance", next_hop_in_ip_address=ip)
            for name, to, ip in [("default", "0.0.0.0/0", "10.0.0.4"), ("hvn", "172.25.16.0/20", "10.0.0.4")]
        ],
    )
    VirtualNetworkPeering(
        first,
        "from_hub",
        name="to-spoke",
        resource_group_name="rg-hub",
        virtual_network_name="hub",
        remote_virtual_network_id=vnet.id,
        allow_forwarded_traffic=True,
        provider=hub,
        depends_on=[subnet],
    )
    cluster = KubernetesCluster(
        first,
        "cluster",
        name="aks",
        location=group.location,
        resource_group_name=group.name,
        dns_prefix="aks",
        identity=KubernetesClusterIdentity(type="UserAssigned", identity_ids=[f"{group.id}/identity"]),
        default_node_pool=KubernetesClusterDefaultNodePool(
            name="system",
            vm_size="Standard_D4s_v5",
            vnet_subnet_id=subnet.id,
            min_count=2,
            max_count=3,
            auto_scaling_enabled=True,
            upgrade_settings=KubernetesClusterDefaultNodePoolUpgradeSettings(max_surge="33%"),
        ),
    )
    cluster.add_override("network_profile", {"network_plugin": "azure"})
    TerraformOutput(first, "host", value=cluster.kube_config.get(0).host, sensitive=True)
    TerraformOutput(first, "size", value=cluster.default_node_pool.vm_size)
    TerraformOutput(first, "range", value=Fn.element(Token.as_list(vnet.address_space), 0))
    TerraformOutput(first, "joined", value=Fn.join("/", [subscription.subscription_id, group.name]))

    second = TerraformStack(cdktf_app, "second")
    LocalBackend(second, path="../../../state/second.tfstate")
    HcpProvider(second, "hcp")
    AzureadProvider(second, "azuread")
    AzurermProvider(second, "azurerm", features=[AzurermProviderFeatures()])
    hvn = Hvn(second, "hvn", hvn_id="hvn", cloud_provider="azure", region="japaneast", cidr_block="172.25.16.0/20")
    peering = AzurePeeringConnection(
        second,
        "peering",
        hvn_link=hvn.self_link,
        peering_id="spoke",
        peer_subscription_id="s",
        peer_tenant_id="t",
        peer_resource_group_name="rg",
        peer_vnet_name="vnet",
        peer_vnet_region="japaneast",
    )
    principal = ServicePrincipal(second, "principal", client_id=peering.application_id, use_existing=True)
    scope = "/subscriptions/s/resourceGroups/rg"
    role = RoleDefinition(
        second,
        "role",
        name=f"hcp-hvn-peering-access-{peering.application_id}",
        scope=scope,
        assignable_scopes=[scope],
        permissions=[RoleDefinitionPermissions(actions=[action])],
    )
    assignment = RoleAssignment(
        second,
        "assignment",
        scope=scope,
        role_definition_id=role.role_definition_resource_id,
        principal_id=principal.object_id,
    )
    active = DataHcpAzurePeeringConnection(
        second,
        "active",
        hvn_link=hvn.self_link,
        peering_id=peering.peering_id,
        wait_for_active_state=True,
        depends_on=[assignment],
    )
    HvnRoute(
        second,
        "route",
        hvn_link=hvn.self_link,
        hvn_route_id="spoke",
        destination_cidr="10.64.0.0/16",
        target_link=peering.self_link,
        azure_config=HvnRouteAzureConfig(next_hop_type="VIRTUAL_APPLIANCE", next_hop_ip_address="10.0.0.4"),
        depends_on=[active],
    )
    second.add_dependency(first)

    cdktf_app.synth()
    return {
        "testing": Testing.synth(first),
        "provider_modules": sum(name.startswith("cdktf_cdktf_provider_") for name in sys.modules),
    }


if __name__ == "__main__":
    print(json.dumps(app()))
