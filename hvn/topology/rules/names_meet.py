"""HVN202: two things would get one name."""

from collections.abc import Iterator

from hvn.topology.finding import Breach, Path, Rule
from hvn.topology.model import Topology
from hvn.topology.names import node_group, peering_id, range_route_id, resource_group, runner_route_id, transit_route_id

RULE = Rule(
    id="HVN202",
    name="names-meet",
    why="the second one would take over the first one's resource, or be refused when it is applied",
    see="https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules",
)


def check(topology: Topology) -> Iterator[Breach]:
    """Resource groups of spokes and of nodes, HCP's peering and route ids: compared without regard to case."""
    taken: dict[tuple[str, str], str] = {
        ("a resource group", resource_group(topology.name, "hub").casefold()): "the hub"
    }
    peering = topology.hub.vault_peering
    if peering:
        taken["an HVN route", runner_route_id(topology.name)] = "the runners"
        for pool in peering.transit_pools:
            taken["an HVN route", transit_route_id(topology.name, pool)] = f"the transit pool {pool}"
    for name in sorted(topology.spokes):
        path: Path = ("spokes", name)
        made = [("a resource group", resource_group(topology.name, name))]
        if topology.spokes[name].cluster:
            made.append(("a resource group", node_group(topology.name, name)))
        if topology.spokes[name].vault_path == "direct":
            existing = topology.spokes[name].existing
            made.append(("an HVN peering", peering_id(topology.name, name)))
            if existing is None:
                made.append(("an HVN route", peering_id(topology.name, name)))
            else:
                routes = (range_route_id(topology.name, name, str(cidr)) for cidr in existing.cidrs)
                made += [("an HVN route", route) for route in routes]
        for kind, text in made:
            other = taken.setdefault((kind, text.casefold()), f"spoke {name}")
            if other != f"spoke {name}":
                yield Breach(path, f"the name of {kind}, {text}, is that of {other} as well", "choose another name")
