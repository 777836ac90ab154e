"""Whether the service at a place, such as Vault or the firewall's DNS proxy, accepts traffic."""

from hvn.reach.network import Place
from hvn.reach.traffic import DNS_PORT, Protocol, Traffic


def closed(place: Place, traffic: Traffic) -> str:
    """Return the reason why a place does not listen to the traffic, or an empty text."""
    if place.ports is None or traffic.protocol is Protocol.ICMP:
        return ""
    if traffic.port in (place.ports if traffic.protocol is Protocol.TCP else place.ports & {DNS_PORT}):
        return ""
    ports = f"TCP {' and '.join(map(str, sorted(place.ports)))}"
    ports += f" and UDP {DNS_PORT}" if DNS_PORT in place.ports else ""
    return f"{place.name} listens on {ports} only" if place.ports else f"{place.name} accepts no connections"


def answers(place: Place, traffic: Traffic) -> str:
    """Return the unknown: whether a service answers ICMP; otherwise empty."""
    managed = place.ports is not None and traffic.protocol is Protocol.ICMP
    return f"whether {place.name} answers ICMP" if managed else ""
