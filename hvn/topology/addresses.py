"""Arithmetic with IPv4 ranges: what lies in what, what overlaps, which addresses Azure keeps for itself."""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network
from typing import TypeVar

T = TypeVar("T")

RFC1918 = tuple(IPv4Network(cidr) for cidr in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
RFC6598 = IPv4Network("100.64.0.0/10")

# AKS refuses these for the VNet, the pods and the Services of a cluster (azure/aks/concepts-network-cni-overlay).
AKS_RESERVED = tuple(IPv4Network(cidr) for cidr in ("169.254.0.0/16", "172.30.0.0/16", "172.31.0.0/16", "192.0.2.0/24"))

# Azure keeps the first four addresses of a subnet and its last (virtual-networks-faq).
RESERVED_FIRST = 4
RESERVED = RESERVED_FIRST + 1


def is_private(cidr: IPv4Network, *, shared: bool) -> bool:
    """Whether the whole range lies in RFC 1918, or with `shared` in RFC 6598 (100.64.0.0/10)."""
    return any(cidr.subnet_of(block) for block in (*RFC1918, *((RFC6598,) if shared else ())))


def usable(cidr: IPv4Network) -> int:
    """How many addresses of a subnet are left when Azure has taken its five."""
    return max(0, cidr.num_addresses - RESERVED)


def firewall_address(subnet: IPv4Network) -> IPv4Address:
    """The first usable address of a subnet, which a firewall gets in practice (firewall/management-nic)."""
    return subnet[min(RESERVED_FIRST, subnet.num_addresses - 1)]


def overlaps(ranges: Iterable[tuple[IPv4Network, T]]) -> Iterator[tuple[T, T]]:
    """Pairs of owners whose ranges overlap: the one that begins first, or is wider, first.

    Every range that lies in another is paired with the widest open one around it: one report a range, not one a pair.
    Two CIDR ranges overlap only if one contains the other, so a sorted sweep with one open range finds all.
    """
    ordered = sorted(ranges, key=lambda item: (int(item[0].network_address), item[0].prefixlen))
    open_range: tuple[IPv4Network, T] | None = None
    for cidr, owner in ordered:
        if open_range and cidr.network_address <= open_range[0].broadcast_address:
            yield open_range[1], owner
        else:
            open_range = (cidr, owner)
