"""The traffic that the NSG rules of the file allow before and after an edit."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from hvn.diagnostics.message import Message, Words
from hvn.kinds.workspace import WorkspaceId
from hvn.review.context import Context
from hvn.review.grants import openings
from hvn.review.grants.network_rules import SECURITY_GROUP
from hvn.review.grants.opening import Opening
from hvn.review.rules.unreviewed_opening import listed
from hvn.topology.model import NewHub, Topology
from hvn.topology.security import BASTION, SecurityRule, of_file, of_runners

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
    """The rules of one subnet before and after an edit. A new subnet has no rules before the edit, a removed subnet has
    no rules after the edit."""

    workspace: WorkspaceId
    place: str
    before: tuple[SecurityRule, ...]
    after: tuple[SecurityRule, ...]
    existed: bool

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
    """Yield the subnets with changed rules, except removed subnets. Without a base, yield nothing."""
    old, new = context.topologies
    if old is None or new is None:
        return
    before, after = dict(_rules(old)), dict(_rules(new))
    for key, rules in after.items():
        if rules != before.get(key, ()):
            yield SubnetRules(*key, _under_new_names(before.get(key, ()), rules), rules, key in before)


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
        for name in hub.subnets:
            yield (workspace, f"hub.subnets.{name}"), of_file(hub.subnet(name))
    for name, spoke in topology.spokes.items():
        for key in spoke.subnets:
            yield (WorkspaceId("network", name), f"spokes.{name}.subnets.{key}"), of_file(spoke.subnet(key))


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
