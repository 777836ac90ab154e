"""Find the routes, places and networks for a range with an index."""

from collections.abc import Mapping
from ipaddress import IPv4Network

from hvn.reach.network import HvnRoute, Network, Place, SystemRoute, UserRoute


def system_routes(network: Network, name: str, to: IPv4Network) -> list[SystemRoute]:
    """Return the system routes of a network that contain a range."""
    return network.index(("system", name), lambda: ((one.cidr, one) for one in network.system_routes(name))).around(to)


def gateway_routes(network: Network, routes: tuple[UserRoute, ...], to: IPv4Network) -> list[UserRoute]:
    """Return the routes of GatewaySubnet that contain a range."""
    return network.index(("gateway", ""), lambda: ((one.cidr, one) for one in routes)).around(to)


def hvn_routes(network: Network, hvn: str, to: IPv4Network) -> list[HvnRoute]:
    """Return the routes of an HVN that contain a range."""
    routes = network.hvn_routes
    return network.index(("HVN", hvn), lambda: ((one.cidr, one) for one in routes if one.hvn == hvn)).around(to)


def places(network: Network, cidr: IPv4Network) -> list[tuple[str, Place]]:
    """Return the places that overlap a range, with their keys in `places`."""
    return _places(network, "places", network.places, cidr)


def with_place(network: Network, place: Place, other: Place) -> Network:
    """Return the network, with `place` replaced by `other` of the same range."""
    names = {name for name, one in places(network, place.cidr) if one == place}
    return network.with_places(
        {name: tuple(other if one == place else one for one in network.places[name]) for name in names}
    )


def parts(network: Network, cidr: IPv4Network) -> list[tuple[str, Place]]:
    """Return the places in `parts` that overlap a range, with their paths."""
    return _places(network, "parts", network.parts, cidr)


def _places(
    network: Network, kind: str, known: Mapping[str, tuple[Place, ...]], cidr: IPv4Network
) -> list[tuple[str, Place]]:
    # The index has no places, because `Network.with_places` keeps the index.
    index = network.index(
        (kind, ""), lambda: ((one.cidr, (name, at)) for name, places in known.items() for at, one in enumerate(places))
    )
    return [(name, known[name][at]) for name, at in index.overlapping(cidr)]


def owners(network: Network, cidr: IPv4Network) -> list[str]:
    """Return the names of the networks with a range that contains a range."""
    return [name for name, _ in network.index(("ranges", ""), lambda: _ranges(network)).around(cidr)]


def ranges(network: Network, cidr: IPv4Network) -> list[IPv4Network]:
    """Return the ranges of networks that overlap a range."""
    return [one for _, one in network.index(("ranges", ""), lambda: _ranges(network)).overlapping(cidr)]


def _ranges(network: Network) -> list[tuple[IPv4Network, tuple[str, IPv4Network]]]:
    return [(cidr, (name, cidr)) for name, cidrs in network.ranges.items() for cidr in cidrs]
