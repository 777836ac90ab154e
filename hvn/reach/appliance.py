"""An appliance with unknown settings, and the network security group (NSG) of its subnet.

Routing does not change the addresses of a packet, so the NSG sees the addresses of source and destination:
https://learn.microsoft.com/azure/virtual-network/network-security-group-how-it-works
"""

from ipaddress import IPv4Address, IPv4Network

from hvn.reach import lookup
from hvn.reach.network import INTERNET, OUTSIDE, RUNNERS, Network, Place, UserRoute
from hvn.reach.nsg import DEFAULTS
from hvn.reach.pass_nsg import pass_nsg
from hvn.reach.select import select
from hvn.reach.traffic import Traffic
from hvn.reach.translated import may_translate
from hvn.reach.way import Way
from hvn.topology.security import INBOUND, OUTBOUND

Ends = tuple[Place, Place]


def may_forward(
    network: Network,
    address: IPv4Address | None,
    ends: Ends,
    traffic: Traffic,
    way: Way,
    asked_by_firewall: bool | None,
) -> None:
    """Record that the next hop is an appliance with unknown settings. Block a request that the NSG of its subnet
    denies. `asked_by_firewall` is None for a request: NSGs allow replies."""
    if not address:
        return
    way.by_appliance = True
    way.appliances.append(address)
    way.add_unknown(f"whether the appliance {address} forwards the traffic")
    own = subnet_of(network, address)
    if own and not own.existing_table:
        way.add_unknown(_onward(network, own, ends[1]))
    if own and asked_by_firewall is None:
        _enter(network, own, ends, traffic, way)
        leaving = Way()
        if not way.blocked_by and not pass_nsg(network, own, OUTBOUND, ends, traffic, leaving):
            reason = "whether the appliance translates addresses, or forwards through another subnet"
            way.add_unknown(f"{reason}; otherwise {leaving.blocked_by}")
    may_translate(network, address, way)


def subnet_of(network: Network, address: IPv4Address) -> Place | None:
    """Return the subnet that contains the address of an appliance, or None if no subnet of the file contains it."""
    places = (place for _, place in lookup.places(network, IPv4Network(address)))
    return next((place for place in places if place.subnet or place.name == RUNNERS), None)


def _onward(network: Network, own: Place, destination: Place) -> str:
    """Return the unknown: whether the appliance forwards by the routes of its subnet, if they lead to the firewall or
    drop the packets. If they lead only one direction to the firewall, the firewall drops the connection."""
    chosen, firewall = select(network, own, destination), network.firewall
    forwards = f"whether the appliance forwards by the routes of {own.label}, which"
    if isinstance(chosen, UserRoute) and chosen.next_hop and firewall and chosen.next_hop == firewall.address:
        return f"{forwards} lead to the firewall {firewall.address}"
    unlisted = destination.network == OUTSIDE  # The gateway may propagate a route.
    dropped = not unlisted if chosen is None else isinstance(chosen, UserRoute) and chosen.type == "None"
    return f"{forwards} drop packets to {destination.host or destination.cidr}" if dropped else ""


def _enter(network: Network, own: Place, ends: Ends, traffic: Traffic, way: Way) -> None:
    """Block a request if the NSG of the appliance's subnet denies each source in `way.senders`."""
    source, destination = ends
    ways = []
    for sender in way.senders or (source,):
        ways.append(entering := Way())
        if pass_nsg(network, own, INBOUND, (sender, destination), traffic, entering):
            break
        if entering.denied_by in DEFAULTS and _may_be_propagated(network, own, destination):
            propagated = f"whether the hub's gateway propagates a route to {destination.host or destination.cidr}"
            entering.add_unknown(f"{propagated}; otherwise {entering.blocked_by}")
            entering.blocked_by = ""
            break
    way.blocked_by = ways[-1].blocked_by
    for setting in ways[-1].unknown:
        way.add_unknown(setting)


def _may_be_propagated(network: Network, own: Place, destination: Place) -> bool:
    """Return whether the tag VirtualNetwork may contain a destination that is not in the file: the tag has the routes
    of the gateway."""
    used = network.gateway is not None and own.network in network.gateway.used_by
    return used and destination.network in (INTERNET, OUTSIDE)
