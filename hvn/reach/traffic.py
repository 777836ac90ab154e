"""The protocol and the destination port of a connection."""

from dataclasses import dataclass
from enum import StrEnum

DNS_PORT = 53


class Protocol(StrEnum):
    """A protocol that firewalls and NSGs filter."""

    TCP = "tcp"
    UDP = "udp"
    ICMP = "icmp"


@dataclass(frozen=True, slots=True)
class Traffic:
    """The protocol of a connection, and its destination port: 0 for ICMP, which has no ports."""

    port: int
    protocol: Protocol = Protocol.TCP

    def __str__(self) -> str:
        name = self.protocol.upper()
        return f"{name} {self.port}" if self.port else name

    @property
    def in_nsg(self) -> str:
        """Return the protocol as NSG rules write it."""
        return self.protocol.capitalize()


def traffic_of(port: int, protocol: Protocol | None = None) -> Traffic:
    """Return the traffic to a port. Without a protocol, the answer is UDP for DNS, because clients first query over
    UDP, and TCP for other ports."""
    if protocol is Protocol.ICMP:
        return Traffic(0, protocol)
    return Traffic(port, protocol or (Protocol.UDP if port == DNS_PORT else Protocol.TCP))
