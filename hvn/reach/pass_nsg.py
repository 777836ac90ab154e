"""The decision of the network security group of a place about one request."""

from ipaddress import IPv4Network

from hvn.reach.network import INTERNET, PLATFORM, Network, Place
from hvn.reach.nsg import AZURE_HOST, decide, has_service_tag, may_match
from hvn.reach.ranges import ALL
from hvn.reach.traffic import Traffic
from hvn.reach.way import Way
from hvn.topology.security import INBOUND

NO_NSG = "no NSG"


def pass_nsg(
    network: Network, place: Place, direction: str, ends: tuple[Place, Place], traffic: Traffic, way: Way
) -> str:
    """Return how the NSG of a place allows a request, or an empty text if it denies the request."""
    nsg = place.nsg
    if nsg is None:
        return NO_NSG
    if nsg.rules is None:
        way.add_unknown(f"the rules of the existing network security group {nsg.name}")
        return f"if a rule of {nsg.name} allows {traffic}"
    start, end = ends
    tag, to_internet = virtual_network(network, place), end.network in (INTERNET, PLATFORM)
    if start.network == PLATFORM:
        tag = (*tag, AZURE_HOST)  # VirtualNetwork contains the host's address.
    protocol, of = traffic.in_nsg, f"of the network security group {nsg.name}"
    decision = decide(
        nsg.rules, direction, start.cidr, end.cidr, traffic.port, tag=tag, to_internet=to_internet, protocol=protocol
    )
    for rule in decision.partly:
        unclear = may_match(rule, protocol)
        text = f"the rule {nsg.label(rule)} {of}"
        way.add_unknown(f"whether {text} matches ICMP" if unclear else f"{text} matches only part of the range")
    if decision.allows:
        return f"the rule {nsg.label(decision.rule)} of {nsg.name} allows {traffic}"
    by_tag = (end.host or end.cidr != ALL) and any(has_service_tag(rule) for rule in decision.partly)
    if by_tag or any(may_match(rule, protocol) for rule in decision.partly):
        return f"if a rule of {nsg.name} allows {traffic}"
    way.denied_by = decision.rule if direction == INBOUND else None
    way.blocked_by = (
        f"the rule {nsg.label(decision.rule)} {of} denies {direction.lower()} {traffic} from {start.cidr} to {end.cidr}"
    )
    return ""


def virtual_network(network: Network, place: Place) -> tuple[IPv4Network, ...]:
    """Return the ranges of the tag VirtualNetwork at a place: its network, peers, on-premises networks behind its
    gateway, and user-defined routes. The tag has the on-premises ranges even in subnets without route propagation. An
    existing route table may add every range."""
    sites = network.propagated() if network.gateway and place.network in network.gateway.used_by else ()
    system = tuple(route.cidr for route in (*network.system_routes(place.network), *sites))
    return (*system, *(route.cidr for route in place.routes), *([ALL] if place.existing_table else []))
