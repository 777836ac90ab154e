"""A connection between two places: the route of the request, the route of the reply, and the verdict."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from hvn.reach.network import Network, Place
from hvn.reach.walk import Way, walk


class Verdict(StrEnum):
    """The verdict on a connection."""

    REACHES = "reaches"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Answer:
    """A TCP connection. `back` is None if the request does not arrive."""

    source: Place
    destination: Place
    port: int
    there: Way
    back: Way | None

    @property
    def died(self) -> str:
        """Return the reason why the connection is blocked, or an empty text."""
        return self.there.died or (self.back.died if self.back else "")

    @property
    def asymmetric(self) -> bool:
        """Return True if one direction passes the firewall and the other does not."""
        return self.back is not None and _asymmetric(self.there, self.back)

    @property
    def unknown(self) -> tuple[str, ...]:
        """Return the unknown settings on both routes."""
        ways = [self.there, *([self.back] if self.back else [])]
        return tuple(dict.fromkeys(setting for way in ways for setting in way.unknown))

    @property
    def verdict(self) -> Verdict:
        """Return BLOCKED if a hop blocks the connection, UNKNOWN if a setting is unknown, and REACHES otherwise."""
        if self.died:
            return Verdict.BLOCKED
        return Verdict.UNKNOWN if self.unknown else Verdict.REACHES


def _asymmetric(there: Way, back: Way) -> bool:
    """Return whether one direction passes the firewall and the other does not. An appliance may use the firewall."""
    return there.by_firewall != back.by_firewall and not (there.by_appliance or back.by_appliance)


def reach(network: Network, source: str, destination: str, port: int) -> Iterator[Answer]:
    """Yield one answer for each pair of subnets."""
    for start in network.find(source):
        for end in network.find(destination):
            there = walk(network, start, end, port)
            back = None
            if not there.died:
                asked = there.by_firewall or there.by_appliance
                back = walk(network, end, start, port, asked_by_firewall=asked)
                if not back.died and _asymmetric(there, back):
                    back.died = "asymmetric: the answer bypasses the firewall, which then drops the connection"
            yield Answer(start, end, port, there, back)
