"""Subnets that a plan gives a different network security group (NSG), with the traffic that only the new NSG allows.

The plan contains the rules of an NSG only if its workspace creates the NSG. The rules of other NSGs are unknown.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hvn.diagnostics.printable import printable
from hvn.review.differences import is_open
from hvn.review.grants import openings
from hvn.review.grants.network_paths import VNET, same_id
from hvn.review.grants.network_rules import SECURITY_GROUP
from hvn.review.grants.opening import Opening, blocks
from hvn.review.hidden import hidden, hiding

ASSOCIATION = "azurerm_subnet_network_security_group_association"
AFTER_APPLY = "known after apply"
Changes = list[tuple[str, Mapping[str, Any]]]
"""The resource types of a plan, each with a `change` object."""


@dataclass(frozen=True, slots=True)
class NsgSwitch:
    """A subnet with the ids of its NSG before and after the apply. `openings` is None if the plan does not contain the
    rules of both NSGs."""

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
    return tuple(sorted(switches, key=lambda switch: switch.subnet))


def _openings(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> frozenset[Opening] | None:
    """Return the openings between two NSGs, from the change of each NSG; None if the plan lacks one of them."""
    if old is None or new is None:
        return None
    return hidden(openings(SECURITY_GROUP, old["before"], new["after"]), old, new)


def _changes(resources: Any) -> Changes:
    return [
        (str(resource.get("type")), resource["change"])
        for resource in (resources if isinstance(resources, list) else ())
        if isinstance(resource, Mapping) and isinstance(resource.get("change"), Mapping)
    ]


def _rules(changes: Changes, side: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the changes of the NSGs that exist before or after the apply, with known rules, by id in lower case."""
    for type_, change in changes:
        values, unknown = change.get(side), change.get("after_unknown")
        hidden = side == "after" and isinstance(unknown, Mapping) and is_open(unknown.get("security_rule"))
        if type_ == SECURITY_GROUP and isinstance(values, Mapping) and isinstance(values.get("id"), str) and not hidden:
            yield values["id"].casefold(), change


def _subnets(changes: Changes) -> Iterator[tuple[Mapping[str, Any], str, str, str | None]]:
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


def _switch(
    change: Mapping[str, Any], name: str, argument: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[tuple[Mapping[str, Any], str, str, str | None]]:
    """Yield the subnet if its NSG changes. A plan omits an argument that is known after apply. Other rules report a
    subnet that loses its NSG."""
    old, new = before.get(argument), after.get(argument)
    if isinstance(old, str) and old and (argument not in after or (new and not same_id(old, new))):
        yield change, name, old, str(new) if new else None
