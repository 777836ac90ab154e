"""`vault-auth-<spoke>`: the logins to Vault from a spoke's cluster, and the policies of these logins."""

from collections.abc import Iterator, Mapping

from hvn.diagnostics.message import Message
from hvn.kinds.kind import FROM_NETWORK, Kind, Reference, Row, Subject
from hvn.kinds.references import cluster
from hvn.kinds.vault_auth.inputs import VaultAuthInputs, workspace
from hvn.kinds.workspace import Workspace


def follows(inputs: VaultAuthInputs) -> frozenset[Subject]:
    """Return Vault, and the cluster if Vault fetches the keys from the cluster's issuer. Committed keys change only by
    an edit."""
    from_issuer = not inputs.pubkeys and not inputs.existing_mount
    return frozenset({Subject.VAULT, Subject.CLUSTER} if from_issuer else {Subject.VAULT})


def removal(workspace: Workspace, _workspaces: Mapping[str, Workspace]) -> Message:
    """Return the logins that are lost with the JWT mount. With the mount, Vault revokes the leases of the mount's
    logins."""
    inputs = workspace.inputs
    if isinstance(inputs, VaultAuthInputs) and any(rule.creates for role in inputs.roles for rule in role.reader.rules):
        return Message(
            "every login of the spoke's apps, and their dynamic credentials; the secrets themselves stay in Vault"
        )
    return Message("every login of the spoke's apps; the secrets themselves stay in Vault")


def refers_to(inputs: VaultAuthInputs) -> Iterator[Reference]:
    """Yield an existing cluster, an existing JWT mount, and the existing policies."""
    yield from cluster(inputs.cluster)
    if inputs.existing_mount:
        yield Reference("vault_jwt_auth_backend", inputs.mount, (("path", inputs.mount),), place=inputs.namespace or "")
    for name in sorted({name for role in inputs.roles for name in role.existing_policies}):
        yield Reference("vault_policy", name, (("name", name),), place=inputs.namespace or "")


KIND = Kind(
    name="vault-auth",
    section=("cluster",),
    stack="stacks.vault_auth",
    rights="hvn.kinds.vault_auth.rights",
    row=Row(
        holds="the JWT mount; for each app a role, a policy to read and a policy to write",
        when=("for a cluster with apps; blocked without the committed keys of `keys: pubkeys`"),
        applied_from=FROM_NETWORK,
    ),
    derive=workspace,
    refers_to=refers_to,
    reads_at_plan=lambda workspace: workspace.after,
    reads_keys=True,
    follows=follows,
    removal=removal,
)
