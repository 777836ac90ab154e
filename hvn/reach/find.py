"""Find the places that a question names: a place by name, an IPv4 address or range, a host name, or the internet.

hvn/graph/assets/reach.js repeats this module for the page of `hvn graph`: change both.
"""

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from ipaddress import AddressValueError, IPv4Network, NetmaskValueError

from hvn.reach import lookup
from hvn.reach.network import (
    HUB,
    HUB_SUBNETS,
    INTERNET,
    OUTSIDE,
    REMOTE,
    RUNNERS,
    VAULT,
    Network,
    Place,
    is_spoke,
)
from hvn.reach.platform import PLACES
from hvn.reach.ranges import ALL, is_public
from hvn.topology.addresses import RFC1918, RFC6598, UNROUTED, assignable

_ADDRESS = re.compile(r"(\d{1,3}\.){3}\d{1,3}(/\d{1,2})?", re.ASCII)
_HOST = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}", re.ASCII)
_SECTIONS = ("address_pools", "hub", "on_premises", "spokes")
_STARTS = ("on_premises.", REMOTE, "spokes.")
# Common top-level domains, with all domains of two letters, because names of sites and subnets rarely have two letters.
_DOMAIN = re.compile(r"[a-z]{2}|app|biz|cloud|com|dev|edu|gov|info|int|mil|net|org")


def find(network: Network, name: str) -> tuple[Place, ...]:
    """Return the places with this name, or the parts of places with these addresses. Addresses that no range of the
    file contains belong to the place `internet` or, if private, to `outside`. For other texts, return an empty tuple.
    DNS ignores the case of host names."""
    if places := named(network, name):
        return places
    if name in (INTERNET.lower(), str(ALL)):
        return (Place(name=INTERNET.lower(), network=INTERNET, cidr=ALL),)
    if _ADDRESS.fullmatch(name):
        try:
            return tuple(sorted(_of_range(network, IPv4Network(name, strict=False)), key=lambda place: place.cidr))
        except (AddressValueError, NetmaskValueError):
            return ()
    host = name.lower()
    if _HOST.fullmatch(host) and not _resembles_path(network, host):
        return (Place(name=host, network=INTERNET, cidr=ALL, host=host),)
    return ()


def named(network: Network, name: str) -> tuple[Place, ...]:
    """Return the places with this name (`payments`), label (`payments/nodes`) or path in the file
    (`spokes.payments.cluster`, `hub.subnets.jump`). The start of a path is optional if only one place has the rest:
    `tokyo`, `payments.cluster`. For an unknown name, return an empty tuple."""
    if name.startswith(HUB_SUBNETS):
        name = f"{HUB}/{name.removeprefix(HUB_SUBNETS)}"
    short = name.removeprefix("spokes.").removeprefix("hub.")
    place, _, subnet = name.partition("/") if "/" in name else short.partition(".")
    inside = tuple(one for one in network.places.get(place, ()) if subnet and one.subnet == subnet)
    if known := network.places.get(name) or network.parts.get(name) or network.places.get(short) or inside:
        return known
    full = [f"{start}{name}" for start in _STARTS]
    found = [places for one in full if (places := network.places.get(one) or network.parts.get(one))]
    return found[0] if len(found) == 1 else ()


def _resembles_path(network: Network, name: str) -> bool:
    """Return whether a host name may be a path of the file with a typing error: `onpremises.tokyo`, `payments.nodes`.
    A name with a common top-level domain resembles a path only if it begins with a section or names a subnet."""
    first = name.partition(".")[0]
    if first.replace("-", "") in {section.replace("_", "") for section in _SECTIONS}:
        return True
    if named(network, name.replace(".", "/", 1)):
        return True
    known = (*_SECTIONS, VAULT, *filter(is_spoke, network.ranges))
    return not _DOMAIN.fullmatch(name.rpartition(".")[2]) and bool(difflib.get_close_matches(first, known, n=1))


def _of_range(network: Network, cidr: IPv4Network) -> Iterator[Place]:
    """Yield the known places of a range. For the other addresses, yield the public parts, and the private blocks
    without a known place."""
    platform = [place for place in PLACES if place.cidr.subnet_of(cidr)]
    yield from platform
    if cidr in (place.cidr for place in platform):
        return
    inside = list(_inside(network, cidr))
    yield from inside
    private = (*RFC1918, RFC6598)
    if not inside and not is_public(cidr):
        yield Place(name=OUTSIDE.lower(), network=OUTSIDE, cidr=cidr)
    for block in private if is_public(cidr) else ():
        if block.subnet_of(cidr) and not any(place.cidr.overlaps(block) for place in inside):
            yield Place(name=OUTSIDE.lower(), network=OUTSIDE, cidr=block)
    known = [one for one in (*private, *UNROUTED) if one.overlaps(cidr)] + lookup.ranges(network, cidr)
    for part in _without(cidr, known):
        yield Place(name=INTERNET.lower(), network=INTERNET, cidr=part)


def _inside(network: Network, cidr: IPv4Network) -> Iterator[Place]:
    """Yield the places inside a range, or the network that contains the range."""
    for known in (lookup.places, lookup.parts):
        # The place with the longer prefix is last: sites may be nested.
        places = sorted((one for _, one in known(network, cidr)), key=lambda place: place.cidr.prefixlen)
        if parts := {part.cidr: part for part in (_narrowed(one, cidr) for one in places)}:
            yield from parts.values()
            return
    owner = next(iter(lookup.owners(network, cidr)), "")
    if owner in network.unlisted:
        unknown = network.unlisted[owner]
        yield Place(name=owner, network=owner, cidr=cidr, propagated=True, existing_table=True, unknown=unknown)
    elif owner:
        yield Place(name=owner, network=owner, cidr=cidr, absent=f"no subnet for hosts in {owner} contains {cidr}")


def _narrowed(place: Place, cidr: IPv4Network) -> Place:
    """Return a place inside the range, or a place that contains the range, narrowed to the range."""
    if place.cidr.subnet_of(cidr):
        return place
    return replace(place, cidr=cidr, within=place.cidr, absent=place.absent or _reserved(place, cidr))


def _reserved(place: Place, cidr: IPv4Network) -> str:
    """Return the reason why no machine in a subnet has an address of the range, or an empty text."""
    if not place.in_azure or not (place.subnet or place.name == RUNNERS):
        return ""
    ends = assignable(place.cidr)
    if ends and cidr.broadcast_address >= ends[0] and cidr.network_address <= ends[1]:
        return ""
    return f"Azure reserves {cidr}: no machine gets the first four addresses and the last address of {place.label}"


def _without(cidr: IPv4Network, blocks: Sequence[IPv4Network]) -> Iterator[IPv4Network]:
    """Yield the parts of a range that no block contains."""
    if not any(map(cidr.overlaps, blocks)):
        yield cidr
    elif not any(map(cidr.subnet_of, blocks)):
        for half in cidr.subnets():
            yield from _without(half, blocks)
