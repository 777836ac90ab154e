"""The source address that a destination sees after an appliance with unknown settings."""

from ipaddress import IPv4Address

from hvn.reach.network import Network, Place
from hvn.reach.nsg import decide
from hvn.reach.pass_nsg import virtual_network
from hvn.reach.traffic import Traffic
from hvn.reach.way import Way
from hvn.topology.security import INBOUND


def may_translate(network: Network, address: IPv4Address, way: Way) -> None:
    """Record that an appliance may translate the source of a request to an address in its VNet."""
    near = (cidrs for cidrs in network.ranges.values() if any(address in cidr for cidr in cidrs))
    way.translated += next(near, ())


def admits_translated(network: Network, place: Place, traffic: Traffic, way: Way) -> bool:
    """Return whether the NSG of a place may allow a request with an address that an appliance translated."""
    rules = (place.nsg.rules if place.nsg else None) or ()
    tag = virtual_network(network, place) if way.translated else ()
    decisions = (
        decide(rules, INBOUND, cidr, place.cidr, traffic.port, tag=tag, protocol=traffic.in_nsg)
        for cidr in way.translated
    )
    return any(decision.allows or decision.partly for decision in decisions)
