"""The inputs of `network-<spoke>`."""

from dataclasses import dataclass

from hvn.kinds.inputs import AzureInputs, RouteTable, Subnet
from hvn.topology.naming import Resource, ResourceGroup


@dataclass(frozen=True, slots=True, kw_only=True)
class HubRef:
    """The hub as a spoke's workspace names it."""

    vnet: Resource
    cidrs: tuple[str, ...]
    dns_zone: Resource


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkInputs(AzureInputs):
    """`network-<spoke>`: VNet, subnets, route table, both halves of the hub peering, DNS zone link.

    `group` holds what is ours; `vnet` lies in it, unless it existed before.
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
