"""A connection between two places: the route of the request, the route of the reply, and the verdict."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from hvn.reach.find import find
from hvn.reach.listens import closed
from hvn.reach.network import Network, Place
from hvn.reach.pass_nsg import pass_nsg
from hvn.reach.priority import priority_before
from hvn.reach.private_endpoints import checked
from hvn.reach.reply import reply
from hvn.reach.traffic import Protocol, Traffic, traffic_of
from hvn.reach.walk import ASYMMETRIC, walk
from hvn.reach.way import Way
from hvn.topology.security import INBOUND


class Verdict(StrEnum):
    """The verdict on a connection."""

    REACHES = "reaches"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Answer:
    """A connection. `reply` is None if the request does not arrive. A UDP datagram arrives without a reply too."""

    source: Place
    destination: Place
    traffic: Traffic
    request: Way
    reply: Way | None

    @property
    def blocked_by(self) -> str:
        """Return the reason why the connection is blocked, or an empty text."""
        return self.request.blocked_by or _lost(self.traffic, self.reply)

    @property
    def cut_by_firewall(self) -> bool:
        """Return True if the firewall drops the connection because only one direction goes through the firewall."""
        return _lost(self.traffic, self.reply).startswith(ASYMMETRIC)

    @property
    def asymmetric(self) -> bool:
        """Return True if only one direction goes through the firewall."""
        return self.reply is not None and _asymmetric(self.request, self.reply)

    @property
    def unknown(self) -> tuple[str, ...]:
        """Return the unknown settings on both routes."""
        settings = [*self.request.unknown, *(self.reply.unknown if self.reply else [])]
        if self.reply and self.reply.blocked_by and not self.blocked_by:
            settings.append(f"whether the sender needs a reply: {self.reply.blocked_by}")
        return tuple(dict.fromkeys(settings))

    @property
    def verdict(self) -> Verdict:
        """Return BLOCKED if a hop blocks the connection, UNKNOWN if a setting is unknown, and REACHES otherwise."""
        if self.blocked_by:
            return Verdict.BLOCKED
        return Verdict.UNKNOWN if self.unknown else Verdict.REACHES


def _lost(traffic: Traffic, reply: Way | None) -> str:
    """Return why a blocked reply breaks the connection; empty for UDP, which needs no reply."""
    return reply.blocked_by if reply and traffic.protocol is not Protocol.UDP else ""


def _asymmetric(request: Way, reply: Way) -> bool:
    """Return whether only one direction goes through the firewall. Return false if a direction uses an appliance,
    because the appliance may forward packets to the firewall."""
    return request.by_firewall != reply.by_firewall and not (request.by_appliance or reply.by_appliance)


def reach(
    network: Network, source: str, destination: str, port: int, protocol: Protocol = Protocol.TCP
) -> Iterator[Answer]:
    """Yield one answer for each pair of subnets. The source and the destination are texts for `find`. ICMP ignores the
    port."""
    traffic = traffic_of(port, protocol)
    for start in find(network, source):
        for end in find(network, destination):
            request = walk(network, start, end, traffic)
            if request.rule_missing:
                _add_obstacles(network, start, end, traffic, request)
            back = None if request.blocked_by else _reply(network, start, end, traffic, request)
            blocked = request.blocked_by or _lost(traffic, back)
            yield Answer(start, end, traffic, *checked(network, start, end, traffic, blocked, request, back))


def _reply(network: Network, start: Place, end: Place, traffic: Traffic, request: Way) -> Way:
    back = reply(network, end, start, traffic, request)
    if not back.blocked_by and _asymmetric(request, back):
        bypasses = f"{ASYMMETRIC}: the reply bypasses the firewall"
        if traffic.protocol is Protocol.TCP:
            back.blocked_by = f"{bypasses}, and the firewall drops the connection"
        else:
            back.add_unknown(f"{bypasses}, which may drop later packets")
    return back


def _add_obstacles(network: Network, start: Place, end: Place, traffic: Traffic, request: Way) -> None:
    """Add the obstacles that remain after the user adds the missing firewall rule. If an NSG rule of the file can allow
    the request, the connection needs both rules."""
    nsg, obstacle = Way(), _obstacle(network, start, end, traffic)
    if request.blocked_by:  # otherwise the NSG may see, and allow, a translated source
        pass_nsg(network, end, INBOUND, (start, end), traffic, nsg)
    if nsg.denied_by and not obstacle and not priority_before(end, nsg.denied_by):
        obstacle = nsg.blocked_by
    if obstacle:
        request.rule_missing = False
        if request.blocked_by and request.blocked_by != obstacle:
            request.blocked_by += f"; a rule does not help: {obstacle}"
    elif nsg.denied_by:
        request.denied_by = nsg.denied_by
        if request.blocked_by and request.blocked_by != nsg.blocked_by:
            request.blocked_by += f"; also {nsg.blocked_by}"


def _obstacle(network: Network, start: Place, end: Place, traffic: Traffic) -> str:
    """Return the reason why the connection stays blocked after the user adds a firewall rule; empty if the rule is
    sufficient. Ignore the NSG of the destination."""
    allowed = walk(network, start, end, traffic, asked_by_firewall=True)
    return allowed.blocked_by or closed(end, traffic) or _lost(traffic, _reply(network, start, end, traffic, allowed))
