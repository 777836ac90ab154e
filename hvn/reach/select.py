"""The route that Azure selects at a place in Azure."""

from collections.abc import Iterator

from hvn.reach import lookup
from hvn.reach.network import HVNS, INTERNET, OUTSIDE, Network, Place, SystemRoute, UserRoute, is_remote, longest
from hvn.reach.ranges import ALL


def select(network: Network, source: Place, destination: Place) -> SystemRoute | UserRoute | None:
    """Return the route that Azure selects at a source in Azure, or None."""
    system = [*lookup.system_routes(network, source.network, destination.cidr), *_learned(network, source)]
    if destination.network == INTERNET:
        system.append(SystemRoute(ALL, INTERNET))
    return longest([*system, *source.routes], destination.cidr)


def may_have_route(network: Network, source: Place, destination: Place) -> bool:
    """Return whether an unknown route table may have a route to a destination. A route needs a next hop in a peered
    network."""
    if source.existing_table:
        return True
    peered = any(other not in HVNS for other in network.peers(source.network))
    return peered and bool(source.unknown) and source.network in network.unlisted and destination.network != OUTSIDE


def replies_directly(network: Network, source: Place, destination: Place) -> bool:
    """Return whether replies of a destination in Azure to a source bypass the firewall."""
    if has_transit(network, destination):
        return True
    if not destination.in_azure or destination.existing_table:
        return False
    chosen = select(network, destination, source)
    return not (isinstance(chosen, UserRoute) and chosen.next_hop)


def learns(network: Network, place: Place) -> bool:
    """Return whether the gateway propagates its routes to a place."""
    return network.gateway is not None and place.propagated and place.network in network.gateway.used_by


def has_transit(network: Network, place: Place) -> bool:
    """Return whether a place is in a remote VNet that may use the hub's gateway."""
    return is_remote(place.network) and network.gateway is not None and place.network in network.gateway.announced


def transit_unknown(network: Network, place: Place) -> str:
    """Return the unknown setting of the remote half, or an empty text if this project creates the half."""
    known = network.gateway is None or place.network in network.gateway.used_by
    return "" if known or not has_transit(network, place) else f"whether {place.network} uses the hub's gateway"


def _learned(network: Network, place: Place) -> Iterator[SystemRoute]:
    """Yield the routes that a place learns from the gateway."""
    if learns(network, place):
        yield from network.propagated()
