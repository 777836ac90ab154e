"""HVN102: ranges that are too small or too large for what they are for."""

from collections.abc import Iterator
from ipaddress import IPv4Network

from hvn.diagnostics.finding import Breach, Path, Rule
from hvn.topology.model import NewHub, Topology
from hvn.topology.ranges import subnets

RULE = Rule(
    id="HVN102",
    name="range-size",
    why="HCP or Azure refuses the size, Azure only when it is applied",
    see="https://learn.microsoft.com/azure/virtual-network/virtual-networks-faq",
)


def check(topology: Topology) -> Iterator[Breach]:
    """HVN /16 to /25, AzureFirewallSubnet /26 or larger, VNets and subnets /8 to /29, Services /13 to /28."""
    sizes: list[tuple[Path, IPv4Network, int, int, str]] = [(("hvn", "cidr"), topology.hvn.cidr, 16, 25, "an HVN")]
    if isinstance(topology.hub, NewHub):
        sizes.append((("hub", "cidr"), topology.hub.cidr, 8, 29, "a VNet"))
        sizes.append((("hub", "firewall", "cidr"), topology.hub.firewall.cidr, 8, 26, "AzureFirewallSubnet"))
    sizes += [(path, cidr, 8, 29, "a subnet") for path, cidr, _ in subnets(topology)]
    for name, spoke in topology.spokes.items():
        if spoke.cidr:
            sizes.append((("spokes", name, "cidr"), spoke.cidr, 8, 29, "a VNet"))
        if spoke.cluster:
            # azurerm takes more, AKS wants a range smaller than /12 that still holds its DNS service.
            sizes.append(
                (("spokes", name, "cluster", "service_cidr"), spoke.cluster.service_cidr, 13, 28, "a range of Services")
            )
    for path, cidr, largest, smallest, what in sizes:
        if not largest <= cidr.prefixlen <= smallest:
            yield Breach(path, f"{cidr} is no size for {what}", f"its length must be /{largest} to /{smallest}")
