"""Azure refuses a second federated credential with the same issuer and subject in an identity.

learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations
"""

from hvn.rehearsal.azurerm_versions import completed
from hvn.rehearsal.behaviours import Change, Refusal
from hvn.rehearsal.cloud import same

CREDENTIAL, IDENTITY = "azurerm_federated_identity_credential", "azurerm_user_assigned_identity"


def create(change: Change) -> None:
    """Refuse a credential of a missing identity, and a second credential with the same issuer and subject."""
    parent = completed(CREDENTIAL, change.after)["parent_id"]
    change.need((IDENTITY, parent))
    if not any(same(one["id"], parent) for one in change.cloud.find(IDENTITY)):
        raise Refusal("creating Federated Identity Credential: unexpected status 404 (404 Not Found)", parent)
    for one in change.cloud.find(CREDENTIAL):
        if same(completed(CREDENTIAL, one)["parent_id"], parent) and all(
            one[key] == change.after[key] for key in ("issuer", "subject")
        ):
            raise Refusal(
                "creating Federated Identity Credential: unexpected status 409 (409 Conflict)",
                "Issuer and subject combination already exists for this Managed Identity.",
            )


CREATE = {CREDENTIAL: create}
