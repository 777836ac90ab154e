"""HVN457 internet-route: a route leads a subnet without a public address directly to the internet."""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.reach.network import RUNNERS, Place
from hvn.reach.nsg import admits_outside
from hvn.reach.ranges import is_public
from hvn.topology import nat
from hvn.topology.cluster_subnets import users
from hvn.topology.model import Route, Topology
from hvn.topology.ranges import routes_of_file

RULE = Rule(
    id="HVN457",
    name="internet-route",
    level=Level.WARNING,
    reports="A route with next_hop: internet is in a subnet without a NAT gateway.",
    why="Azure drops this traffic, also to Azure services, unless a host has its own public address",
    fix="write nat_gateway: true in the subnet, or remove the route",
    example="""\
spokes:
  payments:
    routes: {login: {destination: AzureActiveDirectory, next_hop: internet}}
""",
    see="https://learn.microsoft.com/azure/virtual-network/ip-services/default-outbound-access",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each route to the internet in a table of subnets without an outbound address."""
    tables = [(path, routes) for path, routes in routes_of_file(topology) if _to_internet(routes)]
    if not tables:
        return
    # Few files have such routes, and these imports slow the start down.
    from hvn.check.table_users import table_users
    from hvn.reach.build import built

    by_table = table_users(topology, built(topology))
    for path, routes in tables:
        places = [place for place in by_table.get(path, ()) if _lacks_address(topology, place)]
        for name in _to_internet(routes):
            destination = routes[name].destination
            if cut := [place.label for place in places if not _has_endpoint(place, destination)]:
                yield Finding(
                    rule=RULE,
                    path=(*path, name),
                    at_key=True,
                    message=Message(
                        "{subnets} has no public address for traffic to {range}"
                        if len(cut) == 1
                        else "{subnets} have no public address for traffic to {range}",
                        subnets=cut,
                        range=destination,
                    ),
                )


def _to_internet(routes: Mapping[str, Route]) -> list[str]:
    """Return the names of the routes that lead public addresses or a service tag directly to the internet."""
    return [
        name
        for name, route in sorted(routes.items())
        if route.next_hop == "internet"
        and (not route.destination[0].isdigit() or is_public(IPv4Network(route.destination)))
    ]


def _lacks_address(topology: Topology, place: Place) -> bool:
    """Return whether hosts of a subnet have no public address. Hosts that the NSG opens to the internet, such as an
    application gateway, probably have an address of their own."""
    from hvn.check.cluster_routes import lacks_exit

    if place.egress or place.exposure or place.unknown or not (place.subnet or place.name == RUNNERS):
        return False
    if place.name == RUNNERS and nat.runners_lack_egress(topology):
        return False  # HVN436 reports the runners.
    if owners := users(topology, place.network, place.subnet) if place.in_spoke else ():
        # HVN429 and HVN515 report nodes without an exit. The egress of an existing cluster is unknown.
        return all(one.new_cluster for one in owners) and not lacks_exit(place)
    return not (place.nsg and place.nsg.rules and admits_outside(place.nsg.rules))


def _has_endpoint(place: Place, destination: str) -> bool:
    """Return whether a service endpoint of the subnet may have routes to the addresses of a service tag."""
    service = destination.partition(".")[0].removeprefix("Azure")
    return any(service and service in endpoint for endpoint in place.service_endpoints)
