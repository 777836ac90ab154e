"""`vault-auth-<spoke>`: the logins to Vault from a spoke's cluster, and the secrets that the logins may read."""

from collections.abc import Mapping

from hvn.diagnostics.message import Message
from hvn.kinds.kind import FROM_NETWORK, Kind, Row, Subject
from hvn.kinds.vault_auth.inputs import VaultAuthInputs, workspace
from hvn.kinds.workspace import Workspace


def follows(inputs: VaultAuthInputs) -> frozenset[Subject]:
    """Return Vault, and the cluster if the mount uses its issuer. Only an edit changes committed public keys."""
    return frozenset({Subject.VAULT} if inputs.pubkeys else {Subject.VAULT, Subject.CLUSTER})


def removal(workspace: Workspace, _workspaces: Mapping[str, Workspace]) -> Message:
    """Return the logins that are lost with the JWT mount. With the mount, Vault revokes the leases of the mount's
    logins."""
    inputs = workspace.inputs
    if isinstance(inputs, VaultAuthInputs) and any(rule.creates for role in inputs.roles for rule in role.reader.rules):
        return Message(
            "every login of the spoke's apps, and their dynamic credentials; the secrets themselves stay in Vault"
        )
    return Message("every login of the spoke's apps; the secrets themselves stay in Vault")


KIND = Kind(
    name="vault-auth",
    section=("cluster",),
    stack="stacks.vault_auth",
    rights="hvn.kinds.vault_auth.rights",
    row=Row(
        holds="the JWT mount; for each app a role, a policy to read and a policy to write",
        when=(
            "for a cluster with apps; with `keys: pubkeys` the workspace is blocked until the public keys are committed"
        ),
        applied_from=FROM_NETWORK,
    ),
    derive=workspace,
    reads_at_plan=lambda workspace: workspace.after,
    reads_keys=True,
    follows=follows,
    removal=removal,
)
