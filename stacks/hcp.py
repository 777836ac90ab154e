"""`hcp`: the HVN with the private Vault cluster, and the backup HVN."""

from cdktf import TerraformOutput, TerraformResourceLifecycle, TerraformStack
from cdktf_cdktf_provider_hcp.hvn import Hvn
from cdktf_cdktf_provider_hcp.vault_cluster import (
    VaultCluster,
    VaultClusterAuditLogConfig,
    VaultClusterMajorVersionUpgradeConfig,
    VaultClusterMetricsConfig,
)

from hvn.kinds.hcp.inputs import HcpInputs, NewHvn, NewVault, UpgradeWindow
from stacks import streams, workspace

# A replaced Vault cluster is empty. A new HVN also replaces the cluster, the peerings and the routes, because each
# resource names the HVN in an argument that forces replacement. HCP's documentation does not state whether HCP deletes
# these resources with the HVN.
KEEP = TerraformResourceLifecycle(prevent_destroy=True)


def build(stack: TerraformStack, inputs: HcpInputs) -> None:
    """Build the HVN, the Vault cluster and the backup HVN, unless the topology marks them as existing."""
    workspace.hcp(stack, inputs.project_id)
    own = NewHvn(hvn_id=inputs.hvn_id, cidr=inputs.cidr, location=inputs.location)
    hvn = _hvn(stack, "hvn", own, inputs.project_id) if inputs.new_hvn else None
    if inputs.new_backup:
        _hvn(stack, "backup_hvn", inputs.new_backup, inputs.project_id)
    if inputs.new_vault:
        _vault(stack, inputs, inputs.new_vault, hvn.hvn_id if hvn else inputs.hvn_id)


def _hvn(stack: TerraformStack, name: str, new: NewHvn, project_id: str | None) -> Hvn:
    """Build and return an HVN. A change of any argument replaces the HVN (resource_hvn.go)."""
    hvn = Hvn(
        stack,
        name,
        hvn_id=new.hvn_id,
        cloud_provider="azure",
        region=new.location,
        cidr_block=new.cidr,
        project_id=project_id,
        lifecycle=KEEP,
    )
    TerraformOutput(stack, f"{name}_self_link", static_id=True, value=hvn.self_link)
    return hvn


def _vault(stack: TerraformStack, inputs: HcpInputs, cluster: NewVault, hvn_id: str) -> None:
    vault = VaultCluster(
        stack,
        "vault",
        cluster_id=cluster.cluster_id,
        hvn_id=hvn_id,
        project_id=inputs.project_id,
        tier=cluster.tier,
        public_endpoint=False,
        # min_vault_version is unset, because a change of the argument replaces the cluster instead of upgrading the
        # cluster.
        major_version_upgrade_config=_upgrade(cluster.upgrade) if cluster.upgrade else None,
        audit_log_config=VaultClusterAuditLogConfig(**streams.arguments(stack, cluster.audit_log))
        if cluster.audit_log
        else None,
        metrics_config=VaultClusterMetricsConfig(**streams.arguments(stack, cluster.metrics))
        if cluster.metrics
        else None,
        lifecycle=KEEP,
    )
    TerraformOutput(
        stack,
        "vault_private_endpoint_url",
        static_id=True,
        value=vault.vault_private_endpoint_url,
        description="VAULT_ADDR for the workspaces that configure Vault",
    )


def _upgrade(window: UpgradeWindow) -> VaultClusterMajorVersionUpgradeConfig:
    return VaultClusterMajorVersionUpgradeConfig(
        upgrade_type=window.type, maintenance_window_day=window.day, maintenance_window_time=window.window
    )
