"""`hub.peerings`: peerings of the hub with VNets that the file does not describe."""

from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import Annotated

from pydantic import Field

from hvn.topology.fields import Cidr, Frozen, Ip, Limit, PeeringKey, VnetId
from hvn.topology.model.base import Model

_RANGES = Limit(
    why="the check for overlaps, the routes and the firewall rules need all ranges",
    see="https://learn.microsoft.com/azure/virtual-network/virtual-network-peering-overview",
)
Ranges = Annotated[tuple[Cidr, ...], Field(min_length=1), _RANGES]


class RemoteFirewall(Model):
    """The firewall or appliance in the remote VNet."""

    private_ip: Ip
    """Address of the firewall: the next hop in the route table of AzureFirewallSubnet."""
    cidrs: Ranges
    """Ranges behind the firewall. They may overlap the VNet."""


class HubPeering(Model):
    """A peering with a VNet outside this file."""

    vnet_id: VnetId
    """Resource id of the remote VNet."""
    cidrs: Ranges
    """All ranges of the remote VNet."""
    firewall: RemoteFirewall | None = None
    """The remote VNet's firewall. The hub then accepts traffic from the networks behind the firewall."""
    reverse: bool = False
    """True: this project also creates the remote VNet's half of the peering."""
    allow_gateway_transit: bool = False
    """True: the remote VNet may use the hub's gateway; with `reverse`, its half gets
    `use_remote_gateways`."""

    @property
    def all_cidrs(self) -> tuple[IPv4Network, ...]:
        """Return the ranges of the remote VNet and the ranges behind its firewall, each once."""
        return tuple(dict.fromkeys((*sorted(self.cidrs), *sorted(self.firewall.cidrs if self.firewall else ()))))


HubPeerings = Annotated[Mapping[PeeringKey, HubPeering], Frozen]
