"""HVN449 dnat-source: a DNAT rule is open to every address, or to addresses that no client has."""

from collections.abc import Iterator
from ipaddress import IPv4Network

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.topology.addresses import UNROUTED, is_private
from hvn.topology.firewall import DNAT_RULES, INTERNET
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN449",
    name="dnat-source",
    level=Level.WARNING,
    reports="A source of a DNAT rule is the internet, a range larger than /8, or not public.",
    why="a wide source lets unknown clients connect to the machine. Connections from the internet always have a public "
    "source",
    fix="write the public ranges of the clients, or accept the warning for a public service",
    example="""\
hub:
  firewall:
    dnat_rules:
      shop: {sources: [internet], port: tcp/443, translated_address: 10.64.0.9, translated_port: 443, reason: s}
""",
    see="https://learn.microsoft.com/azure/firewall/rule-processing",
)
# A shorter prefix contains more public addresses than one company has.
LARGEST = 8


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each source that is too wide or not public."""
    for name, rule in topology.dnat_rules.items():
        for index, source in enumerate(rule.sources):
            cidr = IPv4Network("0.0.0.0/0" if source == INTERNET else source)
            private = is_private(cidr, shared=True)
            unrouted = any(cidr.subnet_of(block) for block in UNROUTED)
            if private or unrouted or cidr.prefixlen < LARGEST:
                yield Finding(
                    rule=RULE,
                    path=(*DNAT_RULES, name, "sources", index),
                    message=Message("{source} contains no public addresses", source=source)
                    if private or unrouted
                    else Message("{source} contains addresses of unknown clients", source=source),
                )
