"""The decision of a network security group (NSG) about one connection.

The matching rule with the lowest priority number decides. Azure's default rules have the highest priority numbers:
https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

from hvn.reach.ranges import ALL, is_public
from hvn.topology.dns import AZURE_DNS
from hvn.topology.security import ANY, INBOUND, OUTBOUND, SecurityRule

TCP, ICMP, VIRTUAL_NETWORK = "Tcp", "Icmp", "VirtualNetwork"
HUB_NSG = "hub."
_INTERNET, _BALANCER = "Internet", "AzureLoadBalancer"
AZURE_HOST = IPv4Network(AZURE_DNS)
"""Health probes come from this address, the virtual address of each host. The tag AzureLoadBalancer contains this
address: https://learn.microsoft.com/azure/virtual-network/service-tags-overview"""
DEFAULTS = (
    SecurityRule(name="AllowVnetInBound", priority=65000, sources=(VIRTUAL_NETWORK,), destinations=(VIRTUAL_NETWORK,)),
    SecurityRule(name="AllowAzureLoadBalancerInBound", priority=65001, sources=("AzureLoadBalancer",)),
    SecurityRule(name="DenyAllInBound", priority=65500, access="Deny"),
    SecurityRule(
        name="AllowVnetOutBound",
        priority=65000,
        direction=OUTBOUND,
        sources=(VIRTUAL_NETWORK,),
        destinations=(VIRTUAL_NETWORK,),
    ),
    SecurityRule(name="AllowInternetOutBound", priority=65001, direction=OUTBOUND, destinations=("Internet",)),
    SecurityRule(name="DenyAllOutBound", priority=65500, direction=OUTBOUND, access="Deny"),
)


@dataclass(frozen=True, slots=True)
class SecurityGroup:
    """An NSG. `rules` is None if the rules are unknown. `key` is the key in the spoke's `network_security_groups`,
    with the prefix `HUB_NSG` for an NSG of the hub; empty for the NSG of one subnet. `path` is the NSG or its subnet in
    the file, and `lines` has the lines of the file's rules by name, if known."""

    name: str
    rules: tuple[SecurityRule, ...] | None
    key: str = ""
    path: tuple[str, ...] = ()
    lines: tuple[tuple[str, int], ...] = ()

    def label(self, rule: SecurityRule) -> str:
        """Return the rule's name, with its line in the file."""
        line = dict(self.lines).get(rule.name)
        return f"{rule.name} (line {line})" if line else rule.name


@dataclass(frozen=True, slots=True)
class Decision:
    """The rule that decides, and the earlier rules with the opposite access that may match, or match only a part of
    the ranges."""

    rule: SecurityRule
    partly: tuple[SecurityRule, ...]

    @property
    def allows(self) -> bool:
        """Return whether the rule allows the connection."""
        return self.rule.access == "Allow"


Tag = tuple[IPv4Network, ...]


def decide(
    rules: tuple[SecurityRule, ...],
    direction: str,
    source: IPv4Network,
    to: IPv4Network,
    port: int,
    *,
    tag: Tag,
    to_internet: bool = False,
    protocol: str = TCP,
) -> Decision:
    """Return the decision about a connection between two ranges. `tag` has the ranges of the tag VirtualNetwork.
    With `to_internet`, the destination is on the internet. Ignore the port for ICMP."""
    partly: list[SecurityRule] = []
    for rule in sorted((*rules, *DEFAULTS), key=lambda rule: rule.priority):
        if rule.direction != direction or not (has_port(rule, port, protocol) or may_match(rule, protocol)):
            continue
        ends = ((rule.sources, source, False), (rule.destinations, to, to_internet))
        whole = all(any(cidr.subnet_of(one) for one in _ranges(texts, tag, public)) for texts, cidr, public in ends)
        if whole and not may_match(rule, protocol):
            return Decision(rule, tuple(one for one in partly if one.access != rule.access))
        if all(_touches(texts, cidr, tag, public) for texts, cidr, public in ends):
            partly.append(rule)
    raise AssertionError("the last default rule matches every connection")


def _touches(texts: Sequence[str], cidr: IPv4Network, tag: Tag, public: bool) -> bool:
    """Return whether addresses and tags contain a part of a range. On the internet, the addresses of service tags are
    unknown, so the function returns true."""
    if public and any(_is_service_tag(text) for text in texts):
        return True
    return any(cidr.overlaps(one) and (is_public(one) or not public) for one in _ranges(texts, tag, public))


def parts(texts: Sequence[str], cidr: IPv4Network, tag: Tag) -> Iterator[IPv4Network]:
    """Yield the parts of a private range that addresses and tags contain."""
    for one in _ranges(texts, tag, False):
        if cidr.overlaps(one):
            yield one if one.subnet_of(cidr) else cidr


def _is_service_tag(text: str) -> bool:
    return not text[0].isdigit() and text not in (ANY, VIRTUAL_NETWORK, _INTERNET, _BALANCER)


def opens_to(
    rules: tuple[SecurityRule, ...], source: IPv4Network, to: IPv4Network, port: int, protocol: str = TCP
) -> bool:
    """Return whether rules of the file may allow connections from a range of the internet."""
    for rule in sorted(rules, key=lambda rule: rule.priority):
        if (
            rule.direction != INBOUND
            or not (has_port(rule, port, protocol) or (rule.access == "Allow" and may_match(rule, protocol)))
            or not _touches(rule.destinations, to, (to,), False)
        ):
            continue
        if rule.access == "Allow" and _touches(rule.sources, source, (), True):
            return True
        whole = (_ranges(rule.sources, (), True), source), (_ranges(rule.destinations, (to,), False), to)
        if rule.access == "Deny" and all(any(cidr.subnet_of(one) for one in ranges) for ranges, cidr in whole):
            return False
    return False


def admits_outside(rules: tuple[SecurityRule, ...]) -> bool:
    """Return whether rules of the file allow connections from public addresses, such as those of a service tag."""
    inside = (VIRTUAL_NETWORK, _BALANCER)
    sources = [text for rule in rules if rule.direction == INBOUND and rule.access == "Allow" for text in rule.sources]
    return any(
        is_public(IPv4Network(text, strict=False)) if text[0].isdigit() else text not in inside for text in sources
    )


def has_service_tag(rule: SecurityRule) -> bool:
    """Return whether a destination of the rule is a service tag, which has unknown public addresses."""
    return any(map(_is_service_tag, rule.destinations))


def has_port(rule: SecurityRule, port: int, protocol: str) -> bool:
    """Return whether a rule matches a port and a protocol. Ignore the port for ICMP."""
    if rule.protocol not in (ANY, protocol):
        return False
    return ANY in rule.ports if protocol == ICMP else any(_within(port, text) for text in rule.ports)


def may_match(rule: SecurityRule, protocol: str) -> bool:
    """Return whether a rule may match ICMP: the effect of a rule for all protocols with ports is not documented."""
    return protocol == ICMP and rule.protocol == ANY and ANY not in rule.ports


def _within(port: int, text: str) -> bool:
    first, _, last = text.partition("-")
    return text == ANY or int(first) <= port <= int(last or first)


def _ranges(texts: Sequence[str], tag: Tag, public: bool) -> Iterator[IPv4Network]:
    """Yield the ranges of addresses and of the tags VirtualNetwork, Internet and AzureLoadBalancer. All other tags
    contain only public addresses, and no range of the topology."""
    for text in texts:
        if text == ANY or (public and text == _INTERNET):
            yield ALL
        elif text == VIRTUAL_NETWORK:
            yield from tag
        elif text == _BALANCER and not public:
            yield AZURE_HOST
        elif text[0].isdigit():
            yield IPv4Network(text, strict=False)  # HVN160 reports host bits
