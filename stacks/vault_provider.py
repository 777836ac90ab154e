"""The vault provider of the workspaces that configure Vault."""

from cdktf import TerraformStack
from cdktf_cdktf_provider_vault.provider import VaultProvider


def vault(stack: TerraformStack, namespace: str | None) -> None:
    """Configure the provider. Address and login come from the environment, as for Vault's CLI.

    If `namespace` is None, HCP Terraform's dynamic credentials set the namespace in the environment.
    """
    VaultProvider(stack, "provider_vault", namespace=namespace)
