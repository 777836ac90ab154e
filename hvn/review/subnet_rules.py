"""Compare the traffic that the NSG rules of the file allow before and after an edit."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from hvn.check.nsg_order import own_rules
from hvn.diagnostics.message import Message, Path, Words
from hvn.kinds.workspace import WorkspaceId
from hvn.review.context import Context
from hvn.review.grants import openings
from hvn.review.grants.network_rules import SECURITY_GROUP
from hvn.review.grants.opening import Opening
from hvn.review.rules.unreviewed_opening import listed
from hvn.topology import locations
from hvn.topology.model import NewHub, Subnet, Topology
from hvn.topology.naming import BASTION_SUBNET
from hvn.topology.ranges import groups_of_file, rules_of_file, subnets_of_file
from hvn.topology.security import (
    BASTION,
    SecurityRule,
    conflicts,
    of_file,
    of_runners,
)

Rules = tuple[SecurityRule, ...]
GROUPS = "network_security_groups"
CLOSES = {
    "new allow rule": "removed allow rule",
    "removed deny rule": "new deny rule",
    "now before deny rule": "now after deny rule",
}
"""Maps an aspect of an opening to the aspect of a closing. A closing is an opening of the reverse change."""
LESS = "no longer denied: "
ORDER = ("now before deny rule", "now after deny rule")
WHOLE = tuple(aspect for pair in CLOSES.items() for aspect in pair if aspect not in ORDER)
"""The aspects that describe a new or removed rule."""


@dataclass(frozen=True, slots=True)
class SubnetRules:
    """The rules of a subnet's NSG before and after an edit, or of an NSG with several subnets, `used_by`. A new subnet
    has no rules before the edit, a removed subnet has no rules after the edit."""

    workspace: WorkspaceId
    place: str
    before: tuple[SecurityRule, ...]
    after: tuple[SecurityRule, ...]
    existed: bool
    used_by: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    """The NSG before and after the edit, if the file does not have the rules of one of them; empty before the edit for
    a new subnet."""

    @property
    def named(self) -> Message:
        """Return the path of the subnet, or of the NSG with the paths of its subnets."""
        if self.used_by:
            return Message("{place} (NSG of {subnets})", place=self.place, subnets=list(self.used_by))
        return Message("{place}", place=self.place)

    def opened(self) -> frozenset[Opening]:
        """Return the traffic that the edit newly allows."""
        return openings(SECURITY_GROUP, _values(self.before), _values(self.after))

    def closed(self) -> frozenset[Opening]:
        """Return the traffic that the edit no longer allows."""
        reverse = openings(SECURITY_GROUP, _values(self.after), _values(self.before))
        return frozenset(Opening(one.subject, _closing(one.aspect), one.value) for one in reverse)

    def shown(self, differences: frozenset[Opening]) -> list[Message]:
        """Return `opened` or `closed` as messages. A new or removed rule is one message with all of its arguments."""
        sides = [{f"rule {rule.name}": rule for rule in side} for side in (self.before, self.after)]
        whole = sorted({(one.subject, one.aspect) for one in differences if one.aspect in WHOLE})
        rules = [(sides[aspect.startswith("new ")][subject], aspect) for subject, aspect in whole]
        described = [_described(*rule) for rule in sorted(rules, key=lambda rule: (not _wide(rule[0]), rule[0].name))]
        subjects = {subject for subject, _ in whole}
        rest = frozenset(
            one for one in differences if one.subject.removeprefix("deny ") not in subjects or one.aspect in ORDER
        )
        return [*described, *listed({"": rest})]


def changed(context: Context) -> Iterator[SubnetRules]:
    """Yield the subnets with changed rules, except removed subnets, and the NSGs of several subnets with changed rules.
    A subnet that keeps such an NSG is only in `used_by`. Without a base, yield nothing.

    For a subnet that gets a different NSG, compare all rules, also those of this project.
    """
    old, new = context.topologies
    if old is None or new is None:
        return
    before, after = (dict(_rules(side)) | dict(_of_subnets(side)) for side in (old, new))
    paths = [{_text(path): path for path, _ in rules_of_file(side)} for side in (old, new)]
    were, are = shared_nsgs(old), shared_nsgs(new)
    used_by: dict[str, list[str]] = {place: [] for place in _groups(new)}
    for subnet, nsg in sorted(are.items()):
        used_by[nsg] += [subnet] if were.get(subnet) == nsg else []
    moved = dict((*_moved(old, new), *_new_outside(old, new)))
    yield from moved.values()
    for key, rules in after.items():
        place = key[1]
        if rules == before.get(key, ()) or place in moved:
            continue
        # A subnet that gets or loses such an NSG has its own entry.
        keeps = place in are and are[place] == were.get(place)
        if used_by.get(place, not keeps):
            was = _under_new_names(before.get(key, ()), rules)
            own = [own_rules(side, at[place]) for side, at in zip((old, new), paths, strict=True) if place in at]
            sides = _with_order(was, rules, *own) if len(own) == len(paths) else (was, rules)
            yield SubnetRules(*key, *sides, key in before, tuple(used_by.get(place, ())))


def _with_order(before: Rules, after: Rules, was: Rules, now: Rules) -> tuple[Rules, Rules]:
    """Return the rules of the file. Add a deny rule of this project if an allow rule precedes it only before, or only
    after, the change. Its priority may differ."""
    kept = {rule.name for rule in before} & {rule.name for rule in after}
    for old in was:
        new = next((rule for rule in now if replace(rule, priority=old.priority) == old), None)
        if new and old.access == "Deny" and _preceding(old, before, kept) != _preceding(new, after, kept):
            before, after = (*before, old), (*after, new)
    return before, after


def _preceding(own: SecurityRule, rules: Rules, names: set[str]) -> set[str]:
    return {rule.name for rule in rules if rule.name in names and rule.priority < own.priority and conflicts(own, rule)}


def _moved(old: Topology, new: Topology) -> Iterator[tuple[str, SubnetRules]]:
    """Yield the subnets that get a different NSG, by path."""
    subnets = dict(subnets_of_file(old))
    for path, now in subnets_of_file(new):
        was, place = subnets.get(path), _text(path)
        if was is None:
            continue
        sides = ((old, was), (new, now))
        ids = [_nsg(topology, path, subnet) for topology, subnet in sides]
        if ids[0].casefold() == ids[1].casefold():
            continue
        before, after = (_all_rules(topology, path, subnet) for topology, subnet in sides)
        if before is None or after is None:
            yield place, SubnetRules(_workspace(path), place, (), (), existed=True, unknown=(ids[0], ids[1]))
        elif before != after:
            rules = _under_new_names(before, after)
            yield place, SubnetRules(_workspace(path), place, rules, after, existed=True)


def _new_outside(old: Topology, new: Topology) -> Iterator[tuple[str, SubnetRules]]:
    """Yield the new subnets with an NSG outside the file, by path."""
    subnets = dict(subnets_of_file(old))
    for path, subnet in subnets_of_file(new):
        if path not in subnets and _all_rules(new, path, subnet) is None:
            unknown = ("", _nsg(new, path, subnet))
            yield _text(path), SubnetRules(_workspace(path), _text(path), (), (), existed=False, unknown=unknown)


def _nsg(topology: Topology, path: Path, subnet: Subnet) -> str:
    """Return a text that identifies the NSG of a subnet: its id for an NSG outside the file, otherwise its path."""
    if nsg := locations.nsg_of_file(topology, path, subnet.nsg):
        return _text(nsg)
    existing = locations.existing_nsg(subnet.nsg, locations.vnet_at(topology, path)) if subnet.nsg else None
    return existing.id if existing else _text(path)


def _all_rules(topology: Topology, path: Path, subnet: Subnet) -> tuple[SecurityRule, ...] | None:
    """Return the rules of a subnet's NSG, with the rules of this project; None for an NSG outside the file."""
    nsg = locations.nsg_of_file(topology, path, subnet.nsg)
    if nsg is None and subnet.nsg:
        return None
    holder = dict(groups_of_file(topology)).get(nsg) if nsg else subnet
    return (*own_rules(topology, nsg or path), *of_file(holder)) if holder else None


def shared_nsgs(topology: Topology) -> Mapping[str, str]:
    """Return the path of the NSG of `network_security_groups` for each subnet that has one, by the subnet's path."""
    return {
        _text(path): _text(nsg)
        for path, subnet in subnets_of_file(topology)
        if (nsg := locations.nsg_of_file(topology, path, subnet.nsg))
    }


def _groups(topology: Topology) -> Mapping[str, tuple[SecurityRule, ...]]:
    return {_text(path): of_file(group) for path, group in groups_of_file(topology)}


def _of_subnets(topology: Topology) -> Iterator[tuple[tuple[WorkspaceId, str], tuple[SecurityRule, ...]]]:
    """Yield the rules of the file for each subnet, the rules of AzureBastionSubnet, and the rules of the file for each
    NSG of several subnets. The rules of an NSG outside the file are unknown."""
    shared, groups = shared_nsgs(topology), _groups(topology)
    for path, subnet in subnets_of_file(topology):
        place = _text(path)
        own = BASTION if path[-1] == BASTION_SUBNET else of_file(subnet)
        yield (_workspace(path), place), groups.get(shared[place], ()) if place in shared else own
    for path, _ in groups_of_file(topology):
        yield (_workspace(path), _text(path)), groups[_text(path)]


def _workspace(path: Path) -> WorkspaceId:
    return WorkspaceId("hub") if path[0] == "hub" else WorkspaceId("network", str(path[1]))


def _text(path: Path) -> str:
    return ".".join(map(str, path))


def _under_new_names(before: tuple[SecurityRule, ...], after: tuple[SecurityRule, ...]) -> tuple[SecurityRule, ...]:
    """Return the old rules; a rule that is only renamed has its new name."""
    old = {rule.name for rule in before}
    renamed = {replace(rule, name=""): rule for rule in after if rule.name not in old}
    kept = {rule.name for rule in after}
    return tuple(rule if rule.name in kept else renamed.get(replace(rule, name=""), rule) for rule in before)


def _rules(topology: Topology) -> Iterator[tuple[tuple[WorkspaceId, str], tuple[SecurityRule, ...]]]:
    hub = topology.hub
    if isinstance(hub, NewHub):
        workspace = WorkspaceId("hub")
        own = tuple(rule for rule in of_runners(hub) if rule.access == "Allow")
        yield (workspace, "hub.runners"), own
        if hub.bastion:
            yield (workspace, "hub.bastion"), BASTION


def _values(rules: tuple[SecurityRule, ...]) -> Mapping[str, Any]:
    return {
        "security_rule": [
            {
                "name": rule.name,
                "priority": rule.priority,
                "direction": rule.direction,
                "access": rule.access,
                "protocol": rule.protocol,
                "source_address_prefixes": list(rule.sources),
                "destination_address_prefixes": list(rule.destinations),
                "destination_port_ranges": list(rule.ports),
            }
            for rule in rules
        ]
    }


def _wide(rule: SecurityRule) -> bool:
    return bool({"*", "Internet", "0.0.0.0/0"} & {*rule.sources, *rule.destinations})


def _described(rule: SecurityRule, aspect: str) -> Message:
    return Message(
        "{aspect} {name}: {direction}, {protocol} {ports} from {sources} to {destinations}",
        aspect=Words(aspect),
        name=rule.name,
        direction=Words(rule.direction.lower()),
        protocol=rule.protocol,
        ports=list(rule.ports),
        sources=list(rule.sources),
        destinations=list(rule.destinations),
    )


def _closing(aspect: str) -> str:
    if aspect.startswith(LESS):
        return f"newly denied: {aspect.removeprefix(LESS)}"
    return CLOSES.get(aspect, f"no longer allowed: {aspect}")
