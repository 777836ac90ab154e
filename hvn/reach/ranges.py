"""Public and private IPv4 ranges."""

from ipaddress import IPv4Network

from hvn.topology.addresses import UNROUTED, is_private

ALL = IPv4Network("0.0.0.0/0")


def is_public(cidr: IPv4Network) -> bool:
    """Return whether hosts on the internet can have addresses of a range."""
    return not is_private(cidr, shared=True) and not any(cidr.subnet_of(block) for block in UNROUTED)
