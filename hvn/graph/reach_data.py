"""Convert the network model of `hvn reach` to JSON. The page finds routes in the model as hvn/reach/walk.py does."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from hvn.reach.network import Network, Place
from hvn.reach.nsg import DEFAULTS
from hvn.topology.hosts import ENDPOINT_DOMAINS, FQDN_TAGS


def reach_data(network: Network) -> dict[str, Any]:
    """Return the network with its fields as JSON. Ranges and addresses are texts."""
    firewall = network.firewall
    return {
        "ranges": plain(network.ranges),
        "places": {name: [_place(place) for place in places] for name, places in network.places.items()},
        "parts": {path: [_place(place) for place in places] for path, places in network.parts.items()},
        "halves": [
            {"network": one, "peer": other, **plain(asdict(half))} for (one, other), half in network.halves.items()
        ],
        "hvn_routes": [plain(asdict(route)) for route in network.hvn_routes],
        "firewall": firewall
        and {
            "address": str(firewall.address),
            "rules": None if firewall.rules is None else [plain(asdict(rule)) for rule in firewall.rules],
            "declared": [plain(asdict(rule)) for rule in firewall.declared],
            "public": [plain(asdict(rule)) for rule in firewall.public],
            "egress": firewall.egress,
            "base_policy": firewall.base_policy,
            "routes": [plain(asdict(route)) for route in firewall.routes],
            "subnet": plain(firewall.subnet),
            "forced_tunneling": firewall.forced_tunneling,
            "dnat": [plain(asdict(rule)) for rule in firewall.dnat],
        },
        "gateway": network.gateway and plain(asdict(network.gateway)),
        "unlisted": dict(network.unlisted),
        "endpoint_domains": plain(ENDPOINT_DOMAINS),
        "fqdn_tags": plain(FQDN_TAGS),
        "nsg_defaults": [plain(asdict(rule)) for rule in DEFAULTS],
    }


def _place(place: Place) -> dict[str, Any]:
    return {**plain(asdict(place)), "label": place.label}


def plain(value: Any) -> Any:
    """Return a value of the model as JSON: sets as sorted lists, addresses as texts."""
    if isinstance(value, IPv4Network | IPv4Address):
        return str(value)
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(item) for item in value]
    return value
