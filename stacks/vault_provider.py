"""The vault provider of the workspaces that configure Vault."""

from cdktf import TerraformStack
from cdktf_cdktf_provider_vault.provider import VaultProvider


def vault(stack: TerraformStack, namespace: str | None) -> None:
    """Address and login come from the environment (`VAULT_ADDR`, `VAULT_TOKEN` or the CI's login), as for Vault's CLI.

    So does the namespace where `namespace` is None: HCP Terraform's dynamic credentials must not be contradicted.
    """
    VaultProvider(stack, "provider_vault", namespace=namespace)
