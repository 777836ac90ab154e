"""Arithmetic with IPv4 ranges: containment, overlaps, and the addresses that Azure reserves."""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network
from typing import TypeVar

T = TypeVar("T")

RFC1918 = tuple(IPv4Network(cidr) for cidr in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
RFC6598 = IPv4Network("100.64.0.0/10")

# Special-purpose and multicast ranges: https://www.iana.org/assignments/iana-ipv4-special-registry
UNROUTED = tuple(IPv4Network(cidr) for cidr in ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3"))

# AKS refuses these ranges for the VNet, the pods and the Services of a cluster:
# https://learn.microsoft.com/azure/aks/concepts-network-cni-overview
AKS_RESERVED = tuple(IPv4Network(cidr) for cidr in ("169.254.0.0/16", "172.30.0.0/16", "172.31.0.0/16", "192.0.2.0/24"))
# https://learn.microsoft.com/azure/dns/dns-private-resolver-overview#subnet-restrictions: 10.0.1.0 - 10.0.16.255
RESOLVER_RESERVED = tuple(IPv4Network(f"10.0.{third}.0/24") for third in range(1, 17))

# Azure reserves the first four addresses and the last address of a subnet:
# https://learn.microsoft.com/azure/virtual-network/virtual-networks-faq
RESERVED_FIRST = 4
RESERVED = RESERVED_FIRST + 1


def is_private(cidr: IPv4Network, *, shared: bool) -> bool:
    """Return whether the whole range is in RFC 1918 or, with `shared`, in RFC 6598 (100.64.0.0/10)."""
    return any(inside(cidr, block) for block in ((*RFC1918, RFC6598) if shared else RFC1918))


def overlap(one: IPv4Network, other: IPv4Network) -> bool:
    """Return whether two ranges overlap. `IPv4Network.overlaps` takes four times as long."""
    apart = int(one.network_address) ^ int(other.network_address)
    return not apart >> (32 - min(one.prefixlen, other.prefixlen))


def inside(cidr: IPv4Network, block: IPv4Network) -> bool:
    """Return whether a range is in a block. `IPv4Network.subnet_of` takes four times as long."""
    return block.prefixlen <= cidr.prefixlen and overlap(cidr, block)


def usable(cidr: IPv4Network) -> int:
    """Return the number of addresses that Azure can assign in a subnet."""
    return max(0, cidr.num_addresses - RESERVED)


def assignable(subnet: IPv4Network) -> tuple[IPv4Address, IPv4Address] | None:
    """Return the first and the last address that Azure can assign in a subnet, or None if all are reserved."""
    return (subnet[RESERVED_FIRST], subnet[-2]) if usable(subnet) else None


def firewall_address(subnet: IPv4Network) -> IPv4Address:
    """Return the address that Azure usually assigns to a firewall: the first usable address of the firewall's subnet.

    Source: https://learn.microsoft.com/azure/firewall/management-nic. For a subnet without usable addresses, which
    HVN102 reports, return the last address.
    """
    return subnet[min(RESERVED_FIRST, subnet.num_addresses - 1)]


def overlaps(ranges: Iterable[tuple[IPv4Network, T]]) -> Iterator[tuple[T, T]]:
    """Yield pairs of owners with overlapping ranges; the first owner has the lower start or the wider range.

    The function pairs a range only with the widest range that contains it. Two CIDR ranges overlap only if one contains
    the other, so one pass over the sorted ranges is enough.
    """
    ordered = sorted(ranges, key=lambda item: (int(item[0].network_address), item[0].prefixlen))
    open_range: tuple[IPv4Network, T] | None = None
    for cidr, owner in ordered:
        if open_range and cidr.network_address <= open_range[0].broadcast_address:
            yield open_range[1], owner
        else:
            open_range = (cidr, owner)
