"""HVN319 existing-in-new-group: an existing resource is in a resource group that this project creates."""

from collections.abc import Collection, Iterable, Iterator

from hvn.check.created_ids import created
from hvn.diagnostics.finding import Finding, Level, Message, Path, Rule
from hvn.diagnostics.message import Field
from hvn.topology import locations
from hvn.topology.model import NewHub, Topology
from hvn.topology.ranges import subnets_of_file
from hvn.topology.shared_vnets import vnets

RULE = Rule(
    id="HVN319",
    name="existing-in-new-group",
    level=Level.WARNING,
    reports="An existing resource is in a resource group that this project creates.",
    why="the first apply needs the resource before its group exists, and azurerm refuses to delete a group with other "
    "resources",
    fix="set existing_resource_group: true, or use a resource in another group",
    example="""\
logs:
  workspace_id: /subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/rg-platform-hub/providers/\
Microsoft.OperationalInsights/workspaces/log-platform
""",
    see="https://registry.terraform.io/providers/hashicorp/azurerm/4.55.0/docs/guides/features-block#resource_group",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each existing resource in a new resource group."""
    groups = dict(_new_groups(topology))
    for path, resource_id in _existing(topology):
        owner = groups.get("/".join(resource_id.split("/")[:5]).casefold())
        if owner:
            setting = Field((*owner, "existing_resource_group"))
            yield Finding(
                rule=RULE,
                path=path,
                message=Message(
                    "{group} is the new resource group of {owner}", group=_group(resource_id), owner=Field(owner)
                ),
                fix=Message("set {setting}: true, or use a resource in another group", setting=setting),
            )


def _group(resource_id: str) -> str:
    return resource_id.split("/")[4]


def _new_groups(topology: Topology) -> Iterator[tuple[str, Path]]:
    """Yield the id of each resource group that this project creates, in lower case, with its owner."""
    if isinstance(topology.hub, NewHub) and not topology.hub.existing_resource_group:
        yield locations.hub_vnet(topology).group.id.casefold(), ("hub",)
    for name, spoke in vnets(topology).items():
        if not spoke.existing_resource_group:
            yield locations.spoke_group(topology, name, spoke).id.casefold(), ("spokes", name)


def _existing(topology: Topology) -> Iterator[tuple[Path, str]]:
    """Yield the ids of existing resources that workspaces use, with their paths."""
    for key in ("workspace_id", "storage_account_id", "event_hub_rule_id"):
        value = getattr(topology.logs, key, None)
        if value:
            yield ("logs", key), value
    if topology.azure.ddos_plan_id:
        yield ("azure", "ddos_plan_id"), topology.azure.ddos_plan_id
    zones = topology.hub.private_dns_zones if isinstance(topology.hub, NewHub) else ()
    yield from _zones(("hub", "private_dns_zones"), zones, zones)
    for name, spoke in topology.spokes.items():
        for index, registry in enumerate(spoke.new_cluster.registries if spoke.new_cluster else ()):
            yield ("spokes", name, "cluster", "registries", index), registry
        yield from _zones(("spokes", name, "private_dns_zones"), spoke.private_dns_zones, zones)
    yield from _of_subnets(topology)


def _zones(path: Path, zones: Iterable[str], of_hub: Collection[str]) -> Iterator[tuple[Path, str]]:
    """Yield the zones that this project does not create."""
    for index, zone in enumerate(zones):
        if "/" in zone and zone.rpartition("/")[2] not in of_hub:
            yield (*path, index), zone


def _of_subnets(topology: Topology) -> Iterator[tuple[Path, str]]:
    """Yield the route tables and NSGs of subnets that this project does not create."""
    subnets = [item for item in subnets_of_file(topology) if "/" in item[1].route or "/" in (item[1].nsg or "")]
    if not subnets:
        return
    tables, nsgs = created(topology, "route_tables"), created(topology, "network_security_groups")
    for path, subnet in subnets:
        vnet = locations.vnet_at(topology, path)
        table = locations.existing_route_table(subnet.route, vnet)
        nsg = locations.existing_nsg(subnet.nsg, vnet) if subnet.nsg else None
        for key, one, own in (("route", table, tables), ("nsg", nsg, nsgs)):
            if one and one.id.casefold() not in own:
                yield (*path, key), one.id
