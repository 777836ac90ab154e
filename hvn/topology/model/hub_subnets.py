"""`hub.bastion`, `hub.gateway` and `hub.route_server`: subnets for Azure services of other owners."""

from typing import Annotated, Literal

from hvn.topology.fields import Cidr, Ip, Limit
from hvn.topology.model.base import Model


class Bastion(Model):
    """AzureBastionSubnet with the NSG rules that Azure Bastion needs. This project does not create Azure Bastion."""

    cidr: Cidr
    """Range of AzureBastionSubnet, /26 or larger."""


_GATEWAY_TYPE = Limit(
    why="a VNet has at most one VPN gateway and one ExpressRoute gateway",
    see="https://learn.microsoft.com/azure/expressroute/expressroute-about-virtual-network-gateways",
)
GatewayType = Annotated[Literal["vpn", "express_route", "both"], _GATEWAY_TYPE]


class Gateway(Model):
    """GatewaySubnet, with routes to the firewall. The VPN or ExpressRoute gateway is managed outside this project."""

    cidr: Cidr
    """Range of GatewaySubnet, /27 or larger."""
    type: GatewayType | None = None
    """Routes to the gateway need vpn. [default: unknown]"""
    existing: bool = False
    """True: the gateway exists, so spokes may set `use_remote_gateways`."""
    next_hop: Ip | None = None
    """The gateway's next hop to subnets that send on-premises traffic to an appliance. [default: none]"""


class RouteServer(Model):
    """RouteServerSubnet. This project does not create Azure Route Server."""

    cidr: Cidr
    """Range of RouteServerSubnet, /27 or larger."""
    existing: bool = False
    """True: spokes may set `use_remote_gateways`."""
