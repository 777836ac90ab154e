"""HVN120 subnet-outside-vnet: a subnet is outside the address space of its VNet."""

from collections.abc import Iterator

from hvn.check.free_ranges import RangeFixes
from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.topology.model import Topology
from hvn.topology.ranges import subnets, subnets_in_use

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
    for path, cidr, vnet in (*subnets(topology), *subnets_in_use(topology)):
        # HVN303 reports a VNet without a range.
        if vnet and not any(cidr.subnet_of(space) for space in vnet):
            existing = path[0] == "spokes" and "existing" in path
            yield Finding(
                rule=RULE,
                path=path,
                message=Message("{cidr} is outside the VNet's address space {vnet}", cidr=cidr, vnet=vnet),
                why=EXISTING if existing else RULE.why,
                fix=Message("correct the range, or add it to the VNet's ranges in this file")
                if existing
                else fixes.replace(path, cidr.prefixlen),
            )
