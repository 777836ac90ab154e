"""Which part of the topology file a workspace comes from."""

from hvn.diagnostics.finding import Path
from hvn.kinds.workspaces import Workspace

SHARED: dict[str, Path] = {
    "hcp": ("hvn",),
    "hub": ("hub",),
    "peering-hub": ("hub", "vault_peering"),
    "vault": ("vault",),
}
OF_THE_CLUSTER = ("aks-", "vault-auth-", "vso-", "secrets-")


def origin(workspace: Workspace) -> Path:
    """The path in the file of what the workspace is made from: `("spokes", "payments", "cluster")`."""
    if workspace.spoke is None:
        return SHARED[workspace.id]
    of_the_spoke: Path = ("spokes", workspace.spoke)
    return (*of_the_spoke, "cluster") if workspace.id.startswith(OF_THE_CLUSTER) else of_the_spoke
