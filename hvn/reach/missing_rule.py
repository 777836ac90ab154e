"""The firewall rule, NSG rule or peering that a blocked connection lacks, as YAML for the topology file."""

from collections.abc import Iterator, Mapping

from hvn.reach.answer import Answer
from hvn.reach.network import HUB, INTERNET, OUTSIDE, RUNNERS, VAULT, Place
from hvn.reach.nsg import HUB_NSG
from hvn.reach.priority import priority_before
from hvn.reach.ranges import ALL
from hvn.reach.traffic import Protocol, Traffic
from hvn.topology.security import HVN_IN, SecurityRule

Tree = Mapping[str, "Tree | str"]
"""Nested keys of the file. The values are YAML."""


def missing_rule(answer: Answer) -> str:
    """Return the YAML of the missing rules or peering with their places in the file; an empty text if they would not
    allow the connection."""
    request, other = answer.request, answer.destination.network
    if request.peering_missing:
        return _yaml({"spokes": {answer.source.network: {"peerings": {other: f"{{spoke: {other}}}"}}}})
    tree: Tree = {}
    if request.rule_missing:
        tree = _firewall_rule(answer)
    elif request.denied_by is None or request.denied_by.name != HVN_IN:
        return ""
    if request.denied_by and (tree or not request.rule_missing):
        tree = _merged(tree, _nsg_rule(answer, request.denied_by))
    return _yaml(tree)


def _merged(one: Tree, other: Tree) -> Tree:
    """Return the keys of both trees."""
    merged = dict(one)
    for key, value in other.items():
        old = merged.get(key)
        merged[key] = _merged(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return merged


def _yaml(tree: Tree) -> str:
    return "\n".join(_lines(tree))


def _lines(tree: Tree) -> Iterator[str]:
    for key, value in tree.items():
        if isinstance(value, str):
            yield f"{key}: {value}"
        else:
            yield f"{key}:"
            yield from (f"  {line}" for line in _lines(value))


def _firewall_rule(answer: Answer) -> Tree:
    """Return the rule in its place; nothing for the whole internet, because such a rule allows too much, and for
    unlisted private addresses, which need a range in the file first."""
    source, destination = answer.source, answer.destination
    whole = destination.network == INTERNET and destination.cidr == ALL and not destination.host
    if whole or destination.network == OUTSIDE:
        return {}
    spoke = next((place.network for place in (source, destination) if place.in_spoke), "")
    name = f"{_short(source)}-to-{_short(destination)}"[:60].strip("-")
    name += "" if answer.traffic.protocol is Protocol.TCP else f"-{answer.traffic.protocol}"
    to = {"fqdns": f"[{destination.host}]"} if destination.host else {"destinations": f"[{_object(destination)}]"}
    rule = {
        "sources": f"[{_object(source)}]",
        **to,
        "ports": f"[{_port(answer)}]",
        "reason": "why the connection is needed",
    }
    rules = {"firewall_rules": {name: rule}}
    return {"spokes": {spoke: rules}} if spoke else {"hub": rules}


def _port(answer: Answer) -> str:
    """Return the protocol with its port. A host name gets an application rule for HTTP and HTTPS over TCP, and a
    network rule for other ports. Application rules never match UDP."""
    protocol, port = answer.traffic.protocol, answer.traffic.port
    if protocol is Protocol.ICMP:
        return protocol
    named = answer.destination.host and protocol is Protocol.TCP
    return f"{ {80: 'http', 443: 'https'}.get(port, protocol) if named else protocol }/{port}"


def _nsg_rule(answer: Answer, denied_by: SecurityRule) -> Tree:
    """Return an NSG rule that precedes the rule that denies the connection; nothing without a free priority. The
    sources of hvn-in include the range of the backup HVN, because Vault uses this range after a failover."""
    place, traffic = answer.destination, answer.traffic
    priority = priority_before(place, denied_by)
    if priority is None or place.nsg is None:
        return {}
    sources = denied_by.sources if denied_by.name == HVN_IN else (str(answer.source.cidr),)
    rule = {
        "priority": str(priority),
        **({} if traffic.protocol is Protocol.TCP else {"protocol": traffic.protocol}),
        "source": f"[{', '.join(sources)}]",
        **({"ports": f'["{traffic.port}"]'} if traffic.port else {}),
    }
    rules = {"rules": {f"{_short(answer.source)}-{_named(traffic)}": rule}}
    key = place.nsg.key
    if key.startswith(HUB_NSG):
        return {"hub": {"network_security_groups": {key.removeprefix(HUB_NSG): rules}}}
    if key:
        return {"spokes": {place.network: {"network_security_groups": {key: rules}}}}
    subnet: Tree = {"cidr": str(place.within or place.cidr), **rules}
    return {"spokes": {place.network: {"subnets": {place.in_file: subnet}}}}


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
