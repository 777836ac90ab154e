"""HVN445 dnat-public-ip: a DNAT rule names a public address that the firewall does not have."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.topology import locations
from hvn.topology.firewall import DNAT_RULES
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN445",
    name="dnat-public-ip",
    reports="The public_ip of a DNAT rule is higher than public_ips.",
    why="a DNAT rule needs a public IP address of the firewall",
    fix="increase public_ips, or use a lower public_ip",
    example="""\
hub:
  firewall:
    dnat_rules:
      shop:
        sources: [203.0.113.7]
        public_ip: 2
        port: tcp/443
        translated_address: 10.64.0.9
        translated_port: 443
        reason: shop
""",
    see="https://learn.microsoft.com/azure/firewall/tutorial-firewall-dnat-policy",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each DNAT rule with a missing public address."""
    firewall = locations.new_firewall(topology)
    for name, rule in topology.dnat_rules.items():
        if firewall and rule.public_ip > firewall.public_ips:
            yield Finding(
                rule=RULE,
                path=(*DNAT_RULES, name, "public_ip"),
                message=Message(
                    "public_ip {ip} is higher than public_ips {number}", ip=rule.public_ip, number=firewall.public_ips
                ),
            )
