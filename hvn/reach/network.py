"""The network that packets cross: places and their networks, peerings, routes and the firewall.

How Azure selects a route: docs/reference/facts.md, "Routes".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

HUB = "hub"
HVN = "HVN"
ON_PREMISES = "on-premises"
RUNNERS = "runners"
VAULT = "vault"


@dataclass(frozen=True, slots=True)
class UserRoute:
    """A user-defined route. Its next hop is always the firewall."""

    cidr: IPv4Network
    next_hop: IPv4Address


@dataclass(frozen=True, slots=True)
class Gateway:
    """The gateway of the hub to the on-premises networks.

    `routes` are those of GatewaySubnet, None if they are unknown. `learned_by` are the spokes with subnets that have
    the gateway's routes; `announced` are the networks that on-premises networks learn from the gateway.
    """

    routes: tuple[UserRoute, ...] | None
    learned_by: frozenset[str]
    announced: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A source or destination of connections: a range of a network, with the route table of its subnets.

    `ports` are the listening ports, None for any. `closed_by` is the network security group that denies all inbound
    traffic. `unknown` names settings that are outside this topology, or is empty.
    """

    name: str
    network: str
    cidr: IPv4Network
    routes: tuple[UserRoute, ...] = ()
    ports: frozenset[int] | None = None
    closed_by: str = ""
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class Half:
    """One network's half of a peering. `forwarded`: this half allows forwarded traffic from the other side.

    `unknown` names settings that are outside this topology, or is empty.
    """

    forwarded: bool
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class HvnRoute:
    """A route of the HVN over its peering with a network, to an appliance in that network or to the network itself."""

    cidr: IPv4Network
    network: str
    next_hop: IPv4Address | None


@dataclass(frozen=True, slots=True)
class FirewallRule:
    """A network rule of the firewall, by address and TCP port."""

    name: str
    sources: tuple[IPv4Network, ...]
    destinations: tuple[IPv4Network, ...]
    port: int


@dataclass(frozen=True, slots=True)
class Firewall:
    """The hub's firewall. Its subnet has no route table. `rules` is None if the rules are unknown."""

    address: IPv4Address
    rules: tuple[FirewallRule, ...] | None


@dataclass(frozen=True, slots=True)
class Network:
    """The whole network. The keys of `halves` are (network, peered network)."""

    ranges: Mapping[str, tuple[IPv4Network, ...]]
    places: Mapping[str, tuple[Place, ...]]
    halves: Mapping[tuple[str, str], Half]
    hvn_routes: tuple[HvnRoute, ...]
    firewall: Firewall
    gateway: Gateway | None = None
