"""HVN420 unknown-place: a firewall rule names an object that the file does not have."""

from collections.abc import Iterator, Sequence

from hvn.check.firewall_rules import written
from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.diagnostics.message import Field
from hvn.diagnostics.suggest import closest
from hvn.topology.model import ExistingHub, NewHub, Topology
from hvn.topology.rule_places import HUB_SUBNET, objects, ranges_of
from hvn.topology.shared_vnets import has_vnet, vnet_owner

RULE = Rule(
    id="HVN420",
    name="unknown-place",
    reports="A source or destination of a firewall rule is not an object of the file.",
    why="the rule gets the ranges of its objects from this file, so an unknown object has no range",
    fix="use the path of an object in this file, or a range",
    example="""\
spokes:
  analytics:
    firewall_rules:
      orders-api: {sources: [spokes.analytics], destinations: [spokes.order], ports: [tcp/443], reason: orders}
""",
    see="docs/how-to/open-a-firewall-rule.md",
)
# The maximum number of searches for a similar name: a search among thousands of names takes milliseconds.
SUGGESTIONS = 20
# List two to five networks instead of one guess: `dc1` is as near to dc-two as to dc-one.
SITES = range(2, 6)
ON_PREMISES = "on_premises."
# Propose only a similar name, because a different object would open other addresses.
SPELLING = 0.75


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
                    near[place] = _near(place, known) if len(near) < SUGGESTIONS else ""
                yield Finding(
                    rule=RULE,
                    path=(*one.path, side, index),
                    message=Message("{place} does not exist in this file", place=place),
                    fix=_fix(topology, place, near[place]),
                )


def _near(place: str, known: Sequence[str]) -> str:
    """Return the object that a misspelled path means, or an empty string. For a path with dots, each part must be equal
    or similar, so that the object has the same kind and owner."""
    parts = _parts(place)
    if len(parts) == 1:
        return closest(place, known, SPELLING)
    similar = {one: _parts(one) for one in known}
    for index, part in enumerate(parts):
        similar = {one: path for one, path in similar.items() if len(path) > index}
        names = {path[index] for path in similar.values()}
        name = part if part in names else closest(part, sorted(names), SPELLING)
        similar = {one: path for one, path in similar.items() if path[index] == name}
    return next((one for one, path in similar.items() if len(path) == len(parts)), "")


def _parts(place: str) -> list[str]:
    """Return the parts of a path. The name of a subnet may have dots."""
    return place.split(".", 2 if place.startswith(HUB_SUBNET) else 3)


def _fix(topology: Topology, place: str, near: str) -> Message:
    """Return the fix for an unknown place. `near` is the most similar object, or an empty string."""
    sites = [f"{ON_PREMISES}{site}" for site in topology.on_premises]
    is_site = place.startswith(ON_PREMISES) or near.startswith(ON_PREMISES)
    if len(sites) in SITES and (is_site or ("." not in place and closest(place, sites))):
        return Message("write one of {sites}, or a range", sites=sites)
    if ranges_of(topology, f"{place}.cluster") is not None:  # the VNet belongs to another spoke
        return Message("write {place}.cluster", place=place)
    add = _add(topology, _parts(place))
    if near and add:
        return Message("did you mean {near}? Otherwise {add}", near=near, add=add)
    if near:
        return Message("did you mean {near}?", near=near)
    example = f"spokes.{next((name for name in topology.spokes if has_vnet(topology, name)), 'payments')}"
    return add or Message("write an object of this file, for example {example}, or a range", example=example)


def _add(topology: Topology, parts: Sequence[str]) -> Message | None:
    """Return the fix for a missing subnet of a hub or spoke in the file; None for other objects."""
    match parts:
        case ["hub", "subnets", name] if isinstance(topology.hub, ExistingHub):
            return Message("write the range of {name}: the file has no subnets of an existing hub", name=name)
        case ["hub" as owner, "subnets", name] if isinstance(topology.hub, NewHub):
            field = Field(("hub", "subnets"))
        case ["spokes", owner, "subnets", name] if owner in topology.spokes:
            field = Field(("spokes", vnet_owner(topology, owner), "subnets"))
        case _:
            return None
    return Message(
        "{owner} has no subnet {name}: add it to {field}, or write its range", owner=owner, name=name, field=field
    )
