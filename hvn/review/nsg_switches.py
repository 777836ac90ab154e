"""Subnets that a plan gives a different network security group (NSG), with the traffic that only the new NSG allows.
New subnets with an NSG outside the plan are included.

The plan contains the rules of an NSG only if its workspace creates the NSG. The rules of other NSGs are unknown.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hvn.diagnostics.printable import printable
from hvn.review.differences import is_open
from hvn.review.grants import openings
from hvn.review.grants.network_paths import SUBNET, VNET, same_id
from hvn.review.grants.network_rules import SECURITY_GROUP
from hvn.review.grants.opening import Opening, blocks
from hvn.review.hidden import hidden, hiding

ASSOCIATION = "azurerm_subnet_network_security_group_association"
AFTER_APPLY = "known after apply"
Subnet = tuple[Mapping[str, Any], str, str, str | None]
"""The change of a VNet or an association, with a subnet's name, its old NSG, and its new NSG; None if known after
apply."""
Changes = list[tuple[str, Mapping[str, Any]]]
"""The resource types of a plan, each with a `change` object."""


@dataclass(frozen=True, slots=True)
class NsgSwitch:
    """A subnet with the ids of its NSG before and after the apply. `old` is empty for a new subnet. `openings` is None
    if the plan does not contain the rules of both NSGs."""

    subnet: str
    old: str
    new: str
    openings: frozenset[Opening] | None


def nsg_switches(resources: Any, drift: Any) -> tuple[NsgSwitch, ...]:
    """Return the subnets that get a different NSG, by name. `drift` contains the NSGs that somebody deleted."""
    changes, drifted = _changes(resources), dict(_rules(_changes(drift), "before"))
    before, after = (dict(_rules(changes, side)) for side in ("before", "after"))
    switches = []
    for change, subnet, old, new in _subnets(changes):
        if new is None and old.casefold() in {**drifted, **before}.keys() - after.keys():
            continue  # HVN907 reports an NSG that the plan replaces or destroys, HVN930 an NSG that somebody deleted
        sides, hide = (before.get(old.casefold()), after.get((new or "").casefold())), hiding(change)
        names = printable(hide(old), 300), printable(hide(new), 300) if new else AFTER_APPLY
        switches.append(NsgSwitch(printable(hide(subnet), 80), *names, _openings(*sides)))
    creates = any(type_ == SECURITY_GROUP and "create" in _actions(change) for type_, change in changes)
    for change, subnet, _, new in _new_subnets(resources):
        if creates if new is None else new.casefold() in after:
            continue  # the plan contains the rules
        hide = hiding(change)
        name = printable(hide(new), 300) if new else AFTER_APPLY
        switches.append(NsgSwitch(printable(hide(subnet), 80), "", name, None))
    return tuple(sorted(switches, key=lambda switch: switch.subnet))


def _openings(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> frozenset[Opening] | None:
    """Return the openings between two NSGs, from the change of each NSG; None if the plan lacks one of them."""
    if old is None or new is None:
        return None
    return hidden(openings(SECURITY_GROUP, old["before"], new["after"]), old, new)


def _changes(resources: Any) -> Changes:
    return [(str(resource.get("type")), change) for resource, change in _resources(resources)]


def _resources(resources: Any) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Yield the resources of a plan, each with its change."""
    for resource in resources if isinstance(resources, list) else ():
        if isinstance(resource, Mapping) and isinstance(resource.get("change"), Mapping):
            yield resource, resource["change"]


def _rules(changes: Changes, side: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the changes of the NSGs that exist before or after the apply, with known rules, by id in lower case."""
    for type_, change in changes:
        values, unknown = change.get(side), change.get("after_unknown")
        if side == "after" and isinstance(unknown, Mapping) and is_open(unknown.get("security_rule")):
            continue
        if type_ == SECURITY_GROUP and isinstance(values, Mapping) and isinstance(values.get("id"), str):
            yield values["id"].casefold(), change


def _subnets(changes: Changes) -> Iterator[Subnet]:
    """Yield each subnet with a different NSG: the change, its name, the old id, and the new id; None if known after
    apply."""
    for type_, change in changes:
        before, after = (side if isinstance(side, Mapping) else {} for side in map(change.get, ("before", "after")))
        if type_ == ASSOCIATION and before and after:
            name = str(before.get("subnet_id")).rpartition("/")[2]
            yield from _switch(change, name, "network_security_group_id", before, after)
        elif type_ == VNET and change.get("actions") == ["update"]:
            left = {str(subnet.get("name")).casefold(): subnet for subnet in blocks(after.get("subnet"))}
            for subnet in blocks(before.get("subnet")):
                name = str(subnet.get("name"))
                if name.casefold() in left:
                    yield from _switch(change, name, "security_group", subnet, left[name.casefold()])


def _new_subnets(resources: Any) -> Iterator[Subnet]:
    """Yield each new subnet with an NSG, and each subnet of a replaced VNet with a different NSG."""
    created = {
        str(resource.get("address")).rpartition(".subnet_")[2]: str(change["after"].get("name"))
        for resource, change in _resources(resources)
        if resource.get("type") == SUBNET and "create" in _actions(change) and isinstance(change.get("after"), Mapping)
    }
    for resource, change in _resources(resources):
        before, after = (side if isinstance(side, Mapping) else {} for side in map(change.get, ("before", "after")))
        address = str(resource.get("address"))
        # The id of a new subnet is known after apply. Only a new subnet can be open because of its NSG.
        if resource.get("type") == ASSOCIATION and "create" in _actions(change) and "subnet_id" not in after:
            part = address.rpartition(".nsg_of_")[2]
            yield from _new(change, created.get(part, address), "network_security_group_id", before, after)
        elif resource.get("type") == VNET and any(one in ("create", "update") for one in _actions(change)):
            old = {str(subnet.get("name")).casefold(): subnet for subnet in blocks(before.get("subnet"))}
            for subnet in blocks(after.get("subnet")):
                was = old.get(str(subnet.get("name")).casefold())
                if was is None or "create" in _actions(change):
                    yield from _new(change, str(subnet.get("name")), "security_group", was or {}, subnet)


def _new(
    change: Mapping[str, Any], name: str, argument: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[Subnet]:
    new = after.get(argument)
    if argument not in after or (isinstance(new, str) and new and not same_id(before.get(argument), new)):
        yield change, name, "", new or None


def _actions(change: Mapping[str, Any]) -> list[Any]:
    actions = change.get("actions")
    return actions if isinstance(actions, list) else []


def _switch(
    change: Mapping[str, Any], name: str, argument: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[Subnet]:
    """Yield the subnet if its NSG changes. A plan omits an argument that is known after apply. Other rules report a
    subnet that loses its NSG."""
    old, new = before.get(argument), after.get(argument)
    if isinstance(old, str) and old and (argument not in after or (new and not same_id(old, new))):
        yield change, name, old, str(new) if new else None
