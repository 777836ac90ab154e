"""`hcp`: the HVN and the private Vault cluster in it."""

from cdktf import TerraformOutput, TerraformResourceLifecycle, TerraformStack
from cdktf_cdktf_provider_hcp.hvn import Hvn
from cdktf_cdktf_provider_hcp.vault_cluster import VaultCluster, VaultClusterMajorVersionUpgradeConfig

from hvn.kinds.hcp.inputs import HcpInputs, NewVault, UpgradeWindow
from stacks import workspace

# A new cluster has no secret of the old one. A new HVN needs a new cluster, new peerings and new routes: all name it in
# an argument that forces a new one. Whether HCP deletes them with an HVN, or refuses to, its documents do not say.
KEEP = TerraformResourceLifecycle(prevent_destroy=True)


def build(stack: TerraformStack, inputs: HcpInputs) -> None:
    """HVN and cluster, as far as they do not exist yet."""
    workspace.hcp(stack, inputs.project_id)
    hvn = _hvn(stack, inputs) if inputs.new_hvn else None
    if inputs.new_vault:
        _vault(stack, inputs, inputs.new_vault, hvn.hvn_id if hvn else inputs.hvn_id)


def _hvn(stack: TerraformStack, inputs: HcpInputs) -> Hvn:
    """It cannot be changed: every argument forces a new one (resource_hvn.go)."""
    hvn = Hvn(
        stack,
        "hvn",
        hvn_id=inputs.hvn_id,
        cloud_provider="azure",
        region=inputs.location,
        cidr_block=inputs.cidr,
        project_id=inputs.project_id,
        lifecycle=KEEP,
    )
    TerraformOutput(stack, "hvn_self_link", static_id=True, value=hvn.self_link)
    return hvn


def _vault(stack: TerraformStack, inputs: HcpInputs, given: NewVault, hvn_id: str) -> None:
    vault = VaultCluster(
        stack,
        "vault",
        cluster_id=given.cluster_id,
        hvn_id=hvn_id,
        project_id=inputs.project_id,
        tier=given.tier,
        public_endpoint=False,
        # min_vault_version is left out: it reads like an upgrade, and changing it replaces the cluster.
        major_version_upgrade_config=_upgrade(given.upgrade) if given.upgrade else None,
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
