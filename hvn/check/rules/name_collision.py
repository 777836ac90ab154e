"""HVN202: two things would get one name."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Breach, Path, Rule
from hvn.topology.model import ExistingHub, Topology
from hvn.topology.naming import (
    ResourceGroup,
    node_group,
    parse,
    peering_id,
    range_route_id,
    resource_group,
    runner_route_id,
    transit_route_id,
)

RULE = Rule(
    id="HVN202",
    name="names-meet",
    why="the second one would take over the first one's resource, or be refused when it is applied",
    see="https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules",
)


def check(topology: Topology) -> Iterator[Breach]:
    """Resource groups of spokes and of nodes, HCP's peering and route ids: compared without regard to case.

    What exists cannot lie in a group that is created here either.
    """
    yield from _existing_groups(topology)
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
        if topology.spokes[name].vault_route == "direct":
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


def _existing_groups(topology: Topology) -> Iterator[Breach]:
    created: dict[tuple[str, str], str] = {}
    there: list[tuple[Path, ResourceGroup]] = []
    subscription = topology.azure.subscription_id
    if isinstance(topology.hub, ExistingHub):
        facts = topology.hub.existing
        there.append((("hub", "existing", "vnet_id"), parse(facts.vnet_id).group))
        there.append((("hub", "existing", "private_dns_zone_id"), parse(facts.private_dns_zone_id).group))
    else:
        hub = topology.hub.subscription_id or subscription
        created[hub, resource_group(topology.name, "hub").casefold()] = "the hub"
    for name, spoke in topology.spokes.items():
        vnet = parse(spoke.existing.vnet_id) if spoke.existing else None
        own = spoke.subscription_id or (vnet.group.subscription_id if vnet else subscription)
        created[own, resource_group(topology.name, name).casefold()] = f"the spoke {name}"
        if spoke.cluster:
            created[own, node_group(topology.name, name).casefold()] = f"the nodes of {name}"
        if vnet:
            there.append((("spokes", name, "existing", "vnet_id"), vnet.group))
    for path, group in there:
        owner = created.get((group.subscription_id, group.name.casefold()))
        if owner:
            yield Breach(
                path,
                f"lies in {group.name}, and a resource group of that name is the one that is created for {owner}",
                "choose another name for the spoke, or another name of the topology",
            )
