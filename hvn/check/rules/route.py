"""HVN164 route: Azure refuses a user-defined route, or drops its traffic."""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv4Network

from hvn.check.host_addresses import HostAddresses
from hvn.diagnostics.finding import Finding, Level, Message, Path, Rule
from hvn.diagnostics.message import Field
from hvn.kinds.routes import hvn_routes
from hvn.reach.index import Index
from hvn.topology import locations
from hvn.topology.model import NewHub, Route, Spoke, Topology
from hvn.topology.ranges import hub_ranges, routes_of_file, spoke_at
from hvn.topology.spoke_peerings import peered_ranges

RULE = Rule(
    id="HVN164",
    name="route",
    reports="Two routes of a table share a name or destination, more than 25 have service tags, or Azure cannot use "
    "a next hop. Warning: a route loops, a next hop is in a shared subnet, or a peering overrides a route.",
    why="Azure refuses the route table, or drops the traffic of the route",
    fix="use an unused name and destination, and a next hop in the VNet or in the hub",
    example="""\
spokes:
  analytics:
    routes: {branch: {destination: 10.200.0.0/16, next_hop: gateway}}
""",
    see="https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview",
    needs_all_items=True,
)
MOST_TAGS = 25
TAKEN = Message("Azure refuses two routes of a route table with the same name, or with the same destination")
OUTSIDE = Message("Azure drops the traffic of a route with a next hop outside the VNet and its peered VNets")
DROPPED = Message("Azure drops the traffic of a route to an address without a machine")
ONLY_VPN = Message("Azure supports this next hop only with a VPN gateway, and only without an ExpressRoute gateway")
NO_GATEWAY = Message("Azure drops traffic to a gateway that the VNet does not use")
DECLARE = Message("declare the hub's gateway and set use_remote_gateways in the spoke, or use a different next hop")
SHARED = Message("nodes, pods and runners change addresses: Azure drops the traffic if no machine has this address")
LOOP = Message("a packet that the appliance forwards into this subnet returns to the appliance")
OWN = Message("use the address of an appliance in a dedicated subnet")
LONGER = Message("Azure prefers the longer prefixes of the peerings: the route has no effect")
TAGS = Message("Azure allows at most 25 routes with service tags in a route table")


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each repeated name or destination, each next hop that Azure cannot use, each loop, and too
    many service tags."""
    appliance = locations.gateway_appliance(topology)
    hosts = HostAddresses(topology)
    if appliance and not any(IPv4Address(appliance) in cidr for cidr in _near_hub(topology)):
        yield _outside(topology, ("hub", "gateway", "next_hop"), appliance)
    elif appliance:
        yield from _without_machine(topology, hosts, ("hub", "gateway", "next_hop"), appliance)
    for path, routes in routes_of_file(topology):
        if routes:
            yield from _taken(path, routes, _own(topology, path))
            yield from _next_hops(topology, hosts, path, routes)
            yield from _loops(topology, path, routes)
    if isinstance(topology.hub, NewHub) and topology.hub.routes:
        yield from _without_effect(topology, topology.hub.routes)


def _without_effect(topology: Topology, routes: Mapping[str, Route]) -> Iterator[Finding]:
    """Yield a warning for each route of `hub.routes` to a part of an address pool that contains only whole peered
    spokes. Other destinations can contain networks outside the file."""
    spokes = Index((cidr, (name, cidr)) for name, one in topology.spokes.items() for cidr in one.cidrs)
    for key, route in sorted(routes.items()):
        to = IPv4Network(route.destination) if route.destination[0].isdigit() else None
        if to is None or not any(to.subnet_of(pool) for pool in topology.address_pools.values()):
            continue
        inside = spokes.overlapping(to)
        if inside and all(
            cidr.prefixlen > to.prefixlen and locations.has_hub_peering(topology, topology.spokes[name])
            for name, cidr in inside
        ):
            message = Message("spoke {spoke} has the longer prefix {cidr}", spoke=inside[0][0], cidr=inside[0][1])
            fix = Message("write one route for each range of the spokes")
            yield Finding(
                rule=RULE,
                level=Level.WARNING,
                path=("hub", "routes", key, "destination"),
                message=message,
                why=LONGER,
                fix=fix,
            )


def _own(topology: Topology, path: Path) -> Mapping[str, str]:
    """Return the routes that this project adds to a table of the file, as destination by name."""
    if path[-3:-2] == ("route_tables",) or locations.firewall_ip(topology) is None:
        return {}
    spoke = spoke_at(topology, path)
    via_hub = spoke is not None and spoke.vault_route == "via-hub"
    return {
        "default": "0.0.0.0/0",
        **({route.name: route.cidr for route in hvn_routes(topology, "")} if via_hub else {}),
    }


def _taken(path: Path, routes: Mapping[str, Route], own: Mapping[str, str]) -> Iterator[Finding]:
    names = {name: name for name in own}
    destinations = {destination: name for name, destination in own.items()}
    tags = 0
    for name, route in sorted(routes.items()):
        at = (*path, name)
        other = names.setdefault(name.casefold(), name)
        if other != name or name in own:
            message = Message("the table already has a route with the name {name}", name=name)
            yield Finding(rule=RULE, path=at, at_key=True, message=message, why=TAKEN, fix=Message("rename the route"))
        text = route.destination
        tags += not text[0].isdigit()
        first = destinations.setdefault(text.casefold(), name)
        if first != name:
            yield Finding(
                rule=RULE,
                path=(*at, "destination"),
                message=Message(
                    "the route {other} also has the destination {destination}", other=first, destination=text
                ),
                why=TAKEN,
                fix=Message(
                    "remove one of the routes, or use a table of route_tables: the table has no route of this project"
                ),
            )
    if tags > MOST_TAGS:
        message = Message("{count} routes have service tags", count=tags)
        yield Finding(rule=RULE, path=path, at_key=True, message=message, why=TAGS, fix=Message("remove routes"))


def _next_hops(topology: Topology, hosts: HostAddresses, path: Path, routes: Mapping[str, Route]) -> Iterator[Finding]:
    spoke = spoke_at(topology, path)
    if spoke:
        near = [cidr for _, cidr in hub_ranges(topology)]
        near += spoke.cidrs
        near += (cidr for _, cidrs in peered_ranges(topology, str(path[1])) for cidr in cidrs)
    else:
        near = _near_hub(topology)
    peered = spoke is None or spoke.use_remote_gateways or not (spoke.existing is None or spoke.existing.hub_peering)
    for name, route in sorted(routes.items()):
        at = (*path, name, "next_hop")
        if route.next_hop[0].isdigit():
            if any(IPv4Address(route.next_hop) in cidr for cidr in near):
                yield from _without_machine(topology, hosts, at, route.next_hop)
            else:
                yield _outside(topology, at, route.next_hop)
        elif route.next_hop == "gateway" and not (peered and _has_gateway(topology)):
            missing = (
                "the spoke does not set use_remote_gateways" if _has_gateway(topology) else "the hub has no gateway"
            )
            has_hub = locations.has_hub(topology)
            yield Finding(
                rule=RULE,
                path=at,
                message=Message("{missing}", missing=missing if has_hub else "the network has no hub"),
                why=NO_GATEWAY,
                fix=DECLARE if has_hub else Message("use a different next hop"),
            )
        elif route.next_hop == "gateway" and locations.gateway_type(topology) in ("express_route", "both"):
            yield _express_route(at)


def _express_route(path: Path) -> Finding:
    message = Message("the hub has an ExpressRoute gateway")
    fix = Message("remove the route, and set bgp_route_propagation: true for the table")
    return Finding(rule=RULE, path=path, message=message, why=ONLY_VPN, fix=fix)


def _near_hub(topology: Topology) -> list[IPv4Network]:
    """Return the ranges of the hub and of its peered VNets."""
    spokes = [cidr for one in topology.spokes.values() for cidr in one.cidrs]
    remote = [cidr for one in topology.hub_peerings.values() for cidr in one.cidrs]
    return [*(cidr for _, cidr in hub_ranges(topology)), *spokes, *remote]


def _outside(topology: Topology, path: Path, address: str) -> Finding:
    message = Message("{address} is not in the VNet or in a peered VNet", address=address)
    return Finding(rule=RULE, path=path, message=message, why=OUTSIDE, fix=_appliance(topology))


def _without_machine(topology: Topology, hosts: HostAddresses, path: Path, address: str) -> Iterator[Finding]:
    """Yield a finding if no appliance can have the address of a next hop, or if other machines use its subnet."""
    hop, fix = IPv4Address(address), _appliance(topology)
    if address == locations.firewall_ip(topology):
        return
    if message := hosts.problem(hop) or hosts.outside(hop):
        yield Finding(rule=RULE, path=path, message=message, why=DROPPED, fix=fix)
    elif message := hosts.shared(hop):
        yield Finding(rule=RULE, level=Level.WARNING, path=path, message=message, why=SHARED, fix=OWN)


def _loops(topology: Topology, path: Path, routes: Mapping[str, Route]) -> Iterator[Finding]:
    """Yield a warning for each route of `routes` to an appliance in a subnet that has these routes by default. A table
    of `route_tables` is the user's choice for its subnets: an appliance may have several network interfaces."""
    subnets = {} if path[-3:-2] == ("route_tables",) else dict(_with_routes(topology, path))
    for name, route in sorted(routes.items()):
        for subnet, cidr in subnets.items() if route.next_hop[0].isdigit() else ():
            if IPv4Address(route.next_hop) in cidr:
                yield Finding(
                    rule=RULE,
                    level=Level.WARNING,
                    path=(*path, name, "next_hop"),
                    message=Message(
                        "{address} is in {subnet}, which has this route", address=route.next_hop, subnet=Field(subnet)
                    ),
                    why=LOOP,
                    fix=Message(
                        "use a table of route_tables, or route: none, for the appliance's subnet; accept the warning "
                        "if the appliance forwards this traffic through another subnet or a tunnel"
                    ),
                )


def _with_routes(topology: Topology, path: Path) -> Iterator[tuple[Path, IPv4Network]]:
    """Yield the subnets of the hub or spoke that have the routes at this path of the file."""
    owner = spoke_at(topology, path) or topology.hub
    if not isinstance(owner, NewHub | Spoke):
        return
    start: Path = ("hub",) if isinstance(owner, NewHub) else path[:2]
    for key in owner.subnets:
        if owner.subnet(key).route == "firewall":
            yield (*start, "subnets", key), owner.subnet(key).cidr


def _appliance(topology: Topology) -> Message:
    """Return the fix for the address of an appliance outside the VNet and its peered VNets."""
    if not locations.has_hub(topology):
        return Message("use the address of an appliance in the VNet")
    return Message(
        "use the address of an appliance in the hub, or write next_hop: firewall"
        if locations.firewall_ip(topology)
        else "use the address of an appliance in the hub"
    )


def _has_gateway(topology: Topology) -> bool:
    hub = topology.hub
    return hub.gateway is not None if isinstance(hub, NewHub) else locations.has_gateway(topology)
