"""HVN320 shared-vnet: a spoke without its own VNet has settings of a VNet, or names no VNet of the file."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Path, Rule
from hvn.diagnostics.message import Field
from hvn.diagnostics.suggest import closest
from hvn.topology.model import Topology
from hvn.topology.shared_vnets import has_vnet, vnets

RULE = Rule(
    id="HVN320",
    name="shared-vnet",
    reports="The spoke in vnet_of is unknown, or a spoke with vnet_of has no cluster or has VNet settings.",
    why="the settings of a VNet belong to the spoke with the VNet, so they have no effect in other spokes",
    fix="write vnet_of, cluster, names and tags, or remove vnet_of",
    example="""\
spokes:
  blue: {vnet_of: payments}
""",
    see="docs/how-to/several-clusters.md",
)
ALLOWED = {"vnet_of", "cluster", "names", "tags"}


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each missing VNet or cluster, and for each setting without effect."""
    for name, spoke in topology.spokes.items():
        at: Path = ("spokes", name)
        if spoke.vnet_of is None:
            continue
        if not has_vnet(topology, spoke.vnet_of):
            yield _unknown(topology, name, spoke.vnet_of)
        if spoke.cluster is None:
            yield Finding(
                rule=RULE,
                path=at,
                message=Message("the spoke has no cluster"),
                fix=Message("add cluster, or remove the spoke"),
            )
        for field in sorted(spoke.model_fields_set - ALLOWED):
            place = Field(("spokes", spoke.vnet_of))
            yield Finding(
                rule=RULE,
                path=(*at, field),
                at_key=True,
                message=Message("the VNet belongs to {spoke}", spoke=place),
                fix=Message("move {field} to {spoke}, or remove {field}", field=field, spoke=place),
            )


def _unknown(topology: Topology, name: str, other: str) -> Finding:
    other_spoke = topology.spokes.get(other)
    if other_spoke and other != name:
        message = Message("{other} itself shares the VNet of another spoke", other=other)
        near = other_spoke.vnet_of if has_vnet(topology, other_spoke.vnet_of or "") else ""
    else:
        message = Message("{other} is not another spoke of this file", other=other)
        near = closest(other, sorted(vnets(topology)))
    return Finding(
        rule=RULE,
        path=("spokes", name, "vnet_of"),
        message=message,
        fix=Message("write {near}", near=near) if near else Message("write a spoke with its own VNet"),
    )
