"""The unknown routes of Azure Route Server: it propagates the routes that appliances announce."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from hvn.kinds.hub.inputs import HubInputs
from hvn.reach.network import Network, Place
from hvn.reach.select import learns


def with_unknown_routes(network: Network, hub: HubInputs | None) -> Network:
    """Return the network in which each subnet that accepts the routes of the hub's Route Server has this unknown
    setting. Without a Route Server, return the network itself."""
    if hub is None or hub.route_server is None:
        return network
    return replace(network, places=_marked(network, network.places), parts=_marked(network, network.parts))


def _marked(network: Network, groups: Mapping[str, Iterable[Place]]) -> Mapping[str, tuple[Place, ...]]:
    return {
        name: tuple(_mark(place) if learns(network, place) and not place.unknown else place for place in places)
        for name, places in groups.items()
    }


def _mark(place: Place) -> Place:
    return replace(place, unknown=f"the routes that the hub's Route Server propagates to {place.label}")
