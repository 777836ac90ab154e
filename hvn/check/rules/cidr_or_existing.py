"""HVN303 cidr-or-existing: a spoke has both cidr and existing, or neither, or more_cidrs without cidr."""

from collections.abc import Iterator

from hvn.check.free_ranges import RangeFixes
from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.topology.model import Spoke, Topology
from hvn.topology.shared_vnets import vnets

RULE = Rule(
    id="HVN303",
    name="cidr-or-existing",
    reports="A spoke has both cidr and existing, or neither, or more_cidrs without cidr.",
    why="this project either creates the spoke's VNet with its ranges, or uses an existing VNet",
    fix="set cidr to create the VNet, or existing to use an existing VNet",
    example="""\
spokes:
  search: {vault_route: none}
""",
    see="docs/how-to/existing-network.md",
)

LENGTH = 20
"""Prefix length of the suggested range, with room for a cluster of several hundred nodes and more subnets."""


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each spoke with `cidr` and `existing`, with neither, or with `more_cidrs` and `existing`."""
    fixes = RangeFixes(topology)
    for name, spoke in vnets(topology).items():
        if spoke.cidr is not None and spoke.existing is not None:
            yield Finding(
                rule=RULE,
                path=("spokes", name),
                message=Message("both cidr {cidr} and existing are set", cidr=spoke.cidr),
                fix=Message("remove existing to create the VNet, or remove cidr to use the existing VNet"),
            )
        elif spoke.cidr is None and spoke.existing is None:
            yield Finding(
                rule=RULE,
                path=("spokes", name),
                message=Message("cidr and existing are both missing"),
                fix=_range(fixes, spoke),
            )
        elif spoke.cidr is None and spoke.more_cidrs:
            yield Finding(
                rule=RULE,
                path=("spokes", name, "more_cidrs"),
                message=Message("{cidrs} belong to a new VNet, but existing is set", cidrs=spoke.more_cidrs),
                fix=Message("write all ranges of the existing VNet as existing.cidrs"),
            )


def _range(fixes: RangeFixes, spoke: Spoke) -> Message:
    offer = fixes.spoke_range(spoke.vault_route, LENGTH)
    if offer is None:
        return Message("add cidr to create a VNet, or existing to use an existing VNet")
    return Message("add cidr: {offer}, or add existing to use an existing VNet", offer=offer)
