"""HVN413 dns-blocked: the firewall drops the DNS queries of a VNet because no rule allows them."""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv4Network
from itertools import count
from typing import NamedTuple

from hvn.check.firewall_rules import Net, Zone, Zones
from hvn.diagnostics.finding import Finding, Level, Message, Path, Rule
from hvn.diagnostics.message import Field, Text
from hvn.topology import dns, firewall, locations
from hvn.topology.addresses import is_private
from hvn.topology.cluster_subnets import first_subnet
from hvn.topology.firewall_rule import NetworkRule
from hvn.topology.model import FirewallRule, NewHub, Topology

RULE = Rule(
    id="HVN413",
    name="dns-blocked",
    level=Level.WARNING,
    reports="No firewall rule allows a VNet's DNS queries to its server over UDP and TCP, or no route leads to the "
    "server.",
    why="the firewall drops the queries: machines wait for a timeout, then query the next server, or cannot resolve "
    "names",
    fix="add a firewall rule with tcp/53 and udp/53 from the VNet to the server, or use the firewall's address",
    example="""\
spokes:
  analytics: {dns_servers: [10.64.255.10]}
""",
    see="docs/how-to/on-premises-and-dns.md",
    needs_all_items=True,
)
NO_ROUTE = Message("VNet peering is not transitive, and without a firewall nothing forwards the queries")
PROTOCOLS = ("TCP", "UDP")


class _Client(NamedTuple):
    """A VNet that queries DNS servers. `places` contains the VNet's ranges by the paths that a firewall rule can
    name."""

    owner: Path
    zone: Zone
    servers: tuple[IPv4Address, ...]
    places: Mapping[str, IPv4Network]
    rules: Mapping[str, FirewallRule]


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each VNet with queries that the firewall drops, or that have no route without a firewall.

    The check ignores the firewall of an existing hub, because the file does not have all its rules.
    """
    if locations.firewall_ip(topology) is None:
        yield from _in_other_spokes(topology)
    if not isinstance(topology.hub, NewHub) or locations.new_firewall(topology) is None:
        return
    clients = list(_clients(topology, topology.hub))
    if not clients:
        return
    zones = Zones(topology)
    allowed = _Allowed(topology)
    for client in clients:
        behind = [server for server in client.servers if _behind_firewall(topology, zones, client.zone, server)]
        missing = [
            (server, protocol, place)
            for server in dict.fromkeys(behind)
            for protocol in PROTOCOLS
            for place, cidr in client.places.items()
            if not allowed.allows(cidr, server, protocol)
        ]
        if missing:
            yield _finding(client, *(list(dict.fromkeys(column)) for column in zip(*missing, strict=True)))


def _in_other_spokes(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each DNS server in another spoke, unless a route sends the queries to an appliance."""
    for name, spoke in topology.spokes.items():
        tables = (spoke.routes, *(table.routes for table in spoke.route_tables.values()))
        routes = [route for table in tables for route in table.values() if route.next_hop[0].isdigit()]
        for index, server in enumerate(spoke.dns_servers):
            other = dns.network_of(topology, server)
            routed = any(server in IPv4Network(one.destination) for one in routes if one.destination[0].isdigit())
            if other in topology.spokes.keys() - {name} and not routed:
                yield Finding(
                    rule=RULE,
                    path=("spokes", name, "dns_servers", index),
                    message=Message("no route leads to {server} in the spoke {other}", server=server, other=other),
                    why=NO_ROUTE,
                    fix=Message("use a DNS server in the hub or in the VNet, or add a firewall to the hub"),
                )


def _clients(topology: Topology, hub: NewHub) -> Iterator[_Client]:
    """Yield the VNets with DNS servers.

    The firewall's DNS proxy is not a client: the rules do not apply to its own queries. HVN411 reports the DNS servers
    of an existing VNet.
    """
    if hub.dns_servers:
        places = {"hub.runners": hub.runners.cidr}
        yield _Client(("hub",), Zone(Net.HUB), hub.dns_servers, places, hub.firewall_rules)
    for name, spoke in topology.spokes.items():
        if spoke.dns_servers and spoke.cidr and not spoke.existing:
            place = f"spokes.{name}"
            places = {f"{place}.subnets.{subnet}": spoke.subnet(subnet).cidr for subnet in spoke.subnets}
            if nodes := first_subnet(topology, spoke):
                places[f"{place}.cluster"] = nodes.cidr
            places = places or {place: spoke.cidr}
            yield _Client(("spokes", name), Zone(Net.SPOKE, name), spoke.dns_servers, places, spoke.firewall_rules)


def _behind_firewall(topology: Topology, zones: Zones, source: Zone, server: IPv4Address) -> bool:
    """Return whether the server is reachable, and only through the firewall."""
    if server == dns.AZURE_DNS:
        return False
    destinations = zones.of(f"{server}/32")
    reachable = {Net.SPOKE, Net.INTERNET}
    if isinstance(topology.hub, NewHub) and topology.hub.gateway:
        reachable.add(Net.SITE)
    return all(zone.net in reachable and zones.bypass(source, zone) is None for zone in destinations)


class _Allowed:
    """The sources from which the firewall allows DNS queries, computed once for each server."""

    def __init__(self, topology: Topology) -> None:
        self._rules = [rule for _, group in firewall.groups(topology) for rule in group.network_rules if _dns(rule)]
        self._sources: dict[tuple[IPv4Address, str], set[IPv4Network]] = {}

    def allows(self, cidr: IPv4Network, server: IPv4Address, protocol: str) -> bool:
        """Return whether one rule allows queries from the whole range."""
        key = server, protocol
        if key not in self._sources:
            rules = [rule for rule in self._rules if protocol in rule.protocols and _leads_to(rule, server)]
            self._sources[key] = {IPv4Network(source) for rule in rules for source in rule.sources}
        sources = self._sources[key]
        return any(cidr.supernet(new_prefix=length) in sources for length in range(cidr.prefixlen + 1))


def _dns(rule: NetworkRule) -> bool:
    return any(first <= dns.PORT <= last for first, last in map(firewall.port_range, rule.ports))


def _leads_to(rule: NetworkRule, server: IPv4Address) -> bool:
    """Return whether the destinations of a rule contain the server. Host names and service tags may contain any public
    address."""
    ranges = [IPv4Network(text) for text in rule.destinations if text[:1].isdigit()]
    if any(server in cidr for cidr in ranges):
        return True
    return len(ranges) < len(rule.destinations) + len(rule.fqdns) and not is_private(IPv4Network(server), shared=True)


def _finding(client: _Client, servers: list[IPv4Address], protocols: list[str], places: list[str]) -> Finding:
    whole = ".".join(map(str, client.owner)) if client.zone.net is Net.SPOKE else "hub.runners"
    sources = [whole] if len(places) == len(client.places) else places
    ports = [f"{protocol.lower()}/{dns.PORT}" for protocol in protocols]
    name = next(name for number in count(1) if (name := f"dns-{number}" if number > 1 else "dns") not in client.rules)
    ranges = ", ".join(f"{server}/32" for server in servers)
    rule = (
        f"{name}: {{sources: [{', '.join(sources)}], destinations: [{ranges}], ports: [{', '.join(ports)}], "
        "reason: DNS servers of the VNet}"
    )
    return Finding(
        rule=RULE,
        path=(*client.owner, "dns_servers"),
        message=Message(
            "no firewall rule allows {ports} from {sources} to {servers}", ports=ports, sources=sources, servers=servers
        ),
        fix=Message("add to {section}: {rule}", section=Field((*client.owner, "firewall_rules")), rule=Text(rule)),
    )
