"""The unknown routes of Azure Route Server: it propagates the routes that appliances announce.

Azure prefers the system routes inside a VNet and over its peerings, even if a route that BGP announces is more
specific: https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview
"""

from hvn.reach.network import HUB, INTERNET, ON_PREMISES, Network, Place, SystemRoute
from hvn.reach.select import learns, select
from hvn.reach.way import Way


def announced(network: Network, source: Place, destination: Place) -> str:
    """Return the unknown setting whether Route Server changes the route to a destination, or an empty text."""
    if network.gateway is None or not network.gateway.route_server or not (source.in_azure and learns(network, source)):
        return ""
    chosen = select(network, source, destination)
    if isinstance(chosen, SystemRoute) and chosen.network not in (INTERNET, ON_PREMISES):
        return ""
    return f"the routes that the hub's Route Server propagates to {source.label}"


def reroute(network: Network, source: Place, destination: Place, way: Way) -> None:
    """Report a connection as unknown if Route Server may change its route: an appliance in the hub or in a
    peered VNet may forward the packets, and translate their source."""
    if setting := announced(network, source, destination):
        way.add_unknown(f"{setting}; otherwise {way.blocked_by}" if way.blocked_by else setting)
        way.blocked_by, way.by_appliance = "", True
        way.translated += (route.cidr for route in network.system_routes(HUB))
