"""The route of the reply to a request."""

from hvn.reach import lookup
from hvn.reach.network import INTERNET, ON_PREMISES, OUTSIDE, PLATFORM, Network, Place
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
    if way.blocked_by and request.by_appliance and _may_return(network, source, destination, traffic, request):
        way.add_unknown(f"whether an appliance translates the source (SNAT); otherwise {way.blocked_by}")
        way.blocked_by = ""
    return way


def _may_return(network: Network, source: Place, destination: Place, traffic: Traffic, request: Way) -> bool:
    """Return whether the reply may arrive at an appliance of the request, if the appliance translated the source. An
    appliance may have a tunnel to an on-premises network."""
    if source.network == ON_PREMISES:
        return True
    near = (route.cidr for route in network.system_routes(destination.network))
    for cidr in request.translated or near:
        for owner in lookup.owners(network, cidr)[:1]:
            appliance = Place(name=owner, network=owner, cidr=cidr)
            if not walk(network, source, appliance, traffic, asked_by_firewall=True).blocked_by:
                return True
    return False
