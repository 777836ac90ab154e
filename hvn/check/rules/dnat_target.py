"""HVN446 dnat-target: a DNAT rule forwards to an address that no machine can have."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network

from hvn.check.host_addresses import HostAddresses
from hvn.diagnostics.finding import Finding, Message, Path, Rule
from hvn.topology import locations
from hvn.topology.firewall import DNAT_RULES
from hvn.topology.model import Topology
from hvn.topology.ranges import hub_ranges, on_premises_ranges, remote_ranges, spoke_ranges

RULE = Rule(
    id="HVN446",
    name="dnat-target",
    reports="No machine can have the translated address of a DNAT rule.",
    why="Azure reserves the address, or the firewall has no route to it",
    fix="write the private address of a machine or of an internal load balancer",
    example="""\
hub:
  firewall:
    dnat_rules:
      shop: {sources: [203.0.113.7], port: tcp/443, translated_address: 10.250.0.9, translated_port: 443, reason: s}
""",
    see="https://learn.microsoft.com/azure/virtual-network/virtual-networks-faq",
    needs_all_items=True,
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each translated address that no machine can have."""
    if locations.new_firewall(topology) is None or not topology.dnat_rules:
        return
    hosts = HostAddresses(topology)
    networks = [*hub_ranges(topology), *spoke_ranges(topology), *on_premises_ranges(topology), *remote_ranges(topology)]
    for name, rule in topology.dnat_rules.items():
        if message := _problem(rule.translated_address, hosts, networks):
            yield Finding(rule=RULE, path=(*DNAT_RULES, name, "translated_address"), message=message)


def _problem(address: IPv4Address, hosts: HostAddresses, networks: list[tuple[Path, IPv4Network]]) -> Message | None:
    """Return the reason why no machine has the address, or None. The subnets of an existing VNet are unknown."""
    network = next((path for path, cidr in networks if address in cidr), None)
    if network is None:
        return Message("no spoke, hub, on-premises network or remote VNet contains {address}", address=address)
    if hosts.subnet(address):
        return hosts.problem(address)
    is_new = network[-1] == "cidr" or network[-2] == "more_cidrs"
    return Message("no subnet contains {address}", address=address) if is_new else None
