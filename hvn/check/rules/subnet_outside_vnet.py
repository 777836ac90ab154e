"""HVN120 subnet-outside-vnet: a subnet is outside the address space of its VNet."""

from collections.abc import Iterator, Mapping

from hvn.check.free_ranges import RangeFixes
from hvn.check.invalid import valid_part
from hvn.check.overlapping import overlapping
from hvn.diagnostics.finding import Finding, Message, Path, Rule
from hvn.diagnostics.message import Field
from hvn.topology.model import Topology
from hvn.topology.ranges import hub_ranges, pool_of, spoke_ranges, subnets, subnets_in_use
from hvn.topology.shared_vnets import vnet_owner

RULE = Rule(
    id="HVN120",
    name="subnet-outside-vnet",
    reports="A subnet is outside the address space of its VNet.",
    why="Azure refuses the subnet, but only at apply",
    fix="use a range inside the VNet",
    example="""\
spokes:
  analytics:
    subnets: {jobs: 10.97.0.0/24}
""",
    see="https://learn.microsoft.com/azure/virtual-network/virtual-network-manage-subnet",
)


EXISTING = "the range is in use in this VNet, so the file has a wrong range"


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each subnet that no single range of its VNet contains."""
    fixes = RangeFixes(topology)
    wrong: Mapping[str, Path] | None = None
    for path, cidr, vnet in (*subnets(topology), *subnets_in_use(topology)):
        # HVN303 reports a VNet without a range.
        if vnet and not any(cidr.subnet_of(space) for space in vnet):
            existing = path[0] == "spokes" and "existing" in path
            if existing:
                fix = Message("correct the range, or add it to the VNet's ranges in this file")
            else:
                wrong = _wrong_vnets(topology) if wrong is None else wrong
                first = wrong.get(vnet_owner(topology, str(path[1]))) if path[0] == "spokes" else None
                fix = fixes.replace(path, cidr.prefixlen)
                if first:
                    fix = Message(
                        "first correct {first}; keep the subnet if the new range contains it", first=Field(first)
                    )
            message = Message("{cidr} is outside the VNet's address space {vnet}", cidr=cidr, vnet=vnet)
            yield Finding(rule=RULE, path=path, message=message, why=EXISTING if existing else RULE.why, fix=fix)


def _wrong_vnets(topology: Topology) -> Mapping[str, Path]:
    """Return the first range with another error (HVN111, HVN112) of each spoke with a new VNet. A subnet's new range
    inside this range would contradict the fix of the error."""
    spokes = {path: cidr for path, cidr in valid_part(spoke_ranges(topology)) if path[2] != "existing"}
    ranges = dict([*valid_part(spoke_ranges(topology)), *valid_part(hub_ranges(topology))])
    wrong = {narrow if narrow in spokes else wide for wide, narrow, _ in overlapping(ranges)}
    wrong |= {path for path, cidr in spokes.items() if pool_of(topology, cidr) is None}
    return {str(path[1]): path for path in reversed(spokes) if path in wrong}
