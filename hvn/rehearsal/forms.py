"""Check addresses and ranges as the providers do, if a regular expression is not sufficient.

`form` in a table names a check of this module. A check returns the provider's error, or an empty text.
"""

import ipaddress
from collections.abc import Callable, Iterable, Mapping

# The private ranges of RFC 1918, and the shared address space of RFC 6598.
PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
SHARED = ("100.64.0.0/10",)


def _address(text: str) -> str:
    # terraform-plugin-sdk helper/validation/network.go; azurerm's firewall also accepts ranges with a hyphen.
    first, _, last = text.partition("-")
    fits = _is_address(text) or _is_range(text) or (_is_address(first) and _is_address(last))
    return "" if fits else f"expected an IP address or a CIDR range, got {text}"


def _ipv4(text: str) -> str:
    # azurerm helpers/azure/validate/ip_address.go
    return "" if _is_address(text) and ":" not in text else f"{text} is not a valid IPv4 address"


def _hvn_range(text: str) -> str:
    return _canonical(text, PRIVATE)


def _hvn_route_range(text: str) -> str:
    return _canonical(text, (*PRIVATE, *SHARED))


def _canonical(text: str, blocks: Iterable[str]) -> str:
    # terraform-provider-hcp internal/providersdkv2/validators.go (validateCIDRBlock)
    if not _is_range(text) or ":" in text:
        return "unable to parse string as CIDR notation IP address"
    network = ipaddress.IPv4Network(text, strict=False)
    if not any(network.subnet_of(ipaddress.IPv4Network(block)) for block in blocks):
        return (
            "must match pattern of 10.*.*.* with prefix greater than /8, or 172.[16-31].*.* with prefix greater than "
            "/12, or 192.168.*.* with prefix greater than /16; where * is any number from [0-255]"
        )
    start = text.partition("/")[0]
    right = str(network.network_address)
    return "" if start == right else f"invalid CIDR range start {start}, should have been {right}"


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_range(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return "/" in text


FORMS: Mapping[str, Callable[[str], str]] = {
    "HVN range": _hvn_range,
    "HVN route range": _hvn_route_range,
    "IP address or CIDR": _address,
    "IPv4 address": _ipv4,
}
