"""Find the NSGs and route tables that a subnet must name by key, because this project creates them.

With a key, Terraform creates the resource before the subnet. With an id, Terraform does not know the order, except
between the hub's workspace and the workspaces of the spokes.
"""

from collections.abc import Mapping

from hvn.diagnostics.finding import Message, Path
from hvn.topology import locations, naming
from hvn.topology.created_names import created_names
from hvn.topology.model import Topology
from hvn.topology.naming import Resource

ORDER = Message("with an id, Terraform may create the subnet before the resource, and Azure refuses the subnet")
KIND_OF = {"network_security_groups": naming.NSG, "route_tables": "route_table"}


def created(topology: Topology, field: str) -> Mapping[str, Path]:
    """Return the place of each NSG or route table that the topology creates, by id in lower case.

    `field` is `network_security_groups` or `route_tables`. The place is the key in this field, the subnet with its own
    NSG, or the hub or spoke.
    """
    id_of = _table if field == "route_tables" else locations.security_group
    return {
        id_of(topology, one.owner, one.part).id.casefold(): _place(topology, field, one.owner, one.part)
        for one in created_names(topology)
        if one.kind == KIND_OF[field]
    }


def by_key(path: Path, place: Path) -> bool:
    """Return whether a subnet at `path` must name the resource at `place` by key. A spoke may name the hub's resources
    by id, because the hub's workspace comes first."""
    return place[0] == "spokes" or place[0] == path[0]


def _table(topology: Topology, owner: str, part: str) -> Resource:
    if owner == naming.HUB:
        return locations.hub_route_table(topology, part)
    return locations.spoke_route_table(topology, owner, topology.spokes[owner], part)


def _place(topology: Topology, field: str, owner: str, part: str) -> Path:
    section: Path = ("hub",) if owner == naming.HUB else ("spokes", owner)
    holder = topology.hub if owner == naming.HUB else topology.spokes[owner]
    for name in (field, "subnets") if field == "network_security_groups" else (field,):
        if part in getattr(holder, name, ()):
            return (*section, name, part)
    return section
