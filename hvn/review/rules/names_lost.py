"""HVN919: the private DNS zone of AKS, or a link to it, is destroyed or replaced."""

from collections.abc import Iterator

from hvn.review.destroyed import told
from hvn.review.situation import Said, Situation
from hvn.topology.finding import Rule

RULE = Rule(
    id="HVN919",
    name="names-lost",
    why="who cannot resolve the name of a private cluster's API server does not reach it, its own nodes neither",
    see="https://learn.microsoft.com/azure/aks/private-clusters",
)
GOES = {
    "azurerm_private_dns_zone": "the names of all clusters' API servers, for {all}",
    "azurerm_private_dns_zone_virtual_network_link": "the names of the clusters' API servers, for {here}",
}
TYPES = tuple(GOES)


def check(situation: Situation) -> Iterator[Said]:
    """By what the plans destroy."""
    for id_, changes in situation.gone(*TYPES).items():
        yield told(situation, id_, changes, GOES)
