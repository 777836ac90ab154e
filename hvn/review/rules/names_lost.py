"""HVN919: the private DNS zone of AKS, or a link to it, is destroyed or replaced."""

from collections.abc import Iterator, Sequence

from hvn.diagnostics.finding import Rule
from hvn.kinds.hub.inputs import HubInputs
from hvn.kinds.network.inputs import NetworkInputs
from hvn.review.context import Said, Situation
from hvn.review.destroyed import goes_with, listed, told
from hvn.review.markdown import code
from hvn.review.plan import ResourceChange

RULE = Rule(
    id="HVN919",
    name="names-lost",
    why="who cannot resolve the name of a private cluster's API server does not reach it, its own nodes neither",
    see="https://learn.microsoft.com/azure/aks/private-clusters",
)
ZONE, LINK = "azurerm_private_dns_zone", "azurerm_private_dns_zone_virtual_network_link"
GOES = {
    ZONE: "the names of all clusters' API servers, for {all}",
    LINK: "the names of the clusters' API servers, for {here}",
}
TYPES = tuple(GOES)


def check(situation: Situation) -> Iterator[Said]:
    """By the zone's name, which has the region in it and cannot change, and by what the plans destroy."""
    planned = situation.gone(*TYPES)
    for workspace, old, new in situation.pairs(HubInputs):
        if new and old.dns_zone != new.dns_zone:
            changes = planned.pop(workspace.id, ())
            yield _another(situation, workspace.id, ZONE, (old.dns_zone, new.dns_zone), changes)
    for workspace, before, after in situation.pairs(NetworkInputs):
        if after and before.zone_link and after.zone_link and before.hub.dns_zone.name != after.hub.dns_zone.name:
            zones = before.hub.dns_zone.name, after.hub.dns_zone.name
            yield _another(situation, workspace.id, LINK, zones, planned.pop(workspace.id, ()))
    for id_, changes in planned.items():
        yield told(situation, id_, changes, GOES)


def _another(
    situation: Situation, workspace: str, kind: str, zones: tuple[str, str], changes: Sequence[ResourceChange]
) -> Said:
    what = "the zone" if kind == ZONE else "the link to the zone"
    old, new = zones
    more = f"; the plan has {listed(changes)}" if changes else ""
    return Said(
        workspace=workspace,
        text=f"{what} is replaced, for its name cannot change: {code(old)} → {code(new)}{more}. With it goes:",
        goes_with=goes_with(situation, workspace, [kind, *(each.type for each in changes)], GOES),
    )
