"""`vault`: the resources in Vault that all spokes share."""

from collections.abc import Mapping

from hvn.diagnostics.message import Message
from hvn.kinds.kind import FROM_NETWORK, Kind, Row, Subject
from hvn.kinds.vault.inputs import workspace
from hvn.kinds.workspace import Workspace


def removal(_workspace: Workspace, _workspaces: Mapping[str, Workspace]) -> Message:
    """Return the secrets and the logins that are lost with the workspace."""
    return Message("**every secret in the kv engines**, and the logins of CI")


KIND = Kind(
    name="vault",
    per_spoke=False,
    section=("vault",),
    stack="stacks.vault",
    rights="hvn.kinds.vault.rights",
    row=Row(
        holds="the secrets engines and the teams' namespaces, with `prevent_destroy`; the logins of CI",
        when="always",
        applied_from=FROM_NETWORK,
    ),
    derive=workspace,
    reads_at_plan=lambda workspace: workspace.after,
    follows=lambda _inputs: frozenset({Subject.VAULT}),
    removal=removal,
)
