"""Traffic with on-premises networks that passes an appliance, other than the firewall, in only one direction."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network

from hvn.diagnostics.message import Field, Message
from hvn.reach.network import HUB, Network, Place, SystemRoute, UserRoute
from hvn.reach.select import select
from hvn.topology import locations
from hvn.topology.model import NewHub, Topology

NEXT_HOP = Field(("hub", "gateway", "next_hop"))
STATEFUL = Message("a stateful appliance drops a connection if it sees only one direction")
SAME = Message("use one next hop for all on-premises networks, or remove the route")
FIREWALL = Message("the firewall is stateful: it drops a connection if it sees only one direction")
FORWARD = Message(
    "use a table of route_tables without routes to the firewall, or route: none, for the appliance's subnet; accept "
    "the warning if the appliance forwards through another subnet"
)
Texts = tuple[Message, Message, Message]
"""The message, the reason and the fix of a finding."""


class Appliances:
    """The appliances between the on-premises networks and the subnets of the network."""

    def __init__(self, topology: Topology, network: Network) -> None:
        self._topology, self._network = topology, network
        gateway = network.gateway
        self._announced = gateway.announced if gateway and gateway.routes is not None else frozenset[str]()
        self._routes = {route.cidr: route for route in (gateway.routes or () if gateway else ())}
        self._sites = [place for site in topology.on_premises for place in network.places[f"on_premises.{site}"]]

    def one_way(self, start: Place, to: IPv4Network) -> Iterator[Texts]:
        """Yield a finding for each on-premises network, if a subnet's route to the range `to` leads to an appliance,
        and the packets from the network bypass the appliance."""
        for end in self._sites if start.network in self._announced else ():
            chosen = select(self._network, start, end.part(to))
            hop = self._appliance(chosen)
            if hop and chosen and chosen.cidr == to and hop not in start.cidr and not self._entering(start):
                ends = {"start": start.label, "end": end.label, "hop": str(hop)}
                message = Message(
                    "{hop} sees the packets from {start} to {end}, but not the opposite direction", **ends
                )
                new = isinstance(self._topology.hub, NewHub)
                fix = Message("set {field}: {hop}", field=NEXT_HOP, hop=hop)
                yield message, STATEFUL, fix if new and not locations.gateway_appliance(self._topology) else SAME

    def bypasses(self) -> Iterator[Texts]:
        """Yield a finding for each subnet and on-premises network, if only packets to the subnet pass the appliance in
        `hub.gateway.next_hop`."""
        places = self._network.places.values() if locations.gateway_appliance(self._topology) else ()
        for start in (one for group in places for one in group if one.network in self._announced):
            hop = self._entering(start)
            for end in self._sites if hop else ():
                if hop and not self._appliance(select(self._network, start, end)):
                    ends = {"start": start.label, "end": end.label, "hop": str(hop)}
                    message = Message(
                        "{hop} sees packets from {end} to {start}, but not the opposite direction", **ends
                    )
                    fix = Message("add a route to {end} with the next hop {hop} to the table of {start}", **ends)
                    yield message, STATEFUL, fix

    def forwarded(self) -> Iterator[Texts]:
        """Yield a finding for each subnet and on-premises network, if the appliance in `hub.gateway.next_hop` forwards
        only one direction to the firewall: packets of the appliance follow the routes of its subnet."""
        own = next(
            (place for group in self._network.places.values() for place in group if self._hosts_appliance(place)), None
        )
        ends = [(end, self._to_firewall(select(self._network, own, end))) for end in self._sites if own]
        places = self._network.places.values() if own and ends else ()
        for start in (one for group in places for one in group if one.network in self._announced and one != own):
            hop = self._entering(start) if own else None
            if own and hop and hop in own.cidr:
                to_start = self._to_firewall(select(self._network, own, start))
                for end in (end for end, to_end in ends if to_end != to_start):
                    labels = {"start": start.label, "end": end.label, "own": own.label}
                    message = Message(
                        "the routes of {own}, the subnet of the appliance, lead only one direction of the connections "
                        "between {end} and {start} to the firewall",
                        **labels,
                    )
                    yield message, FIREWALL, FORWARD

    def _hosts_appliance(self, place: Place) -> bool:
        """Return whether a subnet with known routes contains the appliance in `hub.gateway.next_hop`."""
        hop = locations.gateway_appliance(self._topology)
        known = place.network == HUB and place.subnet and not place.existing_table
        return bool(hop and known) and IPv4Address(hop) in place.cidr

    def _to_firewall(self, route: SystemRoute | UserRoute | None) -> bool:
        firewall = self._network.firewall
        return bool(firewall and isinstance(route, UserRoute) and route.next_hop == firewall.address)

    def _appliance(self, route: SystemRoute | UserRoute | None) -> IPv4Address | None:
        """Return the address of the appliance, other than the firewall, that is the next hop of a route."""
        firewall = self._network.firewall
        hop = route.next_hop if isinstance(route, UserRoute) else None
        return None if firewall and hop == firewall.address else hop

    def _entering(self, start: Place) -> IPv4Address | None:
        """Return the appliance that is the gateway's next hop to a subnet. The search by prefix is fast for a gateway
        with many routes."""
        for length in range(start.cidr.prefixlen, -1, -1):
            cidr = start.cidr.supernet(new_prefix=length)
            if cidr in self._routes:
                return self._appliance(self._routes[cidr])
            if cidr in self._network.ranges[start.network]:
                return None
        return None
