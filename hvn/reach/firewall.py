"""The decision of the hub's firewall about one request."""

from enum import StrEnum
from ipaddress import IPv4Network

from hvn.reach.dnat import firewall_subnet
from hvn.reach.network import INTERNET, Firewall, FirewallRule, Network, Place
from hvn.reach.ranges import ALL, is_public
from hvn.reach.traffic import Protocol, Traffic
from hvn.reach.translated import may_translate
from hvn.reach.way import Way
from hvn.topology.hosts import FQDN_TAGS, is_allowed

EVERY_HOST = "*"
NO_ICMP = "Azure Firewall does not translate ICMP packets, so they do not reach the internet"


class _Match(StrEnum):
    """Whether a rule's destinations contain the destination of a request. MAYBE: a tag or a public range of the rule
    may contain the destination."""

    ALL = "all"
    MAYBE = "maybe"
    PART = "part"
    NONE = ""


def ask(network: Network, firewall: Firewall, source: Place, destination: Place, traffic: Traffic, way: Way) -> None:
    """Record the rule that allows the request, and block a request that the firewall certainly denies. Azure Firewall
    does not translate ICMP packets (SNAT), so they do not reach the internet:
    https://learn.microsoft.com/azure/firewall/firewall-known-issues

    The rules of an existing firewall are unknown. The rules of a base policy are unknown too, and Azure processes them
    first: https://learn.microsoft.com/azure/firewall-manager/policy-overview
    """
    if firewall.rules is None:
        way.hop(f"firewall {firewall.address}", f"unknown whether a rule allows {traffic}")
        way.add_unknown("the rules of the hub's existing firewall, and whether it translates addresses (SNAT)")
        may_translate(network, firewall.address, way)
        _ask_declared(firewall, source, destination, traffic, way)
        return
    if destination.network == INTERNET and traffic.protocol is Protocol.ICMP:
        way.blocked_by = NO_ICMP
        return
    _ask_rules(firewall, source, destination, traffic, way)
    if firewall.base_policy:
        if way.blocked_by:
            way.hop(f"firewall {firewall.address}", f"unknown whether a rule of the base policy allows {traffic}")
        way.blocked_by = ""
        verb = "denies" if way.rule else "allows"
        way.add_unknown(f"whether the base policy {firewall.base_policy} {verb} {traffic}")


def _ask_rules(firewall: Firewall, source: Place, destination: Place, traffic: Traffic, way: Way) -> None:
    """Record the rule that allows the request. If no rule allows it, block the request and name the rules that allow a
    part."""
    partly, maybe = [], []
    for rule in _rules_for(firewall, source, destination):
        if not rule.has(traffic):
            continue
        match, whole = _match(rule, destination), _allows(rule.sources, source.cidr)
        if match is _Match.ALL and whole:
            way.rule = rule
            way.hop(f"firewall {firewall.address}", f"the rule {rule.label} allows {traffic}")
            return
        if match is _Match.MAYBE and whole:
            maybe.append(rule.label)
        elif match:
            partly.append(rule.label)
    way.rule_missing = True
    if maybe:
        way.hop(f"firewall {firewall.address}", f"unknown whether a rule allows {traffic}")
        for label in maybe:
            way.add_unknown(f"whether the rule {label} contains {_text(destination)}")
        if firewall.subnet and destination.network != INTERNET:
            # Only application rules may contain private addresses, and they always translate the source (SNAT):
            # https://learn.microsoft.com/azure/firewall/snat-private-range
            way.senders = (firewall_subnet(firewall), *([source] if partly or firewall.base_policy else []))
        return
    way.blocked_by = f"no rule of the firewall allows {traffic} from {source.cidr} to {_text(destination)}"
    if partly:
        way.blocked_by += f"; only a part of the connection matches {', '.join(partly)}"


def _ask_declared(firewall: Firewall, source: Place, destination: Place, traffic: Traffic, way: Way) -> None:
    """Name the rule of the file that the owner of an existing firewall must add, or record that the file has none."""
    asked = Way()
    _ask_rules(firewall, source, destination, traffic, asked)
    way.rule, way.rule_missing = asked.rule, asked.rule_missing
    if way.rule:
        way.add_unknown(f"whether the hub's owner added the rule {way.rule.label}, a manual step")
    for unknown in asked.unknown:
        way.add_unknown(unknown)
    way.add_unknown(asked.blocked_by.replace("rule of the firewall", "rule of the file"))


def _rules_for(firewall: Firewall, source: Place, destination: Place) -> list[FirewallRule]:
    """Return the rules for a source; for a destination on the internet, also the rules with host names and tags. A rule
    with the host name `*` applies to private addresses too."""
    to_internet = destination.network == INTERNET
    public = (rule for rule in firewall.public_from(source.cidr) if to_internet or EVERY_HOST in rule.hosts)
    return [*firewall.overlapping(source.cidr, destination.cidr), *public]


def _match(rule: FirewallRule, destination: Place) -> _Match:
    if _allows(rule.destinations, destination.cidr):
        return _Match.ALL
    touches = any(destination.cidr.overlaps(cidr) and is_public(cidr) for cidr in rule.destinations)
    # An application rule needs the name of a host in the request (TLS SNI, or the header Host).
    if EVERY_HOST in rule.hosts and not destination.host:
        return _Match.ALL if destination.cidr == ALL else _Match.MAYBE
    if destination.network != INTERNET:
        return _Match.PART if any(map(destination.cidr.overlaps, rule.destinations)) else _Match.NONE
    named = bool(rule.hosts or rule.fqdn_tags)
    if destination.host:
        known = (*rule.hosts, *(host for tag in rule.fqdn_tags for host in FQDN_TAGS.get(tag, ())))
        if is_allowed(destination.host, known):
            return _Match.ALL
        return _Match.MAYBE if rule.fqdn_tags or rule.service_tags or touches else _Match.NONE
    if rule.service_tags and destination.cidr != ALL:
        return _Match.MAYBE
    return _Match.PART if named or rule.service_tags or touches else _Match.NONE


def _text(destination: Place) -> str:
    return destination.host or ("the internet" if destination.cidr == ALL else str(destination.cidr))


def _allows(ranges: tuple[IPv4Network, ...], cidr: IPv4Network) -> bool:
    return any(map(cidr.subnet_of, ranges))
