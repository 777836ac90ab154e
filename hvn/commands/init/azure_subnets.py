"""Find free ranges beside the subnets of an existing VNet."""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network

from hvn.check.free_blocks import FreeBlocks
from hvn.commands.init.azure_resources import Vnet
from hvn.diagnostics.printable import printable


def subnet_overlap(vnet: Vnet, nodes: Iterable[IPv4Network]) -> str:
    """Return the message about a range for new nodes that overlaps an existing subnet; an empty text without one."""
    for cidr in nodes:
        for subnet in vnet.subnets:
            if used := next((one for one in subnet.cidrs if one.overlaps(cidr)), None):
                free = free_nodes(vnet, range(min(cidr.prefixlen, 27), 28))
                hint = f"{free} is free" if free else f"{printable(vnet.name)} has no free /27"
                return f"{cidr} overlaps the existing subnet {printable(subnet.name)} {used}; {hint}"
    return ""


def free_nodes(vnet: Vnet, lengths: Iterable[int] = range(20, 28)) -> IPv4Network | None:
    """Return the largest free range, at most a /20, for the nodes of a cluster in an existing VNet; None without a free
    /27."""
    used = [cidr for subnet in vnet.subnets for cidr in subnet.cidrs]
    return next((cidr for length in lengths if (cidr := FreeBlocks(vnet.cidrs, used).take(length))), None)


def other_subnets(vnet: Vnet, named: Sequence[IPv4Network]) -> tuple[IPv4Network, ...]:
    """Return the ranges of the VNet's subnets outside the ranges that the file names, by address."""
    used = {cidr for subnet in vnet.subnets for cidr in subnet.cidrs}
    return tuple(sorted(cidr for cidr in used if not any(cidr.subnet_of(one) for one in named)))
