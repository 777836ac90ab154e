"""`aks-<spoke>`: the private AKS cluster with its node pools, and its identity with role assignments."""

from collections.abc import Callable
from typing import TypeVar

from cdktf import TerraformOutput, TerraformResourceLifecycle, TerraformStack
from cdktf_cdktf_provider_azurerm.kubernetes_cluster import (
    KubernetesCluster,
    KubernetesClusterAzureActiveDirectoryRoleBasedAccessControl,
    KubernetesClusterDefaultNodePool,
    KubernetesClusterDefaultNodePoolUpgradeSettings,
    KubernetesClusterIdentity,
    KubernetesClusterMaintenanceWindowAutoUpgrade,
    KubernetesClusterMaintenanceWindowNodeOs,
    KubernetesClusterNetworkProfile,
)
from cdktf_cdktf_provider_azurerm.kubernetes_cluster_node_pool import (
    KubernetesClusterNodePool,
    KubernetesClusterNodePoolUpgradeSettings,
)
from cdktf_cdktf_provider_azurerm.role_assignment import RoleAssignment
from cdktf_cdktf_provider_azurerm.user_assigned_identity import UserAssignedIdentity

from hvn.kinds.aks.inputs import AksInputs, NodePoolInputs, WindowInputs
from stacks import workspace
from stacks.logs import diagnostic_setting

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
    assignments = [
        _assignment(stack, "may_write_zone", identity, inputs.dns_zone.id, "Private DNS Zone Contributor"),
        # The scope is the VNet, because AKS links the VNet to the private DNS zone. A role assignment on the subnet is
        # not enough (AKS #4841).
        _assignment(stack, "may_join_network", identity, inputs.vnet.id, "Network Contributor"),
        # With userDefinedRouting AKS reads the subnet's route table before it creates the cluster.
        _assignment(stack, "may_use_routes", identity, inputs.route_table.id, "Network Contributor"),
    ]
    cluster = KubernetesCluster(
        stack,
        "cluster",
        name=inputs.cluster,
        resource_group_name=inputs.group.name,
        location=inputs.location,
        kubernetes_version=inputs.kubernetes_version,
        # The tier Free has no uptime SLA for the API server.
        sku_tier="Standard",
        # The default name of the node resource group can exceed the 63 characters of a node label.
        node_resource_group=inputs.node_group,
        private_cluster_enabled=True,
        private_cluster_public_fqdn_enabled=False,
        private_dns_zone_id=inputs.dns_zone.id,
        dns_prefix_private_cluster=inputs.dns_prefix,
        # `az aks command invoke` would reach the private API server from the internet.
        run_command_enabled=False,
        # Vault gets the cluster's public keys from this issuer. AKS cannot disable the issuer later.
        oidc_issuer_enabled=True,
        role_based_access_control_enabled=True,
        local_account_disabled=bool(inputs.admin_groups),
        azure_active_directory_role_based_access_control=_entra(inputs) if inputs.admin_groups else None,
        identity=KubernetesClusterIdentity(type="UserAssigned", identity_ids=[identity.id]),
        default_node_pool=_node_pool(inputs),
        network_profile=_network(inputs),
        automatic_upgrade_channel=inputs.upgrades.kubernetes,
        maintenance_window_auto_upgrade=_window(
            KubernetesClusterMaintenanceWindowAutoUpgrade, inputs.upgrades.kubernetes_window
        ),
        node_os_upgrade_channel=inputs.upgrades.node_os,
        maintenance_window_node_os=_window(KubernetesClusterMaintenanceWindowNodeOs, inputs.upgrades.node_os_window),
        tags=workspace.tags(inputs),
        depends_on=assignments,
        # AKS returns the node pool's tags in another letter case (azurerm's documentation of the resource).
        lifecycle=TerraformResourceLifecycle(
            prevent_destroy=inputs.prevent_destroy or None, ignore_changes=["default_node_pool[0].tags"]
        ),
    )
    for pool in inputs.node_pools:
        _more_nodes(stack, inputs, cluster, pool)
    diagnostic_setting(stack, inputs.logs, cluster)
    TerraformOutput(stack, "private_fqdn", static_id=True, value=cluster.private_fqdn)
    TerraformOutput(stack, "oidc_issuer_url", static_id=True, value=cluster.oidc_issuer_url)


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


def _entra(inputs: AksInputs) -> KubernetesClusterAzureActiveDirectoryRoleBasedAccessControl:
    return KubernetesClusterAzureActiveDirectoryRoleBasedAccessControl(
        tenant_id=inputs.tenant_id,
        admin_group_object_ids=list(inputs.admin_groups),
        azure_rbac_enabled=inputs.azure_rbac or None,
    )


def _network(inputs: AksInputs) -> KubernetesClusterNetworkProfile:
    return KubernetesClusterNetworkProfile(
        network_plugin="azure",
        # Overlay, because in the default mode every pod uses an address of the VNet.
        network_plugin_mode="overlay",
        # Without a policy engine AKS ignores NetworkPolicies, and a later change of the engine replaces the cluster.
        network_data_plane="cilium",
        network_policy="cilium",
        pod_cidr=inputs.pod_cidr,
        service_cidr=inputs.service_cidr,
        dns_service_ip=inputs.dns_service_ip,
        load_balancer_sku="standard",
        # The subnet's route 0.0.0.0/0 has the firewall as next hop, so the cluster gets no public address.
        outbound_type="userDefinedRouting",
    )


def _node_pool(inputs: AksInputs) -> KubernetesClusterDefaultNodePool:
    pool = inputs.node_pool
    return KubernetesClusterDefaultNodePool(
        name=pool.name,
        # If the VM size, the zones or the subnet change, azurerm moves the pods to a temporary node pool of this name.
        temporary_name_for_rotation=f"{pool.name}tmp",
        vm_size=pool.vm_size,
        vnet_subnet_id=inputs.node_subnet.id,
        zones=list(pool.zones) or None,
        max_pods=pool.max_pods,
        os_disk_type=pool.os_disk_type,
        os_disk_size_gb=pool.os_disk_size_gb,
        only_critical_addons_enabled=pool.only_critical_addons,
        auto_scaling_enabled=True,
        min_count=pool.min_count,
        max_count=pool.max_count,
        # Without this argument an upgrade changes only the control plane.
        orchestrator_version=inputs.kubernetes_version,
        upgrade_settings=_upgrade_settings(KubernetesClusterDefaultNodePoolUpgradeSettings, pool),
        tags=workspace.tags(inputs),
    )


def _more_nodes(
    stack: TerraformStack, inputs: AksInputs, cluster: KubernetesCluster, pool: NodePoolInputs
) -> KubernetesClusterNodePool:
    """Build a node pool beside the system pool. AKS does not accept upgrade settings for spot nodes."""
    settings = _upgrade_settings(KubernetesClusterNodePoolUpgradeSettings, pool)
    return KubernetesClusterNodePool(
        stack,
        f"nodes_{pool.name}",
        name=pool.name,
        temporary_name_for_rotation=f"{pool.name}tmp",
        kubernetes_cluster_id=cluster.id,
        mode=pool.mode,
        vm_size=pool.vm_size,
        vnet_subnet_id=inputs.node_subnet.id,
        zones=list(pool.zones) or None,
        max_pods=pool.max_pods,
        os_disk_type=pool.os_disk_type,
        os_disk_size_gb=pool.os_disk_size_gb,
        auto_scaling_enabled=True,
        min_count=pool.min_count,
        max_count=pool.max_count,
        orchestrator_version=inputs.kubernetes_version,
        node_labels=dict(pool.labels) or None,
        node_taints=list(pool.taints) or None,
        priority="Spot" if pool.spot else None,
        eviction_policy="Delete" if pool.spot else None,
        upgrade_settings=None if pool.spot else settings,
        tags=workspace.tags(inputs),
        lifecycle=TerraformResourceLifecycle(ignore_changes=["tags"]),
    )


def _upgrade_settings(block: Callable[..., Block], pool: NodePoolInputs) -> Block:
    """Return the upgrade settings of a pool as a block of this class.

    If the drain timeout or the undrainable behavior of the system pool is set outside Terraform and missing here,
    azurerm replaces the cluster (kubernetes_cluster_resource.go, CustomizeDiff). `Schedule` is AKS's default.
    """
    return block(
        max_surge=pool.max_surge,
        node_soak_duration_in_minutes=pool.node_soak_minutes,
        drain_timeout_in_minutes=pool.drain_timeout_minutes,
        undrainable_node_behavior="Schedule",
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
