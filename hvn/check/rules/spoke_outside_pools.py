"""HVN112 spoke-outside-pools: a spoke's range is not completely inside an address pool."""

from collections.abc import Iterator
from ipaddress import IPv4Network

from hvn.check.free_ranges import RangeFixes
from hvn.check.invalid import valid_part
from hvn.diagnostics.finding import Finding, Message, Path, Rule
from hvn.diagnostics.message import Field
from hvn.topology.model import Spoke, Topology
from hvn.topology.ranges import in_use_ranges, pool_of, spoke_ranges, top_ranges

RULE = Rule(
    id="HVN112",
    name="spoke-outside-pools",
    reports="A spoke's range is not completely inside an address pool.",
    why="the hub's firewall rules and the rule HVN110 (overlap) use the pools, not the spokes' ranges",
    fix="use a range inside one of address_pools, or add a pool that contains the range",
    example="""\
spokes:
  analytics:
    cidr: 10.200.0.0/20
    subnets: {jobs: 10.200.0.0/24}
""",
    see="docs/decisions/0001-one-file-explicit-addresses.md",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each range of a spoke that is not completely inside an address pool."""
    fixes = RangeFixes(topology)
    for path, cidr in spoke_ranges(topology):
        if pool_of(topology, cidr) is None:
            pools = [
                Message("{pool} {cidr}", pool=name, cidr=topology.address_pools[name])
                for name in sorted(topology.address_pools)
            ]
            message = Message("{cidr} is not completely inside an address pool ({pools})", cidr=cidr, pools=pools)
            other = _overlapped(topology, path, cidr)
            if other:
                message = Message("{message}, and overlaps {other}", message=message, other=Field(other))
            yield Finding(
                rule=RULE,
                path=path,
                message=message,
                fix=_fix(fixes, topology.spokes[str(path[1])], path, cidr, other),
            )


def _overlapped(topology: Topology, path: Path, cidr: IPv4Network) -> Path | None:
    """Return the first range that a new pool with this range would overlap (HVN110). `in_use` can contain an existing
    VNet."""
    ranges = list(valid_part(top_ranges(topology)))
    if path[2] != "existing":
        ranges += in_use_ranges(topology)
    return next((at for at, one in ranges if one.overlaps(cidr)), None)


def _fix(fixes: RangeFixes, spoke: Spoke, path: Path, cidr: IPv4Network, other: Path | None) -> Message:
    offer = None
    if path[2] != "existing":
        offer = fixes.spoke_range(spoke.vault_route, cidr.prefixlen, str(path[1]))
    if other:
        outside = Message("use a range outside {other}", other=Field(other))
        fix = Message("use {offer}", offer=offer) if offer else outside
        if other[0] != "in_use":
            return fix
        return Message(
            "{fix}, or remove the range from {other} if it is for this spoke, and add an address pool that contains "
            "{cidr}",
            fix=fix,
            other=Field(other),
            cidr=cidr,
        )
    if offer is None:
        return Message("add an address pool that contains {cidr}", cidr=cidr)
    return Message("use {offer}, or add an address pool that contains {cidr}", offer=offer, cidr=cidr)
