"""HVN319 existing-in-new-group: an existing resource is in a resource group that this project creates."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from hvn.check.created_ids import created
from hvn.diagnostics.finding import Finding, Level, Message, Path, Rule
from hvn.diagnostics.message import Field
from hvn.topology import locations
from hvn.topology.model import Cluster, NewHub, PeeringWithSpoke, Topology
from hvn.topology.ranges import subnets_of_file
from hvn.topology.shared_vnets import vnets

RULE = Rule(
    id="HVN319",
    name="existing-in-new-group",
    level=Level.WARNING,
    reports="An existing resource is in a new resource group.",
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
    """Yield a finding for each existing resource in a new resource group. HVN305 and HVN439 report VNets and the policy
    of this project."""
    groups = dict(_new_groups(topology))
    named = ((path, one, groups.get("/".join(one.split("/")[:5]).casefold())) for path, one in _existing(topology))
    found = [(path, one, owner) for path, one, owner in named if owner]
    own = set(_own(topology)) if found else set()
    for path, resource_id, owner in found:
        if resource_id.casefold() not in own:
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


def _own(topology: Topology) -> Iterator[str]:
    """Yield the ids of the new VNets and of the firewall policy, in lower case."""
    if isinstance(topology.hub, NewHub):
        yield locations.hub_vnet(topology).id.casefold()
    if locations.new_firewall(topology):
        yield locations.firewall_policy(topology).id.casefold()
    for name, spoke in topology.spokes.items():
        yield locations.spoke_vnet(topology, name, spoke).id.casefold()


def _existing(topology: Topology) -> Iterator[tuple[Path, str]]:
    """Yield the ids of existing resources that workspaces use, with their paths."""
    for key in ("workspace_id", "storage_account_id", "event_hub_rule_id"):
        value = getattr(topology.logs, key, None)
        if value:
            yield ("logs", key), value
    if topology.azure.ddos_plan_id:
        yield ("azure", "ddos_plan_id"), topology.azure.ddos_plan_id
    zones: tuple[str, ...] = ()
    if isinstance(topology.hub, NewHub):
        zones = topology.hub.private_dns_zones
        yield from _zones(("hub", "private_dns_zones"), zones, zones)
        firewall = locations.new_firewall(topology)
        if firewall and firewall.base_policy_id:
            yield ("hub", "firewall", "base_policy_id"), firewall.base_policy_id
    yield from _peered(("hub",), topology.hub_peerings)
    for name, spoke in topology.spokes.items():
        if spoke.new_cluster:
            yield from _of_cluster(("spokes", name, "cluster"), spoke.new_cluster)
        yield from _peered(("spokes", name), spoke.peerings)
        yield from _zones(("spokes", name, "private_dns_zones"), spoke.private_dns_zones, zones)
    yield from _of_subnets(topology)


def _of_cluster(path: Path, cluster: Cluster) -> Iterator[tuple[Path, str]]:
    for index, registry in enumerate(cluster.registries):
        yield (*path, "registries", index), registry
    for key in ("microsoft_defender", "oms_agent"):
        value = getattr(cluster.addons, key)
        if value:
            yield (*path, "addons", key), value


def _peered(path: Path, peerings: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """Yield the VNets outside the file that have peerings."""
    for key, peering in peerings.items():
        if not isinstance(peering, PeeringWithSpoke):
            yield (*path, "peerings", key, "vnet_id"), peering.vnet_id


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
