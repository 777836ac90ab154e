"""The reasons why no route leads to a destination, or why a route is unknown."""

from hvn.reach.network import HUB, ON_PREMISES, OUTSIDE, Gateway, Network, Place
from hvn.reach.select import learns
from hvn.reach.way import Way


def no_route(network: Network, source: Place, destination: Place, way: Way) -> None:
    """Record why no route exists. The gateway may propagate routes to ranges that are not in the file."""
    if destination.network == OUTSIDE and learns(network, source):
        way.add_unknown(unlisted(destination))
        return
    unused = network.gateway is not None and source.network not in network.gateway.used_by
    cause = "Azure drops packets to private addresses without a route"
    if destination.network == ON_PREMISES and network.gateway is None:
        cause = no_gateway(network)
    elif destination.network == ON_PREMISES and unused:
        cause = f"{source.network} does not have use_remote_gateways"
    way.peering_missing = source.in_spoke and destination.in_spoke and network.firewall is None
    way.blocked_by = f"no route of {source.name} leads to {destination.cidr}: {cause}"


def no_gateway(network: Network) -> str:
    """Return the reason why the network has no gateway."""
    return "the hub has no gateway" if HUB in network.ranges else "the network has no hub with a gateway"


def unlisted(destination: Place) -> str:
    """Return the unknown: whether the gateway has a route to addresses outside the file."""
    return f"whether the hub's gateway leads to {destination.cidr}, which no range of the file contains"


def unannounced(gateway: Gateway, source: Place, destination: Place) -> str:
    """Return the unknown about a network that the gateway may not announce. The owner of an existing VNet decides
    whether its peering uses the gateway."""
    if destination.network in gateway.used_by:
        return f"whether the existing peering of {destination.network} uses the hub's gateway"
    return f"whether {source.name} has a route to {destination.name}: the gateway does not announce one"
