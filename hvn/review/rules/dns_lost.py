"""HVN919: a private DNS zone, or a link to it, is destroyed or replaced."""

from collections.abc import Iterator, Sequence

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.kinds.hub.inputs import HubInputs
from hvn.kinds.network.inputs import NetworkInputs
from hvn.review.context import Context
from hvn.review.losses import Loss, impact, listed, with_plan
from hvn.review.plan import ResourceChange
from hvn.review.rebuild_steps import moved_elsewhere

RULE = Rule(
    id="HVN919",
    name="dns-lost",
    reports="A private DNS zone, or a link to it, is destroyed or replaced.",
    why=(
        "clients cannot resolve API servers or private endpoints in the zone; a cluster's own nodes cannot resolve its "
        "API server either"
    ),
    fix="undo the edit, or apply the edit in a maintenance window",
    example="""\
azure: {region: canadacentral}
""",
    see="https://learn.microsoft.com/azure/aks/private-clusters",
)
LABEL = "hvn: destroys"
ZONE, LINK = "azurerm_private_dns_zone", "azurerm_private_dns_zone_virtual_network_link"
TYPES = (ZONE, LINK)
ADDITIONAL = "zone_"
"""The names of the resources for `private_dns_zones` begin with this text (stacks/dns.py)."""
LOSSES = {
    ZONE: Loss("the DNS records of all clusters' API servers, for {who}", everyone=True),
    LINK: Loss("the DNS records of the clusters' API servers, for {who}"),
    ADDITIONAL + ZONE: Loss("the records of private DNS zones, for every VNet with a link to the zones"),
    ADDITIONAL + LINK: Loss("the records of private DNS zones, for {who}"),
}


def check(context: Context) -> Iterator[Finding]:
    """Yield findings about zones and links that are replaced because the zone's name changes, or that the plans
    destroy.

    The name of the zone contains the region.
    """
    moved = moved_elsewhere(context)
    planned = {id_: changes for id_, changes in context.destroyed(*TYPES).items() if id_ not in moved}
    for workspace, old, new in context.changed(HubInputs):
        if new and old.dns_zone != new.dns_zone:
            yield _renamed(context, workspace.id, ZONE, (old.dns_zone, new.dns_zone), planned.pop(workspace.id, []))
    for workspace, before, after in context.changed(NetworkInputs):
        links = after and before.zone_link and after.zone_link and workspace.id not in moved
        if not (after and links and before.hub and after.hub):
            continue
        zones = before.hub.dns_zone.name, after.hub.dns_zone.name
        if zones[0] != zones[1]:
            yield _renamed(context, workspace.id, LINK, zones, planned.pop(workspace.id, []))
    for id_, changes in planned.items():
        lost = impact(context, id_, map(_kind, changes), LOSSES)
        yield Finding(rule=RULE, workspace=id_, message=listed(changes), impact=lost)


def _kind(change: ResourceChange) -> str:
    """Return the key in LOSSES."""
    return (ADDITIONAL if change.address.startswith(f"{change.type}.{ADDITIONAL}") else "") + change.type


def _renamed(
    context: Context, workspace: str, type_: str, zones: tuple[str, str], changes: Sequence[ResourceChange]
) -> Finding:
    message = Message(
        "{type} is replaced, because the name of the zone changes: {old} → {new}",
        type=type_,
        old=zones[0],
        new=zones[1],
    )
    return Finding(
        rule=RULE,
        workspace=workspace,
        message=with_plan([message], changes),
        impact=impact(context, workspace, [type_, *(change.type for change in changes)], LOSSES),
    )
