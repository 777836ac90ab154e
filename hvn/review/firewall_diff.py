"""Find the traffic that only one of two sets of firewall rules allows."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network, collapse_addresses

from hvn.diagnostics.message import Message, joined
from hvn.kinds.hub.inputs import FirewallInputs, HubInputs
from hvn.kinds.inputs import Inputs
from hvn.kinds.network.inputs import NetworkInputs
from hvn.kinds.workspace import WorkspaceId
from hvn.review.context import Context
from hvn.topology.firewall_rule import ApplicationRule, NatRule, NetworkRule

Rule = NetworkRule | ApplicationRule | NatRule

LISTS = {
    "sources": Message("source"),
    "destinations": Message("destination"),
    "fqdns": Message("FQDN"),
    "fqdn_tags": Message("FQDN tag"),
    "protocols": Message("protocol"),
    "ports": Message("port"),
    "public_ips": Message("public IP address"),
    "targets": Message("target"),
}
# The name prefix of the rules that every cluster has (hvn/topology/default_rules.py). A new or removed cluster implies
# these rules, so the review does not list them.
CLUSTER = "cluster."
_ADDRESSES = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?:/[0-9]{1,2})?")


@dataclass(frozen=True, slots=True)
class Change:
    """The rules of one workspace before and after the edit."""

    workspace: WorkspaceId
    before: tuple[Rule, ...]
    after: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Excess:
    """The values that these rules have on only one side of the edit. `whole` is true if the other side has no rule of
    this name."""

    rules: tuple[str, ...]
    values: Message
    whole: bool


def changes(context: Context) -> Iterator[Change]:
    """Yield a `Change` for each workspace with changed firewall rules: the hub first, then the spokes, including new
    and removed spokes.

    An existing hub, before or after the change, is excluded, because the owner of the policy manages its rules. A hub
    that loses or gets its firewall is excluded with its spokes, because HVN953 and HVN910 report this change.
    """
    for id_ in dict.fromkeys((*context.before, *context.after)):
        old, new = context.before.get(id_), context.after.get(id_)
        either = new or old
        if either is None or (old and not old.inputs) or (new and not new.inputs):
            continue  # the rules of a blocked workspace are unknown
        if old and new and _filtered(old.inputs) != _filtered(new.inputs):
            continue
        before, after = _rules(old.inputs if old else None), _rules(new.inputs if new else None)
        if before != after and (either.spoke or (old and new)) and context.before:
            yield Change(either.id, before, after)


def _filtered(inputs: Inputs | None) -> bool:
    """Return whether a firewall filters the workspace's traffic."""
    if isinstance(inputs, NetworkInputs):
        return bool(inputs.default_hop)
    return not isinstance(inputs, HubInputs) or inputs.firewall is not None


def firewalls(context: Context) -> Iterator[tuple[WorkspaceId, HubInputs, FirewallInputs, FirewallInputs]]:
    """Yield each changed hub with a firewall before and after: its workspace, its old inputs, and both firewalls."""
    for workspace, before, after in context.changed(HubInputs):
        if before.firewall and after and after.firewall:
            yield workspace.id, before, before.firewall, after.firewall


def _rules(inputs: Inputs | None) -> tuple[Rule, ...]:
    if isinstance(inputs, HubInputs) and inputs.firewall:
        dnat = inputs.firewall.dnat.nat_rules if inputs.firewall.dnat else ()
        return (*(rule for group in inputs.firewall.groups for rule in group.rules), *dnat)
    return inputs.rules.group.rules if isinstance(inputs, NetworkInputs) and inputs.rules else ()


def excess(here: Iterable[Rule], there: Iterable[Rule]) -> Iterator[Excess]:
    """Yield the rules and values that only `here` has. One item has all existing rules with the same additional
    values."""
    here, there = tuple(here), tuple(there)
    others = {rule.name: rule for rule in there}
    both_have_cluster = all(any(name.startswith(CLUSTER) for name in names) for names in (_names(here), others))
    wider: dict[Message, list[str]] = {}
    for rule in here:
        if any(_contains(other, rule) for other in there):
            continue  # the rule is renamed, or another rule allows the same traffic
        values = joined(list(_more(rule, others.get(rule.name))))
        if rule.name not in others:
            if both_have_cluster or not rule.name.startswith(CLUSTER):
                yield Excess((rule.name,), values, whole=True)
        elif values:
            wider.setdefault(values, []).append(rule.name)
    for values, names in wider.items():
        yield Excess(tuple(names), values, whole=False)


def _contains(other: Rule, rule: Rule) -> bool:
    """Return whether one rule allows all traffic of another rule. The function ignores the action, because all rules of
    this project allow traffic."""
    kinds = [[bool(getattr(one, name, ())) for name in LISTS] for one in (other, rule)]
    return type(other) is type(rule) and kinds[0] == kinds[1] and not list(_more(rule, other))


def _names(rules: Iterable[Rule]) -> list[str]:
    return [rule.name for rule in rules]


def _more(here: Rule, there: Rule | None) -> Iterator[Message]:
    """Yield the values that only the rule `here` has."""
    for name, role in LISTS.items():
        others = _merged(_texts(there, name))
        more = [value for value in _texts(here, name) if not any(_covers(other, value) for other in others)]
        if more:
            yield Message("{role} {values}", role=role, values=more)


def _texts(rule: Rule | None, name: str) -> list[str]:
    """Return the values of a list as texts; a protocol of an application rule has its port: `Https:443`."""
    values = getattr(rule, name, ())
    return [value if isinstance(value, str) else ":".join(map(str, value)) for value in values]


def _merged(values: list[str]) -> list[str]:
    """Return the values, and the ranges that adjacent ranges of addresses or of ports form together."""
    addresses = [IPv4Network(value) for value in values if _ADDRESSES.fullmatch(value)]
    merged: list[tuple[int, int]] = []
    for first, last in sorted(ports for value in values if (ports := _ports(value))):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return [*values, *map(str, collapse_addresses(addresses)), *(f"{first}-{last}" for first, last in merged)]


def _covers(one: str, other: str) -> bool:
    """Return whether both values are equal, or `one` is a range of addresses or ports, or a domain `*.…`, that contains
    `other`."""
    if one == other or (one == "*" and other[:1].isdigit()):
        return True
    if one.startswith("*."):
        return other.casefold().endswith(one[1:].casefold())
    try:
        return IPv4Network(other).subnet_of(IPv4Network(one))
    except ValueError:
        return _ports(one) is not None and _in(_ports(other), _ports(one))


def _ports(text: str) -> tuple[int, int] | None:
    first, _, last = text.partition("-")
    return (int(first), int(last or first)) if first.isdigit() and (last or first).isdigit() else None


def _in(inner: tuple[int, int] | None, outer: tuple[int, int] | None) -> bool:
    return bool(inner and outer) and outer[0] <= inner[0] and inner[1] <= outer[1]  # type: ignore[index]
