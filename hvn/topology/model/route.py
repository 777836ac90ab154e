"""User-defined routes and additional route tables."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from hvn.topology.fields import Frozen, NextHop, RouteDestination, RouteName, RouteTableKey
from hvn.topology.model.base import Model


class Route(Model):
    """A user-defined route. Azure prefers it to other routes with an equal prefix."""

    destination: RouteDestination
    """Destination."""
    next_hop: NextHop
    """firewall, gateway (VPN): of the hub. none: Azure drops the traffic. vnet: the VNet itself. An address: an
    appliance in the VNet or in the hub."""


Routes = Annotated[Mapping[RouteName, Route], Frozen]


class RouteTable(Model):
    """A route table that contains only these routes."""

    routes: Routes = Field(default={}, validate_default=True)
    """Routes by name."""
    bgp_route_propagation: bool = False
    """True: the table also contains the routes of the hub's gateway."""


RouteTables = Annotated[Mapping[RouteTableKey, RouteTable], Frozen]
