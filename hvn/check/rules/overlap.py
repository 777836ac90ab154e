"""HVN110 overlap: the ranges of HVN, hub, address pools and on-premises networks overlap."""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network

from hvn.check.free_ranges import RangeFixes, on_premises_parts
from hvn.check.invalid import valid_part
from hvn.check.overlapping import overlapping, overlaps_message
from hvn.diagnostics.finding import Finding, Level, Message, Path, Rule
from hvn.diagnostics.message import Field
from hvn.topology.model import Topology
from hvn.topology.ranges import hub_ranges, pool_addresses, top_ranges, vault_sites

RULE = Rule(
    id="HVN110",
    name="overlap",
    reports="Ranges of HVN, hub, address pools or on-premises networks overlap (a warning for nested sites), or "
    "overlap `in_use` (warning). Only a non-transit pool may contain the hub.",
    why="Azure routes a shared address to only one of the networks; HCP refuses a route inside another route",
    fix="change one of the ranges, or remove the hub's pool from the transit pools",
    example="""\
hvn:
  cidr: 10.64.0.0/20
""",
    see="https://developer.hashicorp.com/hcp/docs/hcp/network/hvn-azure/routes",
)

MORE = ("hub", "more_cidrs")
NESTED = Message("the addresses of both ranges belong to the site with the longer prefix")


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each range inside another range. The message names the widest range that contains it."""
    ranges = dict(valid_part(top_ranges(topology)))
    fixes = RangeFixes(topology)
    found = [overlap for overlap in _overlaps(topology, ranges) if not _of_one_peering(*overlap[:2])]
    sites = {path: cidr for path, cidr in ranges.items() if path[0] == "on_premises"}
    nested_sites = {narrow for wide, narrow, _ in found if wide in sites and _is_nested(topology, narrow, sites)}
    inside: dict[Path, list[Path]] = {}
    for wide, narrow, _ in found:
        if wide[0] == "on_premises" != narrow[0]:
            inside.setdefault(wide, []).append(narrow)
    for wide, narrow, message in found:
        others = inside.get(wide, ())
        if len(others) < 2 or narrow not in others:
            nested = narrow in nested_sites
            yield Finding(
                rule=RULE,
                level=Level.WARNING if nested else None,
                path=narrow,
                message=message,
                why=NESTED if nested else "",
                fix=fixes.either(narrow, ranges[narrow], wide, ranges[wide]),
            )
        elif narrow == others[0]:  # the range of the site is the common cause
            yield Finding(
                rule=RULE,
                path=wide,
                message=Message(
                    "{cidr} overlaps {others}",
                    cidr=ranges[wide],
                    others=[Message("{other} {cidr}", other=Field(one), cidr=ranges[one]) for one in others],
                ),
                fix=on_premises_parts(wide, ranges[wide]),
            )
    yield from _of_other_networks(topology, fixes)


def _of_other_networks(topology: Topology, fixes: RangeFixes) -> Iterator[Finding]:
    """Yield a warning for each new HVN, new hub and pool in a range of `in_use`. HVN111 reports spokes."""
    ranges = list(valid_part(top_ranges(topology))) if topology.in_use else []
    for path, cidr in ranges:
        pool = path[0] == "address_pools"
        new = pool or (path[0] == "hvn" and not topology.hvn.existing) or path[:2] in (("hub", "cidr"), MORE)
        for index, other in enumerate(topology.in_use) if new else ():
            # Other networks may use parts of a pool.
            if cidr.subnet_of(other) if pool else cidr.overlaps(other):
                yield Finding(
                    rule=RULE,
                    level=Level.WARNING,
                    path=path,
                    message=overlaps_message(cidr, ("in_use", index), other),
                    why=Message("in_use has the ranges of other networks"),
                    fix=Message("{fix}, or correct in_use", fix=fixes.replace(path, cidr.prefixlen)),
                )
                break


def _is_nested(topology: Topology, narrow: Path, sites: Mapping[Path, IPv4Network]) -> bool:
    """Return whether all ranges of sites that contain a site's range are harmless: Azure uses the longer prefix.

    Equal ranges are ambiguous, and a range inside another range of the same site is redundant. HCP refuses an HVN route
    inside another one, so only one of the sites may have a route.
    """
    routed = {name for name, _ in vault_sites(topology)}
    return narrow in sites and not any(
        path[1] == narrow[1] or sites[narrow] == cidr or {path[1], narrow[1]} <= routed
        for path, cidr in sites.items()
        if path != narrow and sites[narrow].subnet_of(cidr)
    )


def _of_one_peering(wide: Path, narrow: Path) -> bool:
    """Return whether one range belongs to a remote VNet, and the other is behind the firewall of this VNet.

    Azure uses the route with the longer prefix. For equal prefixes, it uses the route to the firewall instead of the
    peering's route: https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview
    """
    ends = {(*path[:2], *path[3:-1]) for path in (wide, narrow)}
    both = {("hub", "peerings", "cidrs"), ("hub", "peerings", "firewall", "cidrs")}
    return ends == both and wide[2] == narrow[2]


def _overlaps(topology: Topology, ranges: Mapping[Path, IPv4Network]) -> Iterator[tuple[Path, Path, Message]]:
    """Yield the overlaps that are errors. The HVN's route to a transit pool must not contain the runners' route."""
    hub, pools = dict(valid_part(hub_ranges(topology))), {path for path in ranges if path[0] == "address_pools"}
    peering = topology.vault_peering
    transit = set(peering.transit_pools) if peering else set()
    reported: set[Path] = set()
    for left_out in (hub.keys(), pools):
        for overlap in overlapping({path: cidr for path, cidr in ranges.items() if path not in left_out}):
            if overlap[1] not in reported:
                reported.add(overlap[1])
                yield overlap
    for path, cidr in hub.items():
        for pool in sorted(pools, key=str):
            inside = cidr.subnet_of(ranges[pool]) and pool[1] not in transit
            if not inside or not pool_addresses(topology, str(pool[1])):
                yield from overlapping({path: cidr, pool: ranges[pool]})
