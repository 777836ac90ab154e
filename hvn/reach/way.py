"""The hops of one packet, and the reason why it does not arrive."""

from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network

from hvn.reach.network import FirewallRule, Place
from hvn.topology.security import SecurityRule


@dataclass(frozen=True, slots=True)
class Hop:
    """One hop of a packet: the place, and the selected route or the result."""

    at: str
    what: str


@dataclass(slots=True)
class Way:
    """The hops of a packet. `blocked_by` is the reason why the packet does not arrive; `unknown` lists unknown
    settings."""

    hops: list[Hop] = field(default_factory=list)
    by_firewall: bool = False
    by_appliance: bool = False
    """True if the route leads, or may lead, to an appliance, which may forward the packet to the firewall."""
    appliances: list[IPv4Address] = field(default_factory=list)
    """The known addresses of these appliances."""
    by_public_address: bool = False
    """True if a request from the internet arrives at a public address of its destination, not of the firewall."""
    blocked_by: str = ""
    unknown: list[str] = field(default_factory=list)
    rule: FirewallRule | None = None
    """The firewall rule that allows the request."""
    senders: tuple[Place, ...] = ()
    """The sources that the destination may see, if the firewall translates or may translate the source."""
    translated: list[IPv4Network] = field(default_factory=list)
    """Ranges with the address that the destination may see, if an appliance with unknown settings translates the
    source."""
    rule_missing: bool = False
    peering_missing: bool = False
    """True if a peering between two spokes would give the request a route."""
    denied_by: SecurityRule | None = None
    """The rule of the destination's NSG that denies the request."""

    def hop(self, at: str, what: str) -> None:
        """Add one hop."""
        self.hops.append(Hop(at, what))

    def add_unknown(self, setting: str) -> None:
        """Add an unknown setting, unless the list already contains the setting."""
        if setting and setting not in self.unknown:
            self.unknown.append(setting)
