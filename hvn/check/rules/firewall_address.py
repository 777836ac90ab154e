"""HVN140 firewall-address: Azure cannot assign the firewall's private_ip in its subnet."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.diagnostics.message import Field
from hvn.topology import locations
from hvn.topology.addresses import assignable
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN140",
    name="firewall-address",
    reports="Azure cannot assign the firewall's private_ip in AzureFirewallSubnet.",
    why=(
        "the default routes use this address as next hop; Azure reserves the subnet's first four addresses and its "
        "last address"
    ),
    fix="remove private_ip to use the first usable address of the subnet",
    example="""\
hub:
  firewall: {private_ip: 10.0.0.3}
""",
    see="https://learn.microsoft.com/azure/firewall/management-nic",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for a `private_ip` that Azure cannot assign to the firewall."""
    firewall = locations.new_firewall(topology)
    if firewall is None or firewall.private_ip is None:
        return
    address, subnet = firewall.private_ip, firewall.cidr
    range_ = assignable(subnet)
    if range_ is None:  # HVN102 reports the subnet
        return
    first, last = range_
    if not first <= address <= last:
        yield Finding(
            rule=RULE,
            path=("hub", "firewall", "private_ip"),
            message=Message(
                "Azure does not assign {address} in {field} {subnet}",
                address=address,
                field=Field(("hub", "firewall", "cidr")),
                subnet=subnet,
            ),
            fix=Message(
                "remove private_ip to use {first}, or use an address from {first} to {last}", first=first, last=last
            ),
        )
