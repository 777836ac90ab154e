"""The route of the reply to a request."""

from hvn.reach.network import INTERNET, OUTSIDE, PLATFORM, Network, Place
from hvn.reach.traffic import Traffic
from hvn.reach.walk import arrive, through_firewall, walk
from hvn.reach.way import Way


def reply(network: Network, source: Place, destination: Place, traffic: Traffic, request: Way) -> Way:
    """Return the route of the reply to a request that arrived. A reply from the internet takes the route of the
    request, because the firewall, the NAT gateway and the appliance translate addresses."""
    tracked = request.by_firewall or request.by_appliance
    if not {source.network, destination.network} & {INTERNET, OUTSIDE, PLATFORM}:
        return _to_senders(network, source, destination, traffic, request, tracked)
    way = Way(by_appliance=request.by_appliance)
    if request.by_firewall:
        through_firewall(network, source, destination, traffic, way, True)
    else:
        way.hop(f"{source.label} {source.cidr}", "back along the route of the request")
    if PLATFORM in (source.network, destination.network):
        way.hop(f"{destination.label} {destination.cidr}", "arrives")
    elif not way.blocked_by:
        arrive(network, source, destination, traffic, way, answer=True)
    return way


def _to_senders(
    network: Network, source: Place, destination: Place, traffic: Traffic, request: Way, tracked: bool
) -> Way:
    """Return the first route that arrives at a sender of the request. The firewall forwards a reply to its own address
    to the source of the request, which is the destination of the reply."""
    for sender in request.senders or (destination,):
        way = walk(network, source, sender, traffic, asked_by_firewall=tracked)
        if sender != destination and not way.blocked_by:
            through_firewall(network, source, destination, traffic, way, True)
            if not way.blocked_by:
                arrive(network, source, destination, traffic, way, answer=True)
        if not way.blocked_by:
            break
    return way
