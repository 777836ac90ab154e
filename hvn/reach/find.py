"""The places of a question: a place by name, an IPv4 address or range, a host name, or the internet.

hvn/graph/assets/reach.js repeats this module for the page of `hvn graph`: change both.
"""

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from ipaddress import AddressValueError, IPv4Network, NetmaskValueError

from hvn.reach.network import INTERNET, OUTSIDE, VAULT, Network, Place, is_spoke
from hvn.reach.ranges import ALL, is_public

_ADDRESS = re.compile(r"(\d{1,3}\.){3}\d{1,3}(/\d{1,2})?", re.ASCII)
_HOST = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}", re.ASCII)
_SECTIONS = ("address_pools", "hub", "on_premises", "spokes")
# The usual endings of host names. Names of sites and subnets rarely have two letters, as domains of countries have.
_DOMAIN = re.compile(r"[a-z]{2}|app|biz|cloud|com|dev|edu|gov|info|int|mil|net|org")


def find(network: Network, name: str) -> tuple[Place, ...]:
    """Return the places with this name, or the parts of places with these addresses. Addresses that no range of the
    file contains are on the internet or, if private, outside. For other texts, return an empty tuple."""
    if places := network.find(name):
        return places
    if name in (INTERNET.lower(), str(ALL)):
        return (Place(name=INTERNET.lower(), network=INTERNET, cidr=ALL),)
    if _ADDRESS.fullmatch(name):
        try:
            return tuple(_of_range(network, IPv4Network(name, strict=False)))
        except (AddressValueError, NetmaskValueError):
            return ()
    if _HOST.fullmatch(name) and not _resembles_path(network, name):
        return (Place(name=name, network=INTERNET, cidr=ALL, host=name),)
    return ()


def _resembles_path(network: Network, name: str) -> bool:
    """Return whether a host name may be a path of the file with a typing error: `onpremises.tokyo`, `payments.nodes`.
    A name with a usual ending resembles a path only if its first label is a section or its labels are a subnet."""
    first = name.partition(".")[0]
    if first.replace("-", "") in {section.replace("_", "") for section in _SECTIONS}:
        return True
    if network.find(name.replace(".", "/", 1)):
        return True
    known = (*_SECTIONS, VAULT, *filter(is_spoke, network.ranges))
    return not _DOMAIN.fullmatch(name.rpartition(".")[2]) and bool(difflib.get_close_matches(first, known, n=1))


def _of_range(network: Network, cidr: IPv4Network) -> Iterator[Place]:
    for known in (network.places, network.parts):
        parts = {part.cidr: part for places in known.values() for part in _narrowed(places, cidr)}
        if parts:
            yield from (parts[one] for one in sorted(parts))
            return
    owner = next((name for name, ranges in network.ranges.items() if any(map(cidr.subnet_of, ranges))), None)
    if owner is None:
        where = INTERNET if is_public(cidr) else OUTSIDE
        yield Place(name=where.lower(), network=where, cidr=cidr)
    elif owner in network.unlisted:
        unknown = network.unlisted[owner]
        yield Place(name=owner, network=owner, cidr=cidr, propagated=True, existing_table=True, unknown=unknown)
    else:
        yield Place(name=owner, network=owner, cidr=cidr, absent=f"no subnet for hosts in {owner} contains {cidr}")


def _narrowed(places: Iterable[Place], cidr: IPv4Network) -> Iterator[Place]:
    """Yield the places inside the range, and the place that contains the range, narrowed to the range."""
    for place in places:
        if place.cidr.subnet_of(cidr):
            yield place
        elif cidr.subnet_of(place.cidr):
            yield replace(place, cidr=cidr, within=place.cidr)
