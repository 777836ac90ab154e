"""The vault provider of the workspaces with resources in Vault."""

from cdktf import TerraformStack
from cdktf_cdktf_provider_vault.provider import VaultProvider


def vault(stack: TerraformStack, namespace: str | None) -> None:
    """Add the vault provider, which reads Vault's address and the token from the environment, as Vault's CLI does.

    If `namespace` is None, HCP Terraform's dynamic credentials set VAULT_NAMESPACE.
    """
    VaultProvider(stack, "provider_vault", namespace=namespace)
