"""The managed identity of an app. The pods of the app's service account log in to Azure with this identity."""

from cdktf import TerraformResourceLifecycle, TerraformStack
from cdktf_cdktf_provider_azurerm.federated_identity_credential import FederatedIdentityCredential
from cdktf_cdktf_provider_azurerm.provider import AzurermProvider
from cdktf_cdktf_provider_azurerm.user_assigned_identity import UserAssignedIdentity

from hvn.kinds.secrets.inputs import AppIdentity
from stacks.azurerm_5 import identity_of_credential

# Entra issues tokens for this audience only: https://learn.microsoft.com/azure/aks/workload-identity-overview
AUDIENCE = "api://AzureADTokenExchange"
CLIENT_ID = "azure.workload.identity/client-id"
"""The service account annotation with the client id of the managed identity."""


def app_identity(
    stack: TerraformStack,
    app: str,
    identity: AppIdentity,
    issuer: str,
    subject: str,
    *,
    provider: AzurermProvider | None = None,
) -> str:
    """Build the identity and its federated credential, and return the identity's client id. `provider` is for the
    identity's subscription; None if the stack's default provider has this subscription."""
    built = UserAssignedIdentity(
        stack,
        f"identity_{app}",
        provider=provider,
        name=identity.name,
        resource_group_name=identity.group.name,
        location=identity.location,
        tags=dict(identity.tags),
        lifecycle=TerraformResourceLifecycle(ignore_changes=["tags"]) if identity.policy_owns_tags else None,
    )
    FederatedIdentityCredential(
        stack,
        f"credential_{app}",
        provider=provider,
        name="kubernetes",
        **identity_of_credential(identity.group.name, built),
        issuer=issuer,
        subject=subject,
        audience=[AUDIENCE],
    )
    return built.client_id
