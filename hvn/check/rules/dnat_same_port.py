"""HVN447 dnat-same-port: two DNAT rules forward the same connections."""

from collections.abc import Iterator
from ipaddress import IPv4Network

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.topology.firewall import DNAT_RULES, INTERNET
from hvn.topology.model import DnatRule, Topology

RULE = Rule(
    id="HVN447",
    name="dnat-same-port",
    reports="Two DNAT rules have the same public address, protocol and port, and common sources.",
    why="the firewall uses only the first rule for a connection, so the second rule has no effect for common sources",
    fix="use another port or another public_ip, or separate the sources",
    example="""\
hub:
  firewall:
    dnat_rules:
      shop: {sources: [203.0.113.7], port: tcp/443, translated_address: 10.64.0.9, translated_port: 443, reason: s}
      again: {sources: [203.0.113.7], port: tcp/443, translated_address: 10.64.0.9, translated_port: 443, reason: s}
""",
    see="https://learn.microsoft.com/azure/firewall/tutorial-firewall-dnat-policy",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each DNAT rule that matches connections of an earlier rule in the order of names."""
    rules = sorted(topology.dnat_rules.items())
    for number, (name, rule) in enumerate(rules):
        for other, earlier in rules[:number]:
            same = (rule.public_ip, rule.port) == (earlier.public_ip, earlier.port)
            if same and any(one.overlaps(two) for one in _ranges(rule) for two in _ranges(earlier)):
                yield Finding(
                    rule=RULE,
                    path=(*DNAT_RULES, name, "port"),
                    message=Message("{other} also forwards {port}", other=other, port=rule.port),
                )
                break


def _ranges(rule: DnatRule) -> list[IPv4Network]:
    return [IPv4Network("0.0.0.0/0" if one == INTERNET else one) for one in rule.sources]
