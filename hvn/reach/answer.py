"""Whether one place reaches another: the request's way, the answer's way, and what comes of both."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from hvn.reach.network import Network, Place
from hvn.reach.walk import Way, walk


class Verdict(StrEnum):
    """What is known of a connection."""

    REACHES = "reaches"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Answer:
    """A connection by TCP. `back` is None if the request does not arrive, so that there is nothing to answer."""

    source: Place
    destination: Place
    port: int
    there: Way
    back: Way | None

    @property
    def died(self) -> str:
        """Why it is blocked, or empty."""
        return self.there.died or (self.back.died if self.back else "")

    @property
    def asymmetric(self) -> bool:
        """One way leads through the firewall, the other does not."""
        return self.back is not None and self.there.by_firewall != self.back.by_firewall

    @property
    def unknown(self) -> tuple[str, ...]:
        """What of both ways is not ours to know."""
        ways = [self.there, *([self.back] if self.back else [])]
        return tuple(dict.fromkeys(what for way in ways for what in way.unknown))

    @property
    def verdict(self) -> Verdict:
        """Blocked for certain, unknown where something on the way is not ours to know, else it reaches."""
        if self.died:
            return Verdict.BLOCKED
        return Verdict.UNKNOWN if self.unknown else Verdict.REACHES


def reach(network: Network, source: str, destination: str, port: int) -> Iterator[Answer]:
    """One answer for each range of the two: most have one."""
    for start in network.places[source]:
        for end in network.places[destination]:
            there = walk(network, start, end, port)
            back = None
            if not there.died:
                back = walk(network, end, start, port, asked_by_firewall=there.by_firewall)
                if not back.died and there.by_firewall != back.by_firewall:
                    back.died = "asymmetric: the answer passes the firewall by, which drops what follows"
            yield Answer(start, end, port, there, back)
