"""The network as a packet meets it: places, the networks they lie in, peerings, routes and the firewall.

How Azure chooses among routes: docs/reference/facts.md, "Routes".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

HUB = "hub"
HVN = "HVN"
RUNNERS = "runners"
VAULT = "vault"


@dataclass(frozen=True, slots=True)
class UserRoute:
    """A route of a route table: to an appliance, here always the firewall."""

    cidr: IPv4Network
    next_hop: IPv4Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a connection begins or ends: a range of a network, with the route table of its subnets.

    `ports` are those that something listens on, None for any. `closed_by` is the security group that lets nobody in.
    `unknown` says what of it is not ours to know, or is empty.
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
    """One network's half of a peering. `forwarded`: it takes what the other side only passes on.

    `unknown` says what of it is not ours to know, or is empty.
    """

    forwarded: bool
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class HvnRoute:
    """A route of the HVN: through its peering with a network, to an appliance in it or to the network itself."""

    cidr: IPv4Network
    network: str
    next_hop: IPv4Address | None


@dataclass(frozen=True, slots=True)
class FirewallRule:
    """What the firewall lets through by address and TCP port."""

    name: str
    sources: tuple[IPv4Network, ...]
    destinations: tuple[IPv4Network, ...]
    port: int


@dataclass(frozen=True, slots=True)
class Firewall:
    """The hub's firewall. Its subnet has no route table; `rules` is None where they are not ours to know."""

    address: IPv4Address
    rules: tuple[FirewallRule, ...] | None


@dataclass(frozen=True, slots=True)
class Network:
    """All of it. `halves` are by (whose half, of the peering with whom)."""

    ranges: Mapping[str, tuple[IPv4Network, ...]]
    places: Mapping[str, tuple[Place, ...]]
    halves: Mapping[tuple[str, str], Half]
    hvn_routes: tuple[HvnRoute, ...]
    firewall: Firewall
