"""HVN420 unknown-place: a firewall rule names an object that the file does not have."""

from collections.abc import Iterator, Sequence

from hvn.check.firewall_rules import written
from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.diagnostics.suggest import closest
from hvn.topology.model import Topology
from hvn.topology.rule_places import objects, ranges_of

RULE = Rule(
    id="HVN420",
    name="unknown-place",
    reports="A source or destination of a firewall rule is not an object of the file.",
    why="the rule gets the ranges of its objects from this file",
    fix="use the path of an object in this file, or a range",
    example="""\
spokes:
  analytics:
    firewall_rules:
      orders-api: {sources: [spokes.analytics], destinations: [spokes.order], ports: [tcp/443], reason: orders}
""",
    see="docs/how-to/open-a-firewall-rule.md",
)
# Limit the searches for a similar name: a search among thousands of names takes milliseconds.
SUGGESTIONS = 20
# List a few networks instead of one guess: `dc1` is as near to dc-two as to dc-one.
SITES = 5


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each unknown source and destination."""
    known: Sequence[str] = ()
    near: dict[str, str] = {}
    sites = [f"on_premises.{site}" for site in topology.on_premises]
    for one in written(topology):
        for side in ("sources", "destinations"):
            for index, place in enumerate(getattr(one.rule, side)):
                if ranges_of(topology, place) is not None:
                    continue
                if place not in near:
                    known = known or tuple(objects(topology))
                    near[place] = closest(place, known) if len(near) < SUGGESTIONS else ""
                yield Finding(
                    rule=RULE,
                    path=(*one.path, side, index),
                    message=Message("{place} does not exist in this file", place=place),
                    fix=Message("write one of {sites}, or a range", sites=sites)
                    if place.startswith("on_premises.") and 0 < len(sites) <= SITES
                    else Message("did you mean {near}?", near=near[place])
                    if near[place]
                    else Message(
                        "write an object of this file, for example {example}, or a range",
                        example=f"spokes.{next(iter(topology.spokes), 'payments')}",
                    ),
                )
