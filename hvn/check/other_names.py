"""Equal names of resources that two topology files create."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Message, Path
from hvn.diagnostics.message import Words
from hvn.topology import locations
from hvn.topology.created_names import CreatedName, created_names, place
from hvn.topology.model import NewHub, Topology
from hvn.topology.naming import HUB

GROUPS = ("resource_group", "node_resource_group")


def equal_names(one: Topology, other: Topology) -> Iterator[tuple[Path, Message]]:
    """Yield the names that both files create in the same place: a subscription, a shared resource group, a shared hub
    or its DNS zone. The resources of a resource group that both files create are omitted."""
    names = {identity: name for name in created_names(other) if (identity := _identity(other, name))}
    created = {HUB, "zone"} if isinstance(one.hub, NewHub) and isinstance(other.hub, NewHub) else set()
    for name in created_names(one):
        identity = _identity(one, name)
        twin = names.get(identity) if identity else None
        if twin is None or (name.existing and twin.existing):
            continue
        if name.kind in GROUPS:
            if name.existing or twin.existing:
                continue
            created.add(f"/subscriptions/{name.scope}/resourcegroups/{name.name}".casefold())
        elif name.scope in created:
            continue
        kind = "resource group" if name.kind in GROUPS else name.kind.replace("_", " ")
        yield (
            place(one, name),
            Message("the other file also creates the {kind} {name}", kind=Words(kind), name=name.name),
        )


def _identity(topology: Topology, name: CreatedName) -> tuple[str, ...]:
    """Return a key that is equal for colliding names of two files; empty for a name that is unique in its own file."""
    kind, scope, text = name.identity
    if scope == HUB:
        scope = locations.hub_vnet(topology).id.casefold()
    elif scope == "zone":
        zone = locations.dns_zone(topology)
        scope = zone.id.casefold() if zone else ""
    elif kind not in GROUPS and not scope.startswith(("/subscriptions/", "vnet ")):
        return ()
    return (kind, scope, text) if scope else ()
