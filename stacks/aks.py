"""`aks-<spoke>`: the AKS cluster with its node pools, and its identity with role assignments."""

from collections.abc import Callable
from typing import Any, TypeVar

from cdktf import ITerraformDependable, TerraformOutput, TerraformResourceLifecycle, TerraformStack
from cdktf_cdktf_provider_azurerm.kubernetes_cluster import (
    KubernetesCluster,
    KubernetesClusterApiServerAccessProfile,
    KubernetesClusterAzureActiveDirectoryRoleBasedAccessControl,
    KubernetesClusterBootstrapProfile,
    KubernetesClusterIdentity,
    KubernetesClusterMaintenanceWindowAutoUpgrade,
    KubernetesClusterMaintenanceWindowNodeOs,
    KubernetesClusterMicrosoftDefender,
    KubernetesClusterNetworkProfile,
    KubernetesClusterNetworkProfileLoadBalancerProfile,
    KubernetesClusterOmsAgent,
)
from cdktf_cdktf_provider_azurerm.role_assignment import RoleAssignment
from cdktf_cdktf_provider_azurerm.user_assigned_identity import UserAssignedIdentity

from hvn.kinds.aks.inputs import AksInputs, LoadBalancerInputs, WindowInputs
from hvn.topology.naming import Resource
from stacks import workspace
from stacks.azurerm_5 import node_provisioning
from stacks.logs import diagnostic_setting
from stacks.node_pools import node_pool, system_pool

Block = TypeVar("Block")


def build(stack: TerraformStack, inputs: AksInputs) -> None:
    """Build the identity, its role assignments, then the cluster, because AKS checks the assignments at the
    cluster's creation."""
    workspace.azurerm(stack, inputs, inputs.group.subscription_id)
    identity = UserAssignedIdentity(
        stack,
        "cluster_identity",
        name=inputs.identity,
        resource_group_name=inputs.group.name,
        location=inputs.location,
        tags=workspace.tags(inputs),
    )
    private = not inputs.public_api_server
    cluster = KubernetesCluster(
        stack,
        "cluster",
        name=inputs.cluster,
        resource_group_name=inputs.group.name,
        location=inputs.location,
        kubernetes_version=inputs.kubernetes_version,
        sku_tier=inputs.sku_tier,
        support_plan=inputs.support_plan,
        # The default name of the node resource group can exceed the 63 characters of a node label.
        node_resource_group=inputs.node_group,
        private_cluster_enabled=private,
        private_cluster_public_fqdn_enabled=False,
        # With `System` AKS creates a zone in the node resource group, linked to the cluster's VNet.
        private_dns_zone_id=inputs.dns_zone.id if inputs.dns_zone else "System" if private else None,
        dns_prefix_private_cluster=inputs.dns_prefix if inputs.dns_zone else None,
        dns_prefix=None if inputs.dns_zone else inputs.dns_prefix,
        api_server_access_profile=_authorized(inputs) if inputs.authorized_ip_ranges else None,
        bootstrap_profile=_isolated() if inputs.outbound_type == "none" else None,
        # `az aks command invoke` would reach the private API server from the internet.
        run_command_enabled=False,
        # Vault gets the cluster's public keys from this issuer. AKS cannot disable the issuer later.
        oidc_issuer_enabled=True,
        workload_identity_enabled=inputs.workload_identity or None,
        **_addons(inputs),
        **node_provisioning(),
        role_based_access_control_enabled=True,
        local_account_disabled=inputs.entra,
        azure_active_directory_role_based_access_control=_entra(inputs) if inputs.entra else None,
        identity=KubernetesClusterIdentity(type="UserAssigned", identity_ids=[identity.id]),
        default_node_pool=system_pool(inputs),
        network_profile=_network(inputs),
        automatic_upgrade_channel=inputs.upgrades.kubernetes,
        maintenance_window_auto_upgrade=_window(
            KubernetesClusterMaintenanceWindowAutoUpgrade, inputs.upgrades.kubernetes_window
        ),
        node_os_upgrade_channel=inputs.upgrades.node_os,
        maintenance_window_node_os=_window(KubernetesClusterMaintenanceWindowNodeOs, inputs.upgrades.node_os_window),
        tags=workspace.tags(inputs),
        depends_on=_assignments(stack, inputs, identity),
        # AKS changes the letter case of the node pool's tags, so every plan would show a difference (azurerm's
        # documentation of the resource).
        lifecycle=TerraformResourceLifecycle(
            prevent_destroy=inputs.prevent_destroy or None, ignore_changes=["default_node_pool[0].tags"]
        ),
    )
    for pool in inputs.node_pools:
        node_pool(stack, inputs, cluster, pool)
    for registry in inputs.registries:
        _may_pull(stack, cluster, registry)
    diagnostic_setting(stack, inputs.logs, cluster)
    fqdn = cluster.private_fqdn if private else cluster.fqdn
    TerraformOutput(stack, "private_fqdn" if private else "fqdn", static_id=True, value=fqdn)
    TerraformOutput(stack, "oidc_issuer_url", static_id=True, value=cluster.oidc_issuer_url)


def _assignments(
    stack: TerraformStack, inputs: AksInputs, identity: UserAssignedIdentity
) -> list[ITerraformDependable]:
    """Return the role assignments of the cluster's identity. A public API server needs no private DNS zone."""
    # The scope is the VNet, because AKS links the VNet to the private DNS zone. A role assignment on the subnet is not
    # enough (AKS #4841).
    scopes = [("may_join_network", inputs.vnet.id, "Network Contributor")]
    if inputs.dns_zone:
        scopes.insert(0, ("may_write_zone", inputs.dns_zone.id, "Private DNS Zone Contributor"))
    if inputs.route_table:
        # With userDefinedRouting AKS reads the subnet's route table before it creates the cluster.
        scopes.append(("may_use_routes", inputs.route_table.id, "Network Contributor"))
    return [_assignment(stack, id_, identity, scope, role) for id_, scope, role in scopes]


def _assignment(
    stack: TerraformStack, id_: str, identity: UserAssignedIdentity, scope: str, role: str
) -> RoleAssignment:
    return RoleAssignment(
        stack,
        id_,
        scope=scope,
        role_definition_name=role,
        principal_id=identity.principal_id,
        principal_type="ServicePrincipal",
    )


def _addons(inputs: AksInputs) -> dict[str, Any]:
    """Return the arguments of the add-ons; empty for a cluster without add-ons."""
    defender, logs = inputs.microsoft_defender, inputs.oms_agent
    arguments: dict[str, Any] = {"azure_policy_enabled": True} if inputs.azure_policy else {}
    if defender:
        arguments["microsoft_defender"] = KubernetesClusterMicrosoftDefender(log_analytics_workspace_id=defender)
    if logs:
        # Without this argument the agent logs in with the workspace's shared key.
        agent = KubernetesClusterOmsAgent(log_analytics_workspace_id=logs, msi_auth_for_monitoring_enabled=True)
        arguments["oms_agent"] = agent
    return arguments


def _may_pull(stack: TerraformStack, cluster: KubernetesCluster, registry: Resource) -> None:
    """Assign AcrPull on the registry to the kubelet identity, which AKS creates. https://learn.microsoft.com/azure/aks/aks-service-permissions"""
    RoleAssignment(
        stack,
        f"may_pull_{registry.name.lower()}",
        scope=registry.id,
        role_definition_name="AcrPull",
        principal_id=cluster.kubelet_identity.object_id,
        principal_type="ServicePrincipal",
    )


def _entra(inputs: AksInputs) -> KubernetesClusterAzureActiveDirectoryRoleBasedAccessControl:
    return KubernetesClusterAzureActiveDirectoryRoleBasedAccessControl(
        tenant_id=inputs.tenant_id,
        admin_group_object_ids=list(inputs.admin_groups) or None,
        azure_rbac_enabled=inputs.azure_rbac or None,
    )


def _authorized(inputs: AksInputs) -> KubernetesClusterApiServerAccessProfile:
    return KubernetesClusterApiServerAccessProfile(authorized_ip_ranges=list(inputs.authorized_ip_ranges))


def _isolated() -> KubernetesClusterBootstrapProfile:
    # azurerm requires this value with the outbound type none.
    return KubernetesClusterBootstrapProfile(artifact_source="Cache")


def _network(inputs: AksInputs) -> KubernetesClusterNetworkProfile:
    return KubernetesClusterNetworkProfile(
        network_plugin="none" if inputs.network_mode == "none" else "azure",
        # Without this argument every pod uses an address of the VNet.
        network_plugin_mode="overlay" if inputs.network_mode == "overlay" else None,
        # Without a policy engine AKS ignores NetworkPolicies. A later change of the engine replaces the cluster.
        network_data_plane="cilium" if inputs.network_policy == "cilium" else "azure",
        network_policy=inputs.network_policy,
        pod_cidr=inputs.pod_cidr,
        service_cidr=inputs.service_cidr,
        dns_service_ip=inputs.dns_service_ip,
        load_balancer_sku="standard",
        # With userDefinedRouting the route 0.0.0.0/0 leads to the firewall, so the cluster gets no public address.
        outbound_type=inputs.outbound_type,
        load_balancer_profile=_load_balancer(inputs.load_balancer) if inputs.load_balancer else None,
    )


def _load_balancer(settings: LoadBalancerInputs) -> KubernetesClusterNetworkProfileLoadBalancerProfile:
    return KubernetesClusterNetworkProfileLoadBalancerProfile(
        managed_outbound_ip_count=settings.public_ips,
        outbound_ports_allocated=settings.ports_per_node,
        idle_timeout_in_minutes=settings.idle_timeout_minutes,
    )


def _window(block: Callable[..., Block], window: WindowInputs | None) -> Block | None:
    """Return a weekly maintenance window as a block of this class. Without `utc_offset` azurerm plans a change,
    because AKS returns +00:00."""
    if window is None:
        return None
    return block(
        frequency="Weekly",
        interval=1,
        day_of_week=window.day,
        start_time=window.start_time,
        duration=window.hours,
        utc_offset=window.utc_offset,
    )
