"""The route of the reply to a request."""

from hvn.reach import lookup
from hvn.reach.network import INTERNET, ON_PREMISES, OUTSIDE, PLATFORM, Network, Place, UserRoute
from hvn.reach.select import select
from hvn.reach.traffic import Traffic
from hvn.reach.walk import arrive, through_firewall, walk
from hvn.reach.way import Way


def reply(network: Network, source: Place, destination: Place, traffic: Traffic, request: Way) -> Way:
    """Return the route of the reply to a request that arrived. A reply from the internet takes the route of the
    request, because the firewall, the NAT gateway and the appliance translate addresses. A reply from a public address
    follows the routes of its subnet."""
    tracked = request.by_firewall or request.by_appliance
    if not {source.network, destination.network} & {INTERNET, OUTSIDE, PLATFORM}:
        way = _to_senders(network, source, destination, traffic, request, tracked)
        _one_direction(network, request, way)
        return way
    way = Way(by_appliance=request.by_appliance)
    if request.by_firewall:
        through_firewall(network, source, destination, traffic, way, True)
    else:
        _to_internet(network, source, destination, request, way)
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


def _to_internet(network: Network, source: Place, destination: Place, request: Way, way: Way) -> None:
    """Add the hop of a reply that does not pass the firewall. The firewall drops the reply of a public address if the
    routes of the subnet lead there. A service of Azure (`exposure`) may reply outside its subnet."""
    at = f"{source.label} {source.cidr}"
    routed = request.by_public_address and source.routes and not source.exposure
    chosen = select(network, source, destination) if routed else None
    if not isinstance(chosen, UserRoute) or chosen.type == INTERNET:
        way.hop(at, "back along the route of the request")
        return
    hop = chosen.next_hop or chosen.type
    way.hop(at, f"{chosen.cidr} by the route table, to {hop}")
    reason = ", and a stateful firewall drops replies without their request" if chosen.next_hop else ""
    way.add_unknown(f"whether the replies arrive: the route {chosen.cidr} of {source.label} leads to {hop}{reason}")


def _one_direction(network: Network, request: Way, way: Way) -> None:
    """Report that the firewall may see only one direction, and that each direction passes a different appliance."""
    if network.firewall and request.by_firewall != way.by_firewall and (request.by_appliance or way.by_appliance):
        firewall = f"the firewall {network.firewall.address}"
        way.add_unknown(f"whether {firewall} sees both directions: it drops a connection if it sees only one")
    if request.appliances and way.appliances and not {*request.appliances} & {*way.appliances}:
        one, other = request.appliances[-1], way.appliances[0]
        snat = f"whether the appliance {one} translates the source (SNAT)"
        way.add_unknown(f"{snat}; otherwise the reply passes {other}, which drops it if stateful")


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
