"""The inputs of `network-<spoke>`, and their derivation from the topology."""

from dataclasses import dataclass

from hvn.kinds import common
from hvn.kinds.inputs import AzureInputs, Route, RouteTable, Subnet
from hvn.kinds.kind import Site
from hvn.kinds.workspace import Workspace, WorkspaceId
from hvn.topology import locations, naming
from hvn.topology.model import Spoke, Topology
from hvn.topology.naming import Resource, ResourceGroup


@dataclass(frozen=True, slots=True, kw_only=True)
class HubRef:
    """The resources of the hub that a spoke's workspace refers to."""

    vnet: Resource
    cidrs: tuple[str, ...]
    dns_zone: Resource


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkInputs(AzureInputs):
    """`network-<spoke>`: VNet, subnets, route table, both halves of the hub peering, DNS zone link.

    `group` contains the new resources, and `vnet` unless the VNet is existing.
    """

    group: ResourceGroup
    vnet: Resource
    cidrs: tuple[str, ...]
    new_vnet: bool
    hub_peering: bool
    zone_link: bool
    subnets: tuple[Subnet, ...]
    route_table: RouteTable
    hub: HubRef
    peering_to_hub: str
    peering_from_hub: str
    dns_link: str


def workspace(site: Site) -> Workspace:
    """Return the spoke's workspace. With `hub_peering` the workspace also writes to the hub's VNet."""
    inputs = network(site.topology, site.name, site.spoke)
    own = f"spoke {site.name}"
    return Workspace(
        id=site.id("network"),
        inputs=inputs,
        after=(WorkspaceId("hub"),),
        writes=("hub", own) if inputs.hub_peering else (own,),
    )


def network(topology: Topology, name: str, spoke: Spoke) -> NetworkInputs:
    """Return the inputs of a spoke's VNet, its subnets, routes and peering with the hub."""
    routes = [Route("default", "0.0.0.0/0", locations.firewall_ip(topology))]
    if spoke.vault_route == "via-hub":
        # A direct spoke must not have this route: Azure must select the peering's own system route to the HVN.
        routes.append(Route("hvn", str(topology.hvn.cidr), locations.firewall_ip(topology)))
    return NetworkInputs(
        **common.in_azure(topology, WorkspaceId("network", name)),
        group=locations.spoke_group(topology, name, spoke),
        vnet=locations.spoke_vnet(topology, name, spoke),
        cidrs=locations.spoke_cidrs(spoke),
        new_vnet=spoke.existing is None,
        hub_peering=spoke.existing is None or spoke.existing.hub_peering,
        zone_link=spoke.existing is None or spoke.existing.zone_link,
        subnets=_subnets(topology, name, spoke),
        route_table=RouteTable(locations.spoke_route_table(topology, name, spoke), tuple(routes)),
        hub=HubRef(
            vnet=locations.hub_vnet(topology),
            cidrs=locations.hub_cidrs(topology),
            dns_zone=locations.dns_zone(topology),
        ),
        peering_to_hub="to-hub" if spoke.existing is None else f"to-{topology.name}-hub",
        peering_from_hub=f"to-{topology.name}-{name}",
        dns_link=f"link-{topology.name}-{name}",
    )


def _subnets(topology: Topology, name: str, spoke: Spoke) -> tuple[Subnet, ...]:
    ranges = dict(spoke.subnets)
    if spoke.cluster:
        ranges[naming.NODE_SUBNET] = spoke.cluster.node_cidr
    vnet = locations.spoke_vnet(topology, name, spoke)
    return tuple(Subnet(vnet, subnet, str(ranges[subnet])) for subnet in sorted(ranges))
