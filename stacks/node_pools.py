"""The node pools of a cluster."""

import hashlib
from collections.abc import Callable
from typing import Any, TypeVar

from cdktf import TerraformResourceLifecycle, TerraformStack
from cdktf_cdktf_provider_azurerm.kubernetes_cluster import (
    KubernetesCluster,
    KubernetesClusterDefaultNodePool,
    KubernetesClusterDefaultNodePoolUpgradeSettings,
)
from cdktf_cdktf_provider_azurerm.kubernetes_cluster_node_pool import (
    KubernetesClusterNodePool,
    KubernetesClusterNodePoolUpgradeSettings,
)

from hvn.kinds.aks.inputs import AksInputs, NodePoolInputs
from stacks import workspace

Block = TypeVar("Block")


def system_pool(inputs: AksInputs) -> KubernetesClusterDefaultNodePool:
    """Return the block of the cluster's first node pool."""
    pool = inputs.node_pool
    return KubernetesClusterDefaultNodePool(
        **_arguments(inputs, pool),
        only_critical_addons_enabled=pool.only_critical_addons,
        upgrade_settings=_upgrade_settings(KubernetesClusterDefaultNodePoolUpgradeSettings, pool),
    )


def node_pool(
    stack: TerraformStack, inputs: AksInputs, cluster: KubernetesCluster, pool: NodePoolInputs
) -> KubernetesClusterNodePool:
    """Build and return an additional node pool. AKS does not accept upgrade settings for spot nodes."""
    settings = _upgrade_settings(KubernetesClusterNodePoolUpgradeSettings, pool)
    return KubernetesClusterNodePool(
        stack,
        f"nodes_{pool.name}",
        **_arguments(inputs, pool),
        kubernetes_cluster_id=cluster.id,
        mode=pool.mode,
        node_taints=list(pool.taints) or None,
        priority="Spot" if pool.spot else None,
        eviction_policy="Delete" if pool.spot else None,
        upgrade_settings=None if pool.spot else settings,
        lifecycle=TerraformResourceLifecycle(ignore_changes=["tags"]),
    )


def _arguments(inputs: AksInputs, pool: NodePoolInputs) -> dict[str, Any]:
    """Return the arguments that the first pool and the additional pools have in common."""
    return {
        "name": pool.name,
        "temporary_name_for_rotation": _temporary(pool.name),
        "vm_size": pool.vm_size,
        "vnet_subnet_id": pool.subnet.id,
        "pod_subnet_id": pool.pod_subnet.id if pool.pod_subnet else None,
        "zones": list(pool.zones) or None,
        "max_pods": pool.max_pods,
        "os_disk_type": pool.os_disk_type,
        "os_disk_size_gb": pool.os_disk_size_gb,
        # Without this argument azurerm keeps the operating system of an existing pool.
        "os_sku": pool.os_sku,
        "host_encryption_enabled": pool.host_encryption or None,
        "node_labels": dict(pool.labels) or None,
        "auto_scaling_enabled": True,
        "min_count": pool.min_count,
        "max_count": pool.max_count,
        # Without this argument an upgrade changes only the control plane.
        "orchestrator_version": inputs.kubernetes_version,
        "tags": workspace.tags(inputs),
    }


def _temporary(name: str) -> str:
    """Return the name of the temporary pool to which azurerm moves the pods when the VM size, the zones or the subnet
    change. The name has at most 12 letters and digits, and differs for each pool.
    """
    if len(name) <= 9:
        return f"{name}tmp"
    return f"{name[:5]}{hashlib.sha256(name.encode()).hexdigest()[:4]}tmp"


def _upgrade_settings(block: Callable[..., Block], pool: NodePoolInputs) -> Block:
    """Return the upgrade settings of a pool as a block of this class.

    The block sets the drain timeout and the undrainable behavior. If the block of the system pool lacked a value that
    somebody set outside Terraform, azurerm would replace the cluster (kubernetes_cluster_resource.go, CustomizeDiff).
    `Schedule` is AKS's default.
    """
    return block(
        max_surge=pool.max_surge,
        node_soak_duration_in_minutes=pool.node_soak_minutes,
        drain_timeout_in_minutes=pool.drain_timeout_minutes,
        undrainable_node_behavior="Schedule",
    )
