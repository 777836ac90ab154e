"""The network model of `hvn reach`: places and their networks, peerings, routes and the firewall.

How Azure selects a route: docs/reference/facts.md, "Routes".
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from hvn.reach.index import Index, Item
from hvn.reach.nsg import SecurityGroup
from hvn.reach.ranges import ALL
from hvn.reach.traffic import Protocol, Traffic

HUB = "hub"
HUB_SUBNETS = "hub.subnets."
HVN = "HVN"
BACKUP = "backup HVN"
HVNS = (HVN, BACKUP)
ON_PREMISES = "on-premises"
REMOTE = "hub.peerings."
"""The names of the remote VNets of `hub.peerings` begin with this text. A remote VNet is a network and a place. The
names of the other remote VNets are the paths of a spoke's peering: `spokes.payments.peerings.tools`."""
INTERNET = "Internet"
OUTSIDE = "Outside"
"""The network of private addresses that no range of the file contains. No spoke has this name, because names of spokes
have no capital letters."""
PLATFORM = "Azure platform"
"""The network of the addresses with which Azure's hosts serve their virtual machines."""
RUNNERS = "runners"
VAULT = "vault"
AFTER_FAILOVER = "backup"
"""The part of the place `vault` in the backup HVN: `vault/backup`."""


def is_remote(network: str) -> bool:
    """Return whether the network with this name is a remote VNet. No other network has a dot in its name."""
    return "." in network


def is_spoke(network: str) -> bool:
    """Return whether the network with this name is a spoke."""
    return network not in (HUB, *HVNS, ON_PREMISES, INTERNET, OUTSIDE, PLATFORM) and not is_remote(network)


@dataclass(frozen=True, slots=True)
class UserRoute:
    """A user-defined route to a range. `next_hop` is the address of the firewall or of an appliance; without an
    address, `type` is Azure's type of the next hop."""

    cidr: IPv4Network
    next_hop: IPv4Address | None
    type: str = "VirtualAppliance"


@dataclass(frozen=True, slots=True)
class SystemRoute:
    """A system route: a range of the network itself or of a peered network, or a route that a gateway propagates."""

    cidr: IPv4Network
    network: str


def longest(routes: Iterable[SystemRoute | UserRoute], to: IPv4Network) -> SystemRoute | UserRoute | None:
    """Return the matching route with the longest prefix, or None. For equal prefixes, return the user-defined route."""
    # `subnet_of` is too slow for networks with 1,000 spokes.
    first, length = int(to.network_address), to.prefixlen
    fit = [
        route
        for route in routes
        if (prefix := route.cidr.prefixlen) <= length and not (first ^ int(route.cidr.network_address)) >> (32 - prefix)
    ]
    return max(fit, key=lambda route: (route.cidr.prefixlen, isinstance(route, UserRoute)), default=None)


@dataclass(frozen=True, slots=True)
class Gateway:
    """The gateway of the hub to the on-premises networks.

    `routes` are the routes of GatewaySubnet, or None if unknown. `used_by` are the networks with
    access to the gateway; `announced` are the networks that the gateway announces to on-premises networks. `type` is
    vpn, express_route or both, empty if unknown. `route_server` is true if Azure Route Server propagates more routes.
    """

    routes: tuple[UserRoute, ...] | None
    used_by: frozenset[str]
    announced: frozenset[str]
    type: str = ""
    route_server: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A source or destination of connections: a range of a network, with the route table of its subnets.

    `propagated` is true if the subnet accepts the routes that its network's gateway propagates. `existing_table` is
    true if an existing route table may have routes to every destination.

    `ports` are the listening TCP ports, or None if all ports count as open; port 53 also listens on UDP.
    `nsg` is the network security group, None if the range has none. `in_file` is the subnet's key in the file, empty
    for a range without an entry in `subnets`. `unknown` names settings outside this topology; it may be empty. `absent`
    is the reason why no host has the addresses, or empty.

    `egress` names the public address of outbound connections, empty without one. `public` are the sources that reach
    the public API server of a cluster on TCP 443, None without one. `exposure` is an unknown setting about public
    access, or empty. `tag_routes` are the service tags with a user-defined route, and `service_endpoints` the services
    with a service endpoint. `host` is a host name on the internet. For a part of a place, `within` is its whole range.
    `private_endpoints` are the policies for private endpoints, `api_server` is the spoke of the private API server.
    """

    name: str
    network: str
    cidr: IPv4Network
    routes: tuple[UserRoute, ...] = ()
    ports: frozenset[int] | None = None
    nsg: SecurityGroup | None = None
    subnet: str = ""
    in_file: str = ""
    propagated: bool = False
    existing_table: bool = False
    unknown: str = ""
    absent: str = ""
    egress: str = ""
    public: tuple[IPv4Network, ...] | None = None
    exposure: str = ""
    tag_routes: tuple[str, ...] = ()
    service_endpoints: tuple[str, ...] = ()
    host: str = ""
    within: IPv4Network | None = None
    private_endpoints: str = ""
    api_server: str = ""

    @property
    def label(self) -> str:
        """Return the name of the place, with the subnet of a spoke: `payments/nodes`."""
        return f"{self.name}/{self.subnet}" if self.subnet else self.name

    @property
    def in_question(self) -> str:
        """Return the text for a question of `reach`: the label of the place, or the range of a part."""
        return str(self.cidr) if self.within else self.label

    @property
    def in_azure(self) -> bool:
        """Return whether Azure's routes and the routes of this topology apply to the place."""
        return self.network not in (ON_PREMISES, *HVNS, PLATFORM) and not is_remote(self.network)

    @property
    def in_spoke(self) -> bool:
        """Return whether the place is in a spoke."""
        return is_spoke(self.network)

    def part(self, cidr: IPv4Network) -> "Place":
        """Return the part of the place that a route to this range covers: the whole place, or the range inside it."""
        inside = cidr != self.cidr and cidr.subnet_of(self.cidr)
        return replace(self, cidr=cidr, within=self.cidr) if inside else self


@dataclass(frozen=True, slots=True)
class Half:
    """One network's half of a peering. `forwarded` is true if this half allows forwarded traffic from the other
    network.

    `unknown` names settings outside this topology; it may be empty.
    """

    forwarded: bool
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class HvnRoute:
    """A route of an HVN over its peering with a network, to an appliance in that network or to the network itself."""

    cidr: IPv4Network
    network: str
    next_hop: IPv4Address | None
    hvn: str = HVN


@dataclass(frozen=True, slots=True)
class FirewallRule:
    """A rule of the firewall: sources, destinations, and ranges of ports (first and last port) for each of `protocols`.
    The destinations are ranges, host names, service tags or FQDN tags."""

    name: str
    sources: tuple[IPv4Network, ...]
    destinations: tuple[IPv4Network, ...]
    ports: tuple[tuple[int, int], ...]
    path: tuple[str, ...] = ()
    line: int = 0
    hosts: tuple[str, ...] = ()
    service_tags: tuple[str, ...] = ()
    fqdn_tags: tuple[str, ...] = ()
    protocols: tuple[Protocol, ...] = (Protocol.TCP,)
    public_port: int = 0
    """The port of a DNAT rule at the firewall's public address, otherwise 0."""

    @property
    def label(self) -> str:
        """Return the rule's path and line in the file; for a rule that is not in the file, its name."""
        path = ".".join(self.path) or self.name
        return f"{path} (line {self.line})" if self.line else path

    def has(self, traffic: Traffic) -> bool:
        """Return whether the rule allows the protocol and the port."""
        return traffic.protocol in self.protocols and any(first <= traffic.port <= last for first, last in self.ports)


@dataclass(frozen=True)
class Firewall:
    """The hub's firewall. `rules` is None if the rules are unknown; `declared` are then the rules that the firewall's
    owner must add. `rules` and `declared` have ranges as destinations; `public` are the other rules, with host names or
    tags. `egress` names the public address. `routes` are the user-defined routes of the firewall's subnet.
    `base_policy` is the id of a base policy with unknown rules, or empty. `dnat` are the DNAT rules, with the
    translated address and port. `subnet` is AzureFirewallSubnet, None for an existing firewall. With
    `forced_tunneling`, the firewall may send internet traffic to the gateway."""

    address: IPv4Address
    rules: tuple[FirewallRule, ...] | None
    declared: tuple[FirewallRule, ...] = ()
    public: tuple[FirewallRule, ...] = ()
    egress: str = ""
    base_policy: str = ""
    routes: tuple[UserRoute, ...] = ()
    dnat: tuple[FirewallRule, ...] = ()
    subnet: IPv4Network | None = None
    forced_tunneling: bool = False
    _indexes: dict[str, Index[int]] = field(init=False, default_factory=dict, compare=False, repr=False)
    _numbers: dict[tuple[str, IPv4Network], frozenset[int]] = field(
        init=False, default_factory=dict, compare=False, repr=False
    )

    def overlapping(self, source: IPv4Network, destination: IPv4Network) -> list[FirewallRule]:
        """Return the rules of `rules` or `declared` with a source and a destination that overlap these ranges. The
        ranges of service tags are unknown, so a tag may overlap every range."""
        rules = self.declared if self.rules is None else self.rules
        numbers = self._overlapping("sources", rules, source) & self._overlapping("destinations", rules, destination)
        return [rules[number] for number in sorted(numbers)]

    def public_from(self, source: IPv4Network) -> list[FirewallRule]:
        """Return the rules of `public` with a source that overlaps this range."""
        return [self.public[number] for number in sorted(self._overlapping("public", self.public, source))]

    def _overlapping(self, kind: str, rules: Sequence[FirewallRule], cidr: IPv4Network) -> frozenset[int]:
        """Return the numbers of the rules; cached, because a review calls this method often."""
        if (kind, cidr) not in self._numbers:
            if kind not in self._indexes:
                ranges = [one.sources for one in rules]
                if kind == "destinations":
                    ranges = [(ALL,) if one.service_tags else one.destinations for one in rules]
                self._indexes[kind] = Index((one, number) for number, some in enumerate(ranges) for one in some)
            self._numbers[kind, cidr] = frozenset(self._indexes[kind].overlapping(cidr))
        return self._numbers[kind, cidr]


@dataclass(frozen=True, slots=True)
class Network:
    """The whole network: hub, spokes, HVNs, on-premises networks and remote VNets. The keys of `halves` are (network,
    peered network). `firewall` is None if the hub has no firewall. For existing VNets, `unlisted` has the
    unknown settings of addresses that are in no subnet of the file.

    `parts` are places inside other places, by their paths in the file: subnets, and the node subnets of clusters.
    """

    ranges: Mapping[str, tuple[IPv4Network, ...]]
    places: Mapping[str, tuple[Place, ...]]
    halves: Mapping[tuple[str, str], Half]
    hvn_routes: tuple[HvnRoute, ...]
    firewall: Firewall | None
    gateway: Gateway | None = None
    parts: Mapping[str, tuple[Place, ...]] = field(default_factory=dict)
    unlisted: Mapping[str, str] = field(default_factory=dict)
    _system: dict[str, tuple[SystemRoute, ...]] = field(init=False, default_factory=dict, compare=False, repr=False)
    _peers: dict[str, list[str]] = field(init=False, default_factory=dict, compare=False, repr=False)
    _indexes: dict[tuple[str, str], Index[Any]] = field(init=False, default_factory=dict, compare=False, repr=False)

    def forwarding(self, source: Place, destination: Place, traffic: Traffic) -> list[FirewallRule]:
        """Return the DNAT rules that forward connections between parts of two places."""
        return [
            rule
            for rule in (self.firewall.dnat if self.firewall else ())
            if rule.has(traffic)
            and any(map(destination.cidr.overlaps, rule.destinations))
            and any(map(source.cidr.overlaps, rule.sources))
        ]

    @property
    def rules(self) -> tuple[FirewallRule, ...]:
        """Return the known rules of the firewall; empty without a firewall, or if the rules are unknown."""
        return (self.firewall.rules or ()) if self.firewall else ()

    def system_routes(self, name: str) -> tuple[SystemRoute, ...]:
        """Return the system routes to the ranges of a network itself and of every peered network; cached, because every
        hop reads them."""
        if name not in self._system:
            self._system[name] = tuple(
                SystemRoute(cidr, other) for other in (name, *self.peers(name)) for cidr in self.ranges[other]
            )
        return self._system[name]

    def peers(self, name: str) -> list[str]:
        """Return the networks that are peered with a network."""
        if not self._peers:
            for here, other in self.halves:
                self._peers.setdefault(here, []).append(other)
        return self._peers.get(name, [])

    def index(self, key: tuple[str, str], items: Callable[[], Iterable[tuple[IPv4Network, Item]]]) -> Index[Item]:
        """Return the index of these items; cached by the key."""
        if key not in self._indexes:
            self._indexes[key] = Index(items())
        return self._indexes[key]

    def with_places(self, changed: Mapping[str, tuple[Place, ...]]) -> "Network":
        """Return the network with other places of the same ranges. Both networks share the indexes."""
        network = replace(self, places={**self.places, **changed})
        network._indexes.update(self._indexes)
        network._system.update(self._system)
        network._peers.update(self._peers)
        return network

    def propagated(self) -> Iterator[SystemRoute]:
        """Yield the routes that the gateway propagates. The real routes may have longer prefixes than the ranges in the
        file."""
        if self.gateway is not None:
            yield from (SystemRoute(cidr, ON_PREMISES) for cidr in self.ranges[ON_PREMISES])

    @property
    def tunneling_unknown(self) -> str:
        """Return the unknown of internet traffic through a firewall with forced tunneling, or an empty text."""
        tunnels = self.firewall and self.firewall.forced_tunneling and self.gateway and not self.firewall.routes
        return "whether the hub's gateway propagates a default route" if tunnels else ""

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of all places, including the individual subnets of the spokes."""
        subnets = [place.label for places in self.places.values() for place in places]
        return tuple(dict.fromkeys((*self.places, *subnets)))
