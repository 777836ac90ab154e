"""HVN920: what a cluster or HCP may do in Azure is destroyed or replaced, or the identity that may."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Rule
from hvn.review.context import Said, Situation
from hvn.review.destroyed import told

RULE = Rule(
    id="HVN920",
    name="rights-lost",
    why="a cluster without its rights goes on as it is, and fails with the next node, load balancer, name or upgrade",
    see="https://learn.microsoft.com/azure/aks/use-managed-identity",
)
GOES = {
    "azurerm_user_assigned_identity": "all that the cluster of {here} may do in Azure, and the cluster's updates",
    "azurerm_role_assignment": "what the cluster of {here} may write: its nodes' network, its routes or its name",
}
# Whether a peering that is ACTIVE goes on without them nobody has written down.
HCP = "what lets HCP write its half of the peering: until it is there again HCP can neither make nor change that half"
OF_HCP = dict.fromkeys(("azuread_service_principal", "azurerm_role_definition", "azurerm_role_assignment"), HCP)
TYPES = tuple({**GOES, **OF_HCP})


def check(situation: Situation) -> Iterator[Said]:
    """By what the plans destroy: in `peering-*` HCP's rights, elsewhere a cluster's."""
    for id_, changes in situation.gone(*TYPES).items():
        yield told(situation, id_, changes, GOES | OF_HCP if id_.startswith("peering-") else OF_HCP | GOES)
