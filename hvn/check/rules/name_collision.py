"""HVN202 name-collision: two resources would have the same name."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Path, Rule
from hvn.diagnostics.message import Words
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
    name="name-collision",
    reports=(
        "Two resources would have the same name, or an existing resource is in a resource group with the name"
        " of a new one."
    ),
    why=("the second resource would take over the first, or the cloud refuses the second resource at apply"),
    fix="rename the spoke",
    example="""\
spokes:
  payments-nodes: {cidr: 10.66.0.0/16, vault_route: none}
""",
    see="https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules",
)

EXISTS = Message("resource group names are unique in a subscription: the workspace cannot create an existing group")

GROUP = Words("resource group")
PEERING = Words("HVN peering")
ROUTE = Words("HVN route")

# An owner becomes a message only in a finding: with thousands of spokes, kind and name are cheaper.
Owner = tuple[str, str]
HUB = ("hub", "")
RUNNERS = ("runners", "")
LONGEST = 30
"""Longest spoke name that leaves room for two more characters."""


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each name that two resources have, and for each existing resource in a new resource group.

    The rule compares names of resource groups and ids of HVN peerings and routes, without regard to case.
    """
    yield from _existing_groups(topology)
    taken: dict[tuple[Words, str], Owner] = {(GROUP, resource_group(topology.name, "hub").casefold()): HUB}
    peering = topology.hub.vault_peering
    if peering:
        taken[ROUTE, runner_route_id(topology.name)] = RUNNERS
        for pool in peering.transit_pools:
            taken[ROUTE, transit_route_id(topology.name, pool)] = ("pool", pool)
    for spoke in sorted(topology.spokes):
        for kind, text, owner in _names(topology, spoke):
            other = taken.setdefault((kind, text.casefold()), owner)
            if other != owner:
                yield Finding(
                    rule=RULE,
                    path=("spokes", spoke),
                    message=Message(
                        "{owner} and {other} have the same {kind} name {text}",
                        kind=kind,
                        text=text,
                        owner=_written(owner),
                        other=_written(other),
                    ),
                    fix=_rename(spoke),
                )


def _names(topology: Topology, name: str) -> Iterator[tuple[Words, str, Owner]]:
    """Yield kind, name and owner of each new resource of a spoke that could have the name of another resource."""
    spoke = topology.spokes[name]
    owner = ("spoke", name)
    yield GROUP, resource_group(topology.name, name), owner
    if spoke.cluster:
        yield GROUP, node_group(topology.name, name), ("nodes", name)
    if spoke.vault_route == "direct":
        yield PEERING, peering_id(topology.name, name), owner
        if spoke.existing is None:
            yield ROUTE, peering_id(topology.name, name), owner
        else:
            for cidr in spoke.existing.cidrs:
                yield ROUTE, range_route_id(topology.name, name, str(cidr)), owner


def _existing_groups(topology: Topology) -> Iterator[Finding]:
    created: dict[tuple[str, str], Owner] = {}
    existing: list[tuple[Path, ResourceGroup]] = []
    subscription = topology.azure.subscription_id
    if isinstance(topology.hub, ExistingHub):
        facts = topology.hub.existing
        existing.append((("hub", "existing", "vnet_id"), parse(facts.vnet_id).group))
        existing.append((("hub", "existing", "private_dns_zone_id"), parse(facts.private_dns_zone_id).group))
    else:
        hub = topology.hub.subscription_id or subscription
        created[hub, resource_group(topology.name, "hub").casefold()] = HUB
    for name, spoke in topology.spokes.items():
        vnet = parse(spoke.existing.vnet_id) if spoke.existing else None
        own = spoke.subscription_id or (vnet.group.subscription_id if vnet else subscription)
        created[own, resource_group(topology.name, name).casefold()] = ("spoke", name)
        if spoke.cluster:
            created[own, node_group(topology.name, name).casefold()] = ("nodes", name)
        if vnet:
            existing.append((("spokes", name, "existing", "vnet_id"), vnet.group))
    for path, group in existing:
        owner = created.get((group.subscription_id, group.name.casefold()))
        if owner:
            yield Finding(
                rule=RULE,
                path=path,
                message=Message(
                    "the resource group {group} exists, but it is also created for {owner}",
                    group=group.name,
                    owner=_written(owner),
                ),
                why=EXISTS,
                fix=Message("change the topology's name, {name}", name=topology.name)
                if owner == HUB
                else Message("{rename}, or change the topology's name", rename=_rename(owner[1])),
            )


def _written(owner: Owner) -> Message:
    kind, name = owner
    match kind:
        case "hub":
            return Message("the hub")
        case "runners":
            return Message("the runners")
        case "pool":
            return Message("the transit pool {name}", name=name)
        case "nodes":
            return Message("the nodes of spoke {name}", name=name)
        case _:
            return Message("spoke {name}", name=name)


def _rename(spoke: str) -> Message:
    if len(spoke) > LONGEST:
        return Message("rename spoke {name}", name=spoke)
    return Message("rename spoke {name}, for example to {new}", name=spoke, new=f"{spoke}-2")
