"""Parse a role's `token_bound_cidrs` as Vault does (hashicorp/go-sockaddr v1.0.7, NewSockAddr; Vault, cidrutil).

Vault treats an invalid address with a slash, such as 10.0.0.0/33, as the path of a UNIX socket, which matches no
address. Vault ignores the port of an address in a range.
"""

import re
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
_HEX_MASK = re.compile("/[0-9a-f]{8}$")
_PREFIX = re.compile("(.+)/([0-9]+)")
_PORT = re.compile(r"(?:\[(.+)\]|([^\[\]:]+)):([0-9]+)")


def allows(ranges: Sequence[str], address: str) -> bool:
    """Return whether the client's address is in one of the role's ranges."""
    client = as_address(address)
    return client is not None and any(client in network for network in networks(ranges))


def networks(ranges: Sequence[str]) -> tuple[Network, ...]:
    """Return the ranges that can match an address, without paths of UNIX sockets."""
    return tuple(network for text in ranges if (network := network_of(text)) is not None)


def as_address(text: str) -> Address | None:
    """Return the address in a text, or None if the text is not an address or has an IPv6 zone. Return an IPv4-mapped
    IPv6 address as IPv4."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        return None if address.scope_id else address.ipv4_mapped or address
    return address


def network_of(text: str) -> Network | None:
    """Return the network of a range, or None if the range matches no address."""
    text = _HEX_MASK.sub("", text)
    if match := _PREFIX.fullmatch(text):
        return _network(match[1], int(match[2][-6:]))
    if match := _PORT.fullmatch(text):
        text = match[1] or match[2]
        if int(match[3][-6:]) > 65535:
            return None
    elif text.startswith("[") and text.endswith("]") and ":" in text:
        text = text[1:-1]
    address = as_address(text)
    return None if address is None else _network(str(address), address.max_prefixlen)


def is_writable(text: str) -> bool:
    """Return whether Vault accepts a text as a range of a role. Vault accepts a host name with a port and resolves the
    name."""
    name, _, port = text.rpartition(":")
    is_socket = len(text) > 1 and (text[0] in "./" or "/" in text)
    return is_socket or network_of(text) is not None or bool(re.fullmatch("[A-Za-z][A-Za-z0-9.-]*", name) and port)


def _network(address: str, prefix: int) -> Network | None:
    """Return the network, or None if the prefix is invalid. For an IPv4-mapped address, Vault subtracts 96 from a
    prefix of 96 or more."""
    try:
        whole = ip_address(address)
        host = as_address(address)
        if host is None or prefix > whole.max_prefixlen:
            return None
        if isinstance(host, IPv4Address):
            return IPv4Network((host, prefix - 96 if prefix >= 96 else prefix), strict=False)
        return IPv6Network((host, prefix), strict=False)
    except ValueError:
        return None
