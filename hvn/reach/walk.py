"""The route of one packet, hop by hop.

hvn/graph/assets/reach.js repeats this module, reply.py and the modules that both import, for the page of `hvn graph`:
change both.
"""

from ipaddress import IPv4Network

from hvn.reach import lookup
from hvn.reach.appliance import may_forward
from hvn.reach.firewall import ask
from hvn.reach.internet import from_outside, leave, lift_block, routes_to_services
from hvn.reach.listens import answers, closed
from hvn.reach.network import (
    HUB,
    HVNS,
    INTERNET,
    ON_PREMISES,
    OUTSIDE,
    PLATFORM,
    Gateway,
    Network,
    Place,
    SystemRoute,
    UserRoute,
    is_remote,
    longest,
)
from hvn.reach.no_route import no_gateway, no_route, unannounced, unlisted
from hvn.reach.pass_nsg import NO_NSG, pass_nsg
from hvn.reach.platform import from_platform, to_platform
from hvn.reach.ranges import ALL, is_public
from hvn.reach.route_server import reroute
from hvn.reach.select import has_transit, learns, may_have_route, replies_directly, select, transit_unknown
from hvn.reach.traffic import Traffic
from hvn.reach.translated import admits_translated
from hvn.reach.way import Way
from hvn.topology.security import INBOUND, OUTBOUND

ASYMMETRIC = "asymmetric"


def walk(
    network: Network, source: Place, destination: Place, traffic: Traffic, *, asked_by_firewall: bool | None = None
) -> Way:
    """Return the route of a request, or of its reply if `asked_by_firewall` is not None. For a reply,
    `asked_by_firewall` is true if the request went through the firewall."""
    way = Way(blocked_by=source.absent or destination.absent)
    if way.blocked_by:
        return way
    if destination.network == PLATFORM:
        to_platform(network, source, destination, traffic, way)
        return way
    if source.network == PLATFORM:
        from_platform(source, destination, traffic, way)
        if not way.blocked_by:
            arrive(network, source, destination, traffic, way, answer=False)
        return way
    if source.network in (INTERNET, OUTSIDE):
        from_outside(network, source, destination, traffic, way, walk)
        return way
    way.add_unknown(source.unknown)
    answer = asked_by_firewall is not None
    if not answer and not pass_nsg(network, source, OUTBOUND, (source, destination), traffic, way):
        if source.in_azure and select(network, source, destination) is None:
            # Without a route the tag VirtualNetwork lacks the destination, so that the NSG denies the request too.
            way.blocked_by = ""
            no_route(network, source, destination, way)
            lift_block(network, source, destination, way)
            reroute(network, source, destination, way)
        return way
    if source.network == ON_PREMISES:
        _from_gateway(network, source, destination, traffic, way, asked_by_firewall)
    elif is_remote(source.network):
        _from_remote(network, source, destination, traffic, way, asked_by_firewall)
    elif source.network in HVNS:
        _from_hvn(network, source, destination, traffic, way, asked_by_firewall)
    else:
        _from_azure(network, source, destination, traffic, way, asked_by_firewall)
    lift_block(network, source, destination, way)
    reroute(network, source, destination, way)
    if not way.blocked_by:
        arrive(network, source, destination, traffic, way, answer=answer)
    return way


def _from_azure(
    network: Network, source: Place, destination: Place, traffic: Traffic, way: Way, asked_by_firewall: bool | None
) -> None:
    at = f"{source.label} {source.cidr}"
    gateway = network.gateway if network.gateway and source.network in network.gateway.used_by else None
    to_internet = destination.network == INTERNET
    for part in source.routes:
        narrower = part.cidr.prefixlen > destination.cidr.prefixlen and part.cidr.subnet_of(destination.cidr)
        if narrower and (is_public(part.cidr) or not to_internet):
            way.add_unknown(f"the route {part.cidr} of {source.label} covers only part of {destination.cidr}")
    unknown_routes = tuple(routes_to_services(source, destination)) if to_internet else ()
    for route in unknown_routes:
        way.add_unknown(f"whether {route} of {source.label} contains {destination.host or destination.cidr}")
    chosen = select(network, source, destination)
    if unknown_routes and (destination.host or destination.cidr != ALL):
        way.hop(at, "by the route table, or by a route with unknown addresses")
        way.by_appliance = True
    elif chosen is None and may_have_route(network, source, destination):
        way.hop(at, "by the existing route table, if a route leads there")
        way.by_appliance = True
    elif chosen is None:
        no_route(network, source, destination, way)
    elif isinstance(chosen, SystemRoute):
        if to_internet and learns(network, source):
            way.add_unknown("whether the hub's gateway propagates a default route")
        way.by_appliance = source.existing_table  # A route of this table may precede the system route.
        _system_hop(network, source, chosen, at, traffic, way)
    elif network.firewall and chosen.next_hop == network.firewall.address:
        way.hop(at, f"{chosen.cidr} by the route table, to the firewall {chosen.next_hop}")
        if source.network != HUB:
            _enter(network, source, source.network, HUB, way)
        if not way.blocked_by:
            through_firewall(network, source, destination, traffic, way, asked_by_firewall)
    else:
        _user_hop(network, source, destination, chosen, at, traffic, way, asked_by_firewall, gateway=gateway)


def _user_hop(
    network: Network,
    source: Place,
    destination: Place,
    route: UserRoute,
    at: str,
    traffic: Traffic,
    way: Way,
    asked_by_firewall: bool | None,
    *,
    gateway: Gateway | None,
) -> None:
    """Add the hop of a user-defined route to a next hop other than the firewall."""
    if route.type == INTERNET and destination.network == INTERNET:
        leave(source, at, f"{route.cidr} by the route table", traffic, way)
        return
    way.hop(at, f"{route.cidr} by the route table, to {route.next_hop or route.type}")
    if route.next_hop:
        may_forward(network, route.next_hop, (source, destination), traffic, way, asked_by_firewall)
    elif route.type == "VirtualNetworkGateway" and gateway:
        if not gateway.type:
            way.add_unknown("whether the hub's gateway is a VPN gateway: Azure routes to no other gateway")
        if destination.network != ON_PREMISES:
            way.add_unknown(f"whether the hub's gateway forwards traffic to {destination.name}")
    elif route.type != "VnetLocal" or destination.network != source.network:
        way.blocked_by = f"the route {route.cidr} of {source.label} to {route.type} does not lead to {destination.name}"


def _from_gateway(
    network: Network, source: Place, destination: Place, traffic: Traffic, way: Way, asked_by_firewall: bool | None
) -> None:
    """Add the hops of a packet from an on-premises network. The routes of GatewaySubnet lead to the firewall or
    directly to the destination. If they are unknown, a request takes the route of its reply."""
    if destination.network in (INTERNET, OUTSIDE, ON_PREMISES):
        way.hop(f"{source.name} {source.cidr}", "by the routes of the on-premises network")
        if destination.network == ON_PREMISES:
            way.add_unknown(f"whether the routers outside Azure connect {source.cidr} and {destination.cidr}")
        return
    if network.gateway is None:
        way.blocked_by = f"{source.name} is not connected: {no_gateway(network)}"
        return
    if destination.network not in network.gateway.announced:
        way.add_unknown(unannounced(network.gateway, source, destination))
    way.add_unknown(transit_unknown(network, destination))
    if network.gateway.routes is None:
        way.hop(source.name, "to the hub, outside this topology")
        way.add_unknown("how on-premises networks reach the hub, and their routes in the hub")
        direct = asked_by_firewall is False or (
            asked_by_firewall is None and replies_directly(network, source, destination)
        )
        if network.firewall and not direct:
            through_firewall(network, source, destination, traffic, way, asked_by_firewall)
        return
    way.hop(f"{source.name} {source.cidr}", "to the hub's gateway")
    to = destination.cidr
    routes = lookup.gateway_routes(network, network.gateway.routes, to)
    chosen = longest([*lookup.system_routes(network, HUB, to), *routes], to)
    if chosen is None:
        way.blocked_by = f"no route of the gateway leads to {destination.cidr}"
    elif isinstance(chosen, SystemRoute):
        _system_hop(network, source, chosen, "gateway", traffic, way, of=HUB)
    elif network.firewall and chosen.next_hop == network.firewall.address:
        way.hop("gateway", f"the route table of GatewaySubnet sends {chosen.cidr} to the firewall {chosen.next_hop}")
        through_firewall(network, source, destination, traffic, way, asked_by_firewall)
    else:
        way.hop("gateway", f"the route table of GatewaySubnet sends {chosen.cidr} to {chosen.next_hop}")
        may_forward(network, chosen.next_hop, (source, destination), traffic, way, asked_by_firewall)


def _from_remote(
    network: Network, source: Place, destination: Place, traffic: Traffic, way: Way, asked_by_firewall: bool | None
) -> None:
    """Add the hops of a packet from a remote VNet. Its routes may lead to a peered spoke, or through the hub's firewall
    to the hub."""
    if destination.network in (source.network, INTERNET, OUTSIDE):
        way.hop(f"{source.name} {source.cidr}", "by the routes of the remote VNet")
        return
    if destination.network in HVNS:
        way.blocked_by = f"the {destination.network} has no route to {source.cidr}"
        return
    in_hub = (source.network, HUB) in network.halves
    if destination.network == ON_PREMISES and has_transit(network, source):
        way.hop(f"{source.name} {source.cidr}", "by the hub's gateway (BGP), unless the remote VNet has other routes")
        way.by_appliance = True  # A route of the remote VNet may lead through the hub's firewall.
        _enter(network, source, source.network, HUB, way)
        way.add_unknown(transit_unknown(network, source))
        return
    if destination.network != HUB and (source.network, destination.network) in network.halves:
        way.hop(f"{source.name} {source.cidr}", f"by the peering with {destination.network}")
        way.by_appliance = in_hub  # A route of the remote VNet may lead through the hub's firewall.
        _enter(network, source, source.network, destination.network, way)
        return
    if not in_hub:
        way.blocked_by = f"{source.name} is not peered with {destination.name}, and a peering is not transitive"
        return
    way.hop(f"{source.name} {source.cidr}", "over the peering with the hub, if a route leads there")
    _enter(network, source, source.network, HUB, way)
    if way.blocked_by:
        return
    if destination.network == HUB:
        way.by_appliance = True
    elif network.firewall is None:
        way.blocked_by = f"{destination.name} is not in the hub, and a peering is not transitive"
    elif asked_by_firewall is not False:
        through_firewall(network, source, destination, traffic, way, asked_by_firewall)


def _from_hvn(
    network: Network, source: Place, destination: Place, traffic: Traffic, way: Way, asked_by_firewall: bool | None
) -> None:
    fit = lookup.hvn_routes(network, source.network, destination.cidr)
    if not fit and destination.network == INTERNET:
        way.hop(source.network, "by the routes of HCP")
        way.add_unknown("whether HCP routes connections of Vault to the internet")
        return
    if not fit:
        way.blocked_by = f"the {source.network} has no route to {destination.cidr}"
        if destination.in_spoke:
            needs = "vault_route: direct, or via-hub with a range in a transit pool"
            way.blocked_by += f": {destination.network} needs {needs}"
        return
    route = max(fit, key=lambda route: route.cidr.prefixlen)
    if route.next_hop:
        to = f"to the firewall {route.next_hop} in the {route.network}"
        way.hop(source.network, f"{route.cidr} by an HVN route, {to}")
        through_firewall(network, source, destination, traffic, way, asked_by_firewall)
    else:
        way.hop(source.network, f"{route.cidr} by an HVN route, over the peering with {route.network}")
        if not _lies_in(destination, network, route.network):
            way.blocked_by = f"{route.network} does not contain {destination.cidr}, and a peering is not transitive"


def through_firewall(
    network: Network, source: Place, destination: Place, traffic: Traffic, way: Way, asked_by_firewall: bool | None
) -> None:
    """Add the hops of a packet that arrives at the firewall."""
    if network.firewall is None:
        raise AssertionError("a route leads to a firewall, but the hub has no firewall")
    if destination.cidr in (IPv4Network(network.firewall.address), network.firewall.subnet):
        return  # The firewall is the destination, so it applies no rules and forwards nothing.
    way.by_firewall = True
    at = f"firewall {network.firewall.address}"
    if asked_by_firewall is None:
        ask(network, network.firewall, source, destination, traffic, way)
    elif asked_by_firewall:
        way.hop(at, "allows the reply if it allowed the request")
    else:
        way.blocked_by = f"{ASYMMETRIC}: the firewall drops the reply because it did not see the request"
    if way.blocked_by:
        return
    if destination.network == INTERNET:
        way.add_unknown(network.tunneling_unknown)
        way.hop(at, "to the internet" + (f" through {network.firewall.egress}" if network.firewall.egress else ""))
        return
    system = lookup.system_routes(network, HUB, destination.cidr)
    chosen = longest([*system, *network.propagated(), *network.firewall.routes], destination.cidr)
    if isinstance(chosen, UserRoute) and chosen.next_hop:
        way.hop(at, f"the route table of AzureFirewallSubnet sends {chosen.cidr} to {chosen.next_hop}")
        may_forward(network, chosen.next_hop, (source, destination), traffic, way, asked_by_firewall)
        if not way.blocked_by:
            _enter(network, source, HUB, destination.network, way)
        return
    if not isinstance(chosen, SystemRoute):
        if destination.network == OUTSIDE and network.gateway:
            way.add_unknown(unlisted(destination))
            return
        if destination.network == ON_PREMISES:
            way.blocked_by = f"the hub has no gateway, so the firewall routes {destination.cidr} to the internet"
            return
        way.blocked_by = f"the hub is not peered with a network that contains {destination.cidr}"
        return
    _system_hop(network, source, chosen, at, traffic, way, of=HUB)


def _system_hop(
    network: Network, source: Place, chosen: SystemRoute, at: str, traffic: Traffic, way: Way, of: str = ""
) -> None:
    here = of or source.network
    if chosen.network == INTERNET:
        leave(source, at, f"{chosen.cidr} by the system route", traffic, way)
        return
    if chosen.network == here:
        way.hop(at, f"{chosen.cidr} within the network")
        return
    if chosen.network == ON_PREMISES:
        way.hop(at, f"{chosen.cidr} by the hub's gateway (BGP)")
        return
    way.hop(at, f"{chosen.cidr} by the peering with {chosen.network} (system route)")
    _enter(network, source, here, chosen.network, way)


def _enter(network: Network, source: Place, here: str, there: str, way: Way) -> None:
    """Cross a peering. If the packet comes from another network, the remote half must allow forwarded traffic."""
    half = network.halves.get((there, here))
    if half is None:
        way.blocked_by = f"{here} is not peered with {there}"
    else:
        way.add_unknown(half.unknown)
        if not half.forwarded and not _lies_in(source, network, here):
            way.blocked_by = f"{there}'s half of the peering with {here} does not allow forwarded traffic"


def arrive(network: Network, source: Place, destination: Place, traffic: Traffic, way: Way, *, answer: bool) -> None:
    """Add the last hop. The destination's NSG filters requests only. The NSG sees one of the sources in `senders`."""
    at = f"{destination.label} {destination.cidr}"
    way.add_unknown(destination.unknown)
    if answer:
        way.hop(at, "arrives")
        return
    for sender in way.senders or (source,):
        way.blocked_by, way.denied_by = "", None
        if rule := pass_nsg(network, destination, INBOUND, (sender, destination), traffic, way):
            way.blocked_by = closed(destination, traffic)
            if not way.blocked_by:
                way.add_unknown(answers(destination, traffic))
                way.hop(at, "arrives" + (f", {rule}" if rule != NO_NSG else ""))
            return
    if admits_translated(network, destination, traffic, way):
        way.add_unknown(f"whether an appliance translates the source (SNAT); otherwise {way.blocked_by}")
        way.blocked_by, way.denied_by = closed(destination, traffic), None
        if not way.blocked_by:
            way.add_unknown(answers(destination, traffic))
            way.hop(at, "arrives, if an appliance translates the source")


def _lies_in(place: Place, network: Network, name: str) -> bool:
    return any(place.cidr.subnet_of(cidr) for cidr in network.ranges[name])
