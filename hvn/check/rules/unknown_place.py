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
# List two or more networks instead of one guess: `dc1` is as near to dc-two as to dc-one.
SITES = range(2, 6)
ON_PREMISES = "on_premises."


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each unknown source and destination."""
    known: Sequence[str] = ()
    near: dict[str, str] = {}
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
                    fix=_fix(topology, place, near[place]),
                )


def _fix(topology: Topology, place: str, near: str) -> Message:
    """Return the fix for an unknown place. `near` is the most similar object, or an empty string."""
    sites = [f"{ON_PREMISES}{site}" for site in topology.on_premises]
    if len(sites) in SITES and (place.startswith(ON_PREMISES) or near.startswith(ON_PREMISES)):
        return Message("write one of {sites}, or a range", sites=sites)
    if near:
        return Message("did you mean {near}?", near=near)
    example = f"spokes.{next(iter(topology.spokes), 'payments')}"
    return Message("write an object of this file, for example {example}, or a range", example=example)
