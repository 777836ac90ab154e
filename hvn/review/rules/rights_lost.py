"""HVN920: a cluster's identity, or what it may do in Azure, is destroyed or replaced."""

from collections.abc import Iterator

from hvn.review.destroyed import told
from hvn.review.situation import Said, Situation
from hvn.topology.finding import Rule

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
TYPES = tuple(GOES)


def check(situation: Situation) -> Iterator[Said]:
    """By what the plans destroy; the rights of a peering are another rule's."""
    for id_, changes in situation.gone(*TYPES).items():
        of_hcp = id_.startswith("peering-")
        if own := [each for each in changes if not (of_hcp and each.type == "azurerm_role_assignment")]:
            yield told(situation, id_, own, GOES)
