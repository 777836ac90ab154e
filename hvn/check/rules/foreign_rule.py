"""HVN422 foreign-rule: neither side of a spoke's firewall rule is inside the spoke."""

from collections.abc import Iterator

from hvn.check.firewall_rules import written
from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.diagnostics.message import Field
from hvn.topology.addresses import inside
from hvn.topology.model import Topology
from hvn.topology.rule_places import ranges_of

RULE = Rule(
    id="HVN422",
    name="foreign-rule",
    reports="In a spoke's firewall rule, the spoke is neither the only source nor the only destination.",
    why="the owners of this spoke would open connections between networks of other owners",
    fix="move the rule to a spoke that is its source or destination, or to hub.firewall_rules",
    example="""\
spokes:
  analytics:
    firewall_rules:
      orders-api: {sources: [spokes.payments], destinations: [spokes.orders], ports: [tcp/443], reason: orders}
""",
    see="docs/how-to/open-a-firewall-rule.md",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each rule of a spoke where neither side is inside the spoke's ranges."""
    for one in written(topology):
        if not one.owner:
            continue
        if not any(side and _inside(topology, side, one.owner) for side in (one.rule.sources, one.rule.destinations)):
            yield Finding(
                rule=RULE,
                path=one.path,
                at_key=True,
                message=Message(
                    "neither all sources nor all destinations are inside {spoke}", spoke=Field(("spokes", one.owner))
                ),
                fix=Message(
                    "move the rule to {hub}, or use {spoke} as source or destination",
                    hub=Field(("hub", "firewall_rules")),
                    spoke=Field(("spokes", one.owner)),
                ),
            )


def _inside(topology: Topology, places: tuple[str, ...], owner: str) -> bool:
    """Return whether all places are inside the owner's ranges. HVN420 reports unknown places."""
    own = topology.spokes[owner].cidrs
    others = (place for place in places if place.split(".")[:2] != ["spokes", owner])
    return all(any(inside(cidr, vnet) for vnet in own) for place in others for cidr in ranges_of(topology, place) or ())
