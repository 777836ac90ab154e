"""The firewall rule, NSG rule or peering that a blocked connection lacks, as YAML for the topology file."""

from hvn.reach.answer import Answer
from hvn.reach.network import HUB, INTERNET, OUTSIDE, RUNNERS, VAULT, Place
from hvn.reach.ranges import ALL
from hvn.reach.traffic import Protocol, Traffic
from hvn.topology.security import HVN_IN, LOWEST


def missing_rule(answer: Answer) -> str:
    """Return the YAML of the missing rule or peering with its place in the file; an empty text if neither would allow
    the connection."""
    if answer.request.closed_to_hvn:
        return _nsg_rule(answer)
    source, destination = answer.source, answer.destination
    if answer.request.peering_missing:
        other = destination.network
        return f"spokes:\n  {source.network}:\n    peerings:\n      {other}: {{spoke: {other}}}"
    if not answer.request.rule_missing:
        return ""
    whole = destination.network == INTERNET and destination.cidr == ALL and not destination.host
    if whole or destination.network == OUTSIDE:
        # A rule for the whole internet allows too much, and unlisted private addresses need a range in the file first.
        return ""
    spoke = next((place.network for place in (source, destination) if place.in_spoke), "")
    name = f"{_short(source)}-to-{_short(destination)}"[:60].strip("-")
    name += "" if answer.traffic.protocol is Protocol.TCP else f"-{answer.traffic.protocol}"
    lines = ["spokes:", f"  {spoke}:", "    firewall_rules:"] if spoke else ["hub:", "  firewall_rules:"]
    indent = " " * (len(lines) * 2)
    rule = (
        f"{name}:",
        f"  sources: [{_object(source)}]",
        f"  fqdns: [{destination.host}]" if destination.host else f"  destinations: [{_object(destination)}]",
        f"  ports: [{_port(answer)}]",
        "  reason: why the connection is needed",
    )
    return "\n".join([*lines, *(f"{indent}{line}" for line in rule)])


def _port(answer: Answer) -> str:
    """Return the protocol with its port. A host name gets an application rule for HTTP and HTTPS over TCP, and a
    network rule for other ports. Application rules never match UDP."""
    protocol, port = answer.traffic.protocol, answer.traffic.port
    if protocol is Protocol.ICMP:
        return protocol
    named = answer.destination.host and protocol is Protocol.TCP
    return f"{ {80: 'http', 443: 'https'}.get(port, protocol) if named else protocol }/{port}"


def _nsg_rule(answer: Answer) -> str:
    """Return an NSG rule that precedes hvn-in. Return an empty text for a cluster's node subnet, which has no rules in
    the file. Also return an empty text for an NSG without a free priority before hvn-in."""
    place = answer.destination
    rules = (place.nsg.rules if place.nsg else None) or ()
    used = {rule.priority for rule in rules}
    # Include the range of the backup HVN, because Vault uses this range after a failover.
    hvn_in = next(rule for rule in rules if rule.name == HVN_IN)
    free = [priority for priority in range(LOWEST, hvn_in.priority) if priority not in used]
    if not place.in_file or not free:
        return ""
    key, protocol = place.nsg.key if place.nsg else "", answer.traffic.protocol
    holder = (
        ("    network_security_groups:", f"      {key}:")
        if key
        else ("    subnets:", f"      {place.in_file}:", f"        cidr: {place.within or place.cidr}")
    )
    lines = (
        "spokes:",
        f"  {place.network}:",
        *holder,
        "        rules:",
        f"          {VAULT}-{_named(answer.traffic)}:",
        f"            priority: {free[0]}",
        *([] if protocol is Protocol.TCP else [f"            protocol: {protocol}"]),
        f"            source: [{', '.join(hvn_in.sources)}]",
        *([f'            ports: ["{answer.traffic.port}"]'] if answer.traffic.port else []),
    )
    return "\n".join(lines)


def _named(traffic: Traffic) -> str:
    """Return the traffic as a part of a name: `5432`, `udp-514` or `icmp`."""
    name = "" if traffic.protocol is Protocol.TCP else traffic.protocol
    return "-".join(filter(None, (name, str(traffic.port or ""))))


def _object(place: Place) -> str:
    """Return the place's path in the file; for a part of a place, or a place without a path, return the range."""
    if place.within or place.network in (INTERNET, OUTSIDE) or place.name == HUB:
        return str(place.cidr)
    if place.name in (RUNNERS, VAULT):
        return "hub.runners" if place.name == RUNNERS else VAULT
    return place.name if "." in place.name else f"spokes.{place.name}"


def _short(place: Place) -> str:
    """Return the last part of the place's path; for a host, its name with hyphens."""
    return place.host.replace(".", "-") or place.name.rpartition(".")[2]
