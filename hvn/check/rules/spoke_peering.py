"""HVN450 spoke-peering: a spoke's peering names an unknown spoke or the spoke itself, repeats a peering, or closes a
cycle."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Path, Rule
from hvn.diagnostics.message import Field, LineOf, Text
from hvn.diagnostics.suggest import closest
from hvn.topology.model import PeeringWithSpoke, Topology
from hvn.topology.ranges import spoke_peerings
from hvn.topology.shared_vnets import has_vnet, vnet_owner, vnets
from hvn.topology.spoke_peerings import cycle

RULE = Rule(
    id="HVN450",
    name="spoke-peering",
    reports="A spoke's peering names an unknown spoke or the spoke itself, repeats a peering, or closes a cycle.",
    why="the workspace of one spoke creates both halves, and the other spoke's VNet must exist first",
    fix="list each peering once, in one of the two spokes",
    example="""\
spokes:
  payments: {peerings: {orders: {spoke: orders}}}
  orders: {peerings: {payments: {spoke: payments}}}
""",
    see="https://learn.microsoft.com/azure/virtual-network/virtual-network-peering-overview",
    needs_all_items=True,
)
TWICE = Message("Azure refuses a second peering between two VNets")


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each peering with an unknown spoke or with the spoke itself, each repeated peering, and each
    cycle."""
    pairs: dict[frozenset[str], Path] = {}
    closed = cycle(topology)
    for path, peering in spoke_peerings(topology):
        if not isinstance(peering, PeeringWithSpoke):
            continue
        name, other = str(path[1]), peering.spoke
        if other == name or not has_vnet(topology, other):
            yield _unknown(topology, path, name, other)
            continue
        first = pairs.setdefault(frozenset((name, other)), path)
        if first != path:
            yield Finding(
                rule=RULE,
                path=(*path, "spoke"),
                message=Message(
                    "{first} (line {line}) is already the peering of {one} and {other}",
                    first=Field(first),
                    line=LineOf(first),
                    one=name,
                    other=other,
                ),
                why=TWICE,
                fix=Message("remove {peering}: the other entry creates both halves", peering=Field(path)),
            )
            continue
        if closed[:2] == (name, other):
            yield Finding(
                rule=RULE,
                path=(*path, "spoke"),
                message=Message("the peerings of {spokes} form a cycle", spokes=closed),
                fix=Message(
                    "move the peering to {other}: {entry}",
                    other=Field(("spokes", other, "peerings")),
                    entry=Text(f"{name}: {{spoke: {name}}}"),
                ),
            )


def _unknown(topology: Topology, path: Path, name: str, other: str) -> Finding:
    others = sorted(vnets(topology).keys() - {name})
    if other in topology.spokes and other != name:
        owner = vnet_owner(topology, other)
        remove = Message("remove {peering}", peering=Field(path))
        return Finding(
            rule=RULE,
            path=(*path, "spoke"),
            message=Message("{other} is in the VNet of {owner}", other=other, owner=owner),
            fix=remove if owner in (name, other) else Message("write {entry}", entry=Text(f"spoke: {owner}")),
        )
    near = closest(other, others)
    return Finding(
        rule=RULE,
        path=(*path, "spoke"),
        message=Message("{other} is the spoke itself", other=other)
        if other == name
        else Message("the spoke {other} does not exist", other=other),
        fix=Message("did you mean {near}?", near=near)
        if near
        else Message("remove {peering}, or write another spoke of this file", peering=Field(path)),
    )
