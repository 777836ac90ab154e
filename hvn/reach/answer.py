"""A connection between two places: the route of the request, the route of the reply, and the verdict."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from hvn.reach.find import find
from hvn.reach.network import Network, Place
from hvn.reach.reply import reply
from hvn.reach.walk import ASYMMETRIC, walk
from hvn.reach.way import Way


class Verdict(StrEnum):
    """The verdict on a connection."""

    REACHES = "reaches"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Answer:
    """A TCP connection. `reply` is None if the request does not arrive."""

    source: Place
    destination: Place
    port: int
    request: Way
    reply: Way | None

    @property
    def blocked_by(self) -> str:
        """Return the reason why the connection is blocked, or an empty text."""
        return self.request.blocked_by or (self.reply.blocked_by if self.reply else "")

    @property
    def cut_by_firewall(self) -> bool:
        """Return True if the firewall drops the connection because only one direction goes through the firewall."""
        return self.reply is not None and self.reply.blocked_by.startswith(ASYMMETRIC)

    @property
    def asymmetric(self) -> bool:
        """Return True if only one direction goes through the firewall."""
        return self.reply is not None and _asymmetric(self.request, self.reply)

    @property
    def unknown(self) -> tuple[str, ...]:
        """Return the unknown settings on both routes."""
        ways = [self.request, *([self.reply] if self.reply else [])]
        return tuple(dict.fromkeys(setting for way in ways for setting in way.unknown))

    @property
    def verdict(self) -> Verdict:
        """Return BLOCKED if a hop blocks the connection, UNKNOWN if a setting is unknown, and REACHES otherwise."""
        if self.blocked_by:
            return Verdict.BLOCKED
        return Verdict.UNKNOWN if self.unknown else Verdict.REACHES


def _asymmetric(request: Way, reply: Way) -> bool:
    """Return whether only one direction goes through the firewall. Return false if a direction uses an appliance,
    because the appliance may forward packets to the firewall."""
    return request.by_firewall != reply.by_firewall and not (request.by_appliance or reply.by_appliance)


def reach(network: Network, source: str, destination: str, port: int) -> Iterator[Answer]:
    """Yield one answer for each pair of subnets. The source and the destination are texts for `find`."""
    for start in find(network, source):
        for end in find(network, destination):
            request = walk(network, start, end, port)
            if request.rule_missing and (obstacle := _obstacle(network, start, end, port)):
                request.rule_missing = False
                if request.blocked_by and request.blocked_by != obstacle:
                    request.blocked_by += f"; a rule does not help: {obstacle}"
            back = None if request.blocked_by else _reply(network, start, end, port, request)
            yield Answer(start, end, port, request, back)


def _reply(network: Network, start: Place, end: Place, port: int, request: Way) -> Way:
    back = reply(network, end, start, port, request)
    if not back.blocked_by and _asymmetric(request, back):
        back.blocked_by = f"{ASYMMETRIC}: the reply bypasses the firewall, and the firewall drops the connection"
    return back


def _obstacle(network: Network, start: Place, end: Place, port: int) -> str:
    """Return the reason why the connection stays blocked after the user adds a firewall rule; empty if the rule is
    sufficient. Ignore the NSG of the destination, because the user can add its rules to the file too."""
    allowed = walk(network, start, end, port, asked_by_firewall=True)
    return allowed.blocked_by or end.closed(port) or _reply(network, start, end, port, allowed).blocked_by
