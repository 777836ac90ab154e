"""HVN140: the firewall's address lies in its subnet and is not one of Azure's own."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Breach, Rule
from hvn.topology.addresses import RESERVED_FIRST
from hvn.topology.model import NewHub, Topology

RULE = Rule(
    id="HVN140",
    name="firewall-address",
    why="every route table points to this address, and Azure gives the firewall one of its subnet's",
    see="https://learn.microsoft.com/azure/firewall/management-nic",
)


def check(topology: Topology) -> Iterator[Breach]:
    """A `private_ip` that Azure cannot have given."""
    if not isinstance(topology.hub, NewHub) or topology.hub.firewall.private_ip is None:
        return
    address, subnet = topology.hub.firewall.private_ip, topology.hub.firewall.cidr
    first, last = subnet.network_address + RESERVED_FIRST, subnet.broadcast_address - 1
    if not first <= address <= last:
        yield Breach(
            ("hub", "firewall", "private_ip"),
            f"{address} is not an address that Azure can give out in {subnet}",
            f"choose one from {first} to {last}, or leave the key out for {first}",
        )
