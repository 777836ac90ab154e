"""HVN446 dnat-target: a DNAT rule forwards to an address outside the file's networks, or in the firewall's subnet."""

from collections.abc import Iterator
from ipaddress import IPv4Network

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.topology import locations
from hvn.topology.firewall import DNAT_RULES
from hvn.topology.model import Topology
from hvn.topology.ranges import remote_ranges

RULE = Rule(
    id="HVN446",
    name="dnat-target",
    reports="The translated address of a DNAT rule is outside the networks of the file, or in the firewall's subnet.",
    why="the firewall has no route to the address, or Azure reserves the subnet for the firewall",
    fix="write the private address of a machine or of an internal load balancer",
    example="""\
hub:
  firewall:
    dnat_rules:
      shop: {sources: [203.0.113.7], port: tcp/443, translated_address: 10.250.0.9, translated_port: 443, reason: s}
""",
    see="https://learn.microsoft.com/azure/firewall/tutorial-firewall-dnat-policy",
    needs_all_items=True,
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each translated address that the firewall cannot reach or that Azure reserves."""
    firewall = locations.new_firewall(topology)
    if firewall is None or not topology.dnat_rules:
        return
    own = [cidr for cidr in (firewall.cidr, firewall.management_cidr) if cidr]
    networks = [cidr for spoke in topology.spokes.values() for cidr in spoke.cidrs]
    networks += [IPv4Network(cidr) for cidr in locations.hub_cidrs(topology)]
    networks += [cidr for cidrs in topology.on_premises.values() for cidr in cidrs]
    networks += [cidr for _, cidr in remote_ranges(topology)]
    for name, rule in topology.dnat_rules.items():
        address = rule.translated_address
        in_own = next((cidr for cidr in own if address in cidr), None)
        if in_own or not any(address in cidr for cidr in networks):
            yield Finding(
                rule=RULE,
                path=(*DNAT_RULES, name, "translated_address"),
                message=Message("{address} is in the firewall's subnet {cidr}", address=address, cidr=in_own)
                if in_own
                else Message(
                    "no spoke, hub, on-premises network or remote VNet contains {address}",
                    address=address,
                ),
            )
