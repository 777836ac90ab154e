"""All workspace kinds in deployment order: shared kinds, then kinds of each spoke.

A new kind needs an import and a line in the list.
"""

from hvn.kinds.aks import KIND as AKS
from hvn.kinds.hcp import KIND as HCP
from hvn.kinds.hub import KIND as HUB
from hvn.kinds.kind import Kind
from hvn.kinds.network import KIND as NETWORK
from hvn.kinds.peering import KIND as PEERING
from hvn.kinds.peering_hub import KIND as PEERING_HUB
from hvn.kinds.secrets import KIND as SECRETS
from hvn.kinds.vault import KIND as VAULT
from hvn.kinds.vault_auth import KIND as VAULT_AUTH
from hvn.kinds.vso import KIND as VSO
from hvn.kinds.workspace import WorkspaceId

KINDS: tuple[Kind, ...] = (
    HCP,
    HUB,
    PEERING_HUB,
    VAULT,
    NETWORK,
    PEERING,
    AKS,
    VAULT_AUTH,
    VSO,
    SECRETS,
)


def kinds() -> tuple[Kind, ...]:
    """Return all kinds in the order of deployment."""
    return KINDS


def kind_of(id_: WorkspaceId) -> Kind:
    """Return the kind of a workspace."""
    return next(kind for kind in kinds() if kind.name == id_.kind)
