"""Connections to the internet without the firewall, and connections from the internet."""

from collections.abc import Iterator

from hvn.reach.dnat import Walk, enter, forward
from hvn.reach.network import HUB, HVNS, INTERNET, OUTSIDE, Network, Place
from hvn.reach.nsg import admits_outside, opens_to
from hvn.reach.pass_nsg import pass_nsg
from hvn.reach.ranges import ALL
from hvn.reach.traffic import Protocol, Traffic
from hvn.reach.way import Way
from hvn.topology.hosts import ENDPOINT_DOMAINS
from hvn.topology.security import INBOUND

API_SERVER = Traffic(443)
APP_GATEWAYS = "Microsoft.Network/applicationGateways"


def leave(source: Place, at: str, route: str, traffic: Traffic, way: Way) -> None:
    """Add the hop to the internet. New subnets have no default outbound access (stacks/subnets.py), so they need a NAT
    gateway or a public address. NAT gateways and load balancers do not translate ICMP:
    https://learn.microsoft.com/azure/nat-gateway/nat-overview. Hosts that the NSG opens to the internet may have a
    public address."""
    opened = source.nsg and source.nsg.rules and admits_outside(source.nsg.rules)
    if source.egress and traffic.protocol is Protocol.ICMP:
        way.blocked_by = f"{source.egress} translates only TCP and UDP"
    elif source.egress or source.unknown or source.exposure or opened:
        known = source.egress or (source.unknown and not source.exposure)
        way.add_unknown("" if known else source.exposure or f"whether {source.label} has a public address")
        way.hop(at, f"{route}, to the internet" + (f" through {source.egress}" if source.egress else ""))
    else:
        way.blocked_by = f"{source.label} has no NAT gateway, and Azure gives new subnets no default outbound access"


def routes_to_services(source: Place, destination: Place) -> Iterator[str]:
    """Yield the routes to service tags and service endpoints that may contain a destination on the internet. The
    addresses of tags and endpoints are unknown."""
    yield from (f"the route {tag}" for tag in source.tag_routes)
    for service in source.service_endpoints:
        if not destination.host or destination.host.endswith(ENDPOINT_DOMAINS.get(service, ())):
            yield f"the service endpoint {service}"


def from_outside(network: Network, source: Place, destination: Place, traffic: Traffic, way: Way, walk: Walk) -> None:
    """Walk a request from the internet, or from private addresses that no range of the file contains. `walk` follows
    connections that the firewall forwards."""
    at, denied = f"{source.label} {source.cidr}", _denied(network, source, destination, traffic)
    if source.network == OUTSIDE:
        if network.gateway:
            way.add_unknown(f"whether the hub's gateway connects {source.cidr}, which no range of the file contains")
        elif destination.network in network.unlisted or not (destination.in_azure or destination.network in HVNS):
            way.add_unknown(f"whether {destination.name} is connected with {source.cidr}, outside this topology")
        else:
            way.blocked_by = f"no range of the file contains {source.cidr}"
    elif destination.label == HUB and network.firewall and network.firewall.rules is not None:
        enter(network, source, traffic, way, walk)
    elif rules := network.forwarding(source, destination, traffic):
        forward(network, rules, source, destination, traffic, way, walk)
    elif destination.public is not None and traffic == API_SERVER:
        if any(map(source.cidr.subnet_of, destination.public)):
            way.hop(at, f"to the public address of the API server of {destination.name}")
        else:
            ranges = ", ".join(map(str, destination.public))
            way.blocked_by = f"the API server of {destination.name} is open only to {ranges}"
    elif not denied and (_may_be_public(destination) or _is_opened(source, destination, traffic)):
        way.hop(at, "to a public address, if one exists")
        way.by_public_address = True
        way.add_unknown(destination.exposure or f"whether {destination.label} has a public address")
    elif network.firewall and network.firewall.rules is None and destination.network not in HVNS:
        way.add_unknown("the DNAT rules of the hub's existing firewall")
    else:
        way.blocked_by = denied or f"{destination.label} has no public address"


def _may_be_public(destination: Place) -> bool:
    """Return whether an existing place, or the Azure service in a subnet, may have a public address."""
    new = destination.nsg is not None and destination.nsg.rules is not None
    return bool(destination.exposure or (destination.unknown and not new))


def _denied(network: Network, source: Place, destination: Place, traffic: Traffic) -> str:
    """Return how the NSG of application gateways denies connections; otherwise an empty text. The NSG of a subnet may
    not filter the public addresses of other services. The destination of a rule can be a gateway's public address:
    https://learn.microsoft.com/azure/application-gateway/configuration-infrastructure#network-security-groups"""
    nsg, way = destination.nsg, Way()
    if APP_GATEWAYS not in destination.exposure or nsg is None or nsg.rules is None:
        return ""
    pass_nsg(network, destination, INBOUND, (source, destination), traffic, way)
    return "" if opens_to(nsg.rules, source.cidr, ALL, traffic.port, traffic.in_nsg) else way.blocked_by


def _is_opened(source: Place, destination: Place, traffic: Traffic) -> bool:
    """Return whether the destination's NSG has rules for a public address, such as the address of an application
    gateway, which is managed outside this project."""
    nsg = destination.nsg
    return bool(nsg and nsg.rules and opens_to(nsg.rules, source.cidr, destination.cidr, traffic.port, traffic.in_nsg))


def lift_block(network: Network, source: Place, destination: Place, way: Way) -> None:
    """Report a blocked connection to addresses outside the file as unknown if an existing VNet may have other routes.
    Its subnets outside the file may use other route tables, and the VNet may have other peerings and a gateway."""
    outside = destination.network == OUTSIDE or (destination.network == INTERNET and source.unknown)
    if way.blocked_by and outside and source.network in network.unlisted:
        to = destination.host or ("the internet" if destination.cidr == ALL else destination.cidr)
        way.add_unknown(f"whether {source.network} has other routes to {to}; otherwise {way.blocked_by}")
        way.blocked_by = ""
