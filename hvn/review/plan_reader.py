"""Read a plan as `terraform show -json` writes it. The reader accepts any JSON.

Every unreadable part becomes an unknown of the plan, and a comment cannot approve a plan with unknowns. The format:
https://developer.hashicorp.com/terraform/internals/json-format
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from hvn.diagnostics.message import Message
from hvn.diagnostics.printable import printable
from hvn.review.closings import closings
from hvn.review.completeness import incomplete
from hvn.review.conditions import not_met
from hvn.review.contradictions import contradictions
from hvn.review.details import details
from hvn.review.differences import Leaf, leaves, meaningful, path_text, shown
from hvn.review.digest import Expressions, of_expressions, of_output, of_providers, of_resource
from hvn.review.drift import Changed, changed_paths, drifted, unknown_grants
from hvn.review.expected import unexpected
from hvn.review.explained import explained
from hvn.review.grants import openings
from hvn.review.grants.opening import Opening
from hvn.review.hidden import hidden
from hvn.review.masked import SENSITIVE
from hvn.review.names import names
from hvn.review.nsg_switches import nsg_switches
from hvn.review.plan import (
    BASE,
    BY_CODE,
    CODE,
    EXPECTED,
    EXPRESSIONS,
    INPUTS,
    OPENINGS,
    PROVIDERS,
    UNEXPLAINED,
    VERSIONS,
    WORKSPACE,
    Action,
    Plan,
    ResourceChange,
)
from hvn.review.vnet_subnets import VNET, subnet_changes

FORMAT = (1, 2)
"""The newest format that this module knows: Terraform 1.14 writes it."""
ACTIONS = {
    ("create",): Action.CREATE,
    ("update",): Action.UPDATE,
    ("delete",): Action.DELETE,
    ("forget",): Action.FORGET,
    ("delete", "create"): Action.REPLACE,
    ("create", "delete"): Action.REPLACE,
    ("create", "forget"): Action.REPLACE,
}
KEPT = 200
"""The maximum number of differences of one resource to keep in memory."""
UNREADABLE = 100
"""The number of unreadable resources after which the reader stops."""
REFERENCES = 20
"""The maximum number of references without a known value to list."""
STAYS = (Action.UPDATE, Action.REPLACE)
REASONS = {
    "replace_because_tainted": "tainted by a failed apply, or by a person",
    "replace_by_request": "requested with -replace",
}
"""Reasons that neither an edit nor an argument of the resource shows."""


class Reader:
    """Reads one plan and collects its unknowns."""

    def __init__(self, workspace: str, file: str = "") -> None:
        self.workspace, self.file = workspace, file or f"{workspace}.json"
        self.unknowns: list[Message] = []
        self.unreadable = 0
        self.reads = 0
        self.read_types: dict[str, str] = {}
        self.compared = False

    def plan(self, data: Mapping[str, Any]) -> Plan:
        """Return the parsed plan, with the reasons in `unknowns` if a part is unreadable."""
        self._format(data.get("format_version"))
        self._label(data.get(WORKSPACE))
        self.compared = OPENINGS in data
        failed = data.get("errored") not in (None, False)
        for message in incomplete(data, failed=failed):
            self._unknown(message)
        resources = data.get("resource_changes")
        if not failed:
            if resources is None:
                self._unknown(Message("the plan lists no resource: it is a refresh-only plan, or of another format"))
            for message in not_met(data):
                self._unknown(message)
        changes = tuple(self._changes(resources, "resource_changes"))
        drift = tuple(self._drift(data.get("resource_drift"), changed_paths(resources)))
        providers, inputs, code = data.get(PROVIDERS), data.get(INPUTS), data.get(CODE)
        base = data.get(BASE)
        expressions, unresolved = self._expressions(data)
        for reference in unresolved[:REFERENCES]:
            self._unknown(
                Message("the plan does not contain the value that it sets after apply: {place}", place=reference)
            )
        for message in unexpected(data.get(EXPECTED), resources) if not failed else ():
            self._unknown(message)
        return Plan(
            workspace=self.workspace,
            changes=_ordered(changes),
            drift=_ordered(drift),
            outputs=self._outputs(data.get("output_changes")),
            providers=providers if isinstance(providers, str) else of_providers(data.get("configuration")),
            expressions=expressions,
            reads=self.reads,
            read_types=self.read_types,
            failed=failed,
            unknowns=tuple(self.unknowns),
            kept=dict(_kept(resources)),
            unexplained=_unexplained(data.get(UNEXPLAINED, {})),
            marked=UNEXPLAINED in data,
            code_unexplained=_unexplained(data.get(BY_CODE)),
            versions=_unexplained(data.get(VERSIONS)) or {},
            inputs=inputs if isinstance(inputs, str) else "",
            code=code if isinstance(code, str) else "",
            base=base if isinstance(base, str) else "",
            file=self.file,
            names=names(data),
            nsg_switches=nsg_switches(resources, data.get("resource_drift")),
            explained=explained(data.get(OPENINGS)),
            sensitive_outputs=_sensitive(data.get("output_changes")),
        )

    def _expressions(self, data: Mapping[str, Any]) -> Expressions:
        if EXPRESSIONS not in data:
            return of_expressions(data)
        value = data[EXPRESSIONS]
        if isinstance(value, list) and len(value) == 2 and isinstance(value[0], str) and isinstance(value[1], list):
            return value[0], tuple(str(reference) for reference in value[1])
        self._unknown(Message("{key} is malformed", key=EXPRESSIONS))
        return "", ()

    def _unknown(self, message: Message) -> None:
        if message not in self.unknowns:
            self.unknowns.append(message)

    def _format(self, version: Any) -> None:
        match = re.fullmatch(r"([0-9]{1,6})\.([0-9]{1,6})", version) if isinstance(version, str) else None
        if not match:
            self._unknown(Message("the plan has no {key}", key="format_version"))
        elif (int(match[1]), int(match[2])) > FORMAT:
            newest = f"{FORMAT[0]}.{FORMAT[1]}"
            self._unknown(
                Message(
                    "the plan's format {format} is newer than {newest}: it may contain more than this review reads",
                    format=match[0],
                    newest=newest,
                )
            )

    def _label(self, workspace: Any) -> None:
        """Record an unknown if `hvn plans` made the plan for another workspace, and the file was renamed."""
        if workspace is not None and workspace != self.workspace:
            self._unknown(
                Message(
                    "{file} is the plan of another workspace, {other} ({key})",
                    file=self.file,
                    other=str(workspace),
                    key=WORKSPACE,
                )
            )

    def _outputs(self, value: Any) -> Mapping[str, str]:
        changes = {} if value is None else value
        if not isinstance(changes, dict) or not all(isinstance(change, dict) for change in changes.values()):
            self._unknown(Message("{key} is malformed", key="output_changes"))
            return {}
        return {name: of_output(change) for name, change in changes.items() if change.get("actions") != ["no-op"]}

    def _changes(self, value: Any, name: str) -> Iterator[ResourceChange]:
        for resource in self._resources(value, name):
            change = self._change(resource)
            if change:
                yield change

    def _drift(self, value: Any, changed: Changed) -> Iterator[ResourceChange]:
        for resource in self._resources(value, "resource_drift"):
            change = self._change(resource, changed)
            if change and not (change.action is Action.UPDATE and not change.differences):
                yield change

    def _resources(self, value: Any, name: str) -> Iterator[Any]:
        if value is None:
            return
        if not isinstance(value, list):
            self._unknown(Message("{key} is not a list", key=name))
            return
        for resource in value:
            if self.unreadable >= UNREADABLE:
                self._unknown(Message("too many resources cannot be read: the review stopped reading the plan"))
                return
            yield resource

    def _unreadable(self, message: Message) -> None:
        self.unreadable += 1
        self._unknown(message)

    def _change(self, resource: Any, changed: Changed | None = None) -> ResourceChange | None:
        """Return the planned change of a resource; None if an apply does nothing with it.

        With `changed`, the arguments that the plan changes, return the resource's drift instead.
        """
        change = resource.get("change") if isinstance(resource, dict) else None
        if not isinstance(change, dict):
            self._unreadable(Message("a resource has no {key}", key="change"))
            return ResourceChange(address="?", type="?", action=Action.UNKNOWN)
        actions = change.get("actions")
        key = tuple(actions) if isinstance(actions, list) and all(isinstance(one, str) for one in actions) else ("?",)
        address, type_ = resource.get("address"), resource.get("type")
        for contradiction in contradictions(resource):
            self._unreadable(contradiction)
        if is_quiet(resource):
            if key == ("read",):
                self.reads += 1
                self.read_types[str(type_)] = printable(str(address), 200)
            return None
        if not _matches(address, type_):
            self._unreadable(Message("a resource has no address, or its type does not match its address"))
        shown_address = printable(str(address), 200)
        action = _action(key, resource)
        if action is Action.UNKNOWN:
            self._unreadable(
                Message("the action on {address} is unknown: {action}", address=shown_address, action=" ".join(key))
            )
        all_leaves = list(leaves(change)) if action in (*STAYS, Action.CREATE) else []
        differ = [
            leaf for leaf in all_leaves if not leaf.computed and (action is Action.UPDATE or leaf.unknown is not True)
        ]
        forced = tuple(sorted(path_text(path) for path in _list(change.get("replace_paths"))))

        def visible(differences: Iterable[Leaf]) -> list[Leaf]:
            kept = drifted(str(type_), str(address), differences, changed) if changed is not None else differences
            return meaningful(kept, forced, type_=str(type_), replaced=action is Action.REPLACE)[:KEPT]

        return ResourceChange(
            address=shown_address,
            type=str(type_),
            action=action,
            differences=tuple(shown(leaf) for leaf in visible(differ)) if action in STAYS else (),
            details=tuple(details(visible(_named(change, action)))) if action in STAYS else (),
            unknown=sum(leaf.unknown is not None for leaf in all_leaves),
            sensitive=sum(SENSITIVE in (leaf.before, leaf.after) for leaf in differ),
            replaced_by=forced,
            deposed=_word(resource.get("deposed")),
            imported=_imported(change.get("importing")),
            reason=REASONS.get(str(resource.get("action_reason")), ""),
            moved_from=_word(resource.get("previous_address")),
            digest=of_resource(resource),
            openings=_openings(str(type_), change, None if changed is None else visible(differ))
            | (frozenset() if self.compared else unknown_grants(str(type_), shown_address, all_leaves)),
            closings=hidden(closings(str(type_), change), change),
            subnets=tuple(subnet_changes(change)) if (type_, action) == (VNET, Action.UPDATE) else (),
        )


def _openings(type_: str, change: Mapping[str, Any], drifted: list[Leaf] | None) -> frozenset[Opening]:
    """Return the openings of a change; for drift, only those of `drifted` arguments that had a value before."""
    before, after = (side if isinstance(side, dict) else None for side in (change.get("before"), change.get("after")))
    if drifted is not None:
        names = {str(leaf.path[0]) for leaf in drifted if leaf.path}
        if before is None or after is None:
            return frozenset()
        after = {**before, **{name: after.get(name) for name in names if before.get(name) is not None}}
    return hidden(openings(type_, before, after), change)


def _ordered(changes: tuple[ResourceChange, ...]) -> tuple[ResourceChange, ...]:
    return tuple(sorted(changes, key=lambda change: (change.address, change.digest)))


def _named(change: Mapping[str, Any], action: Action) -> Iterator[Leaf]:
    for leaf in leaves(change, named=True):
        if not leaf.computed and (action is Action.UPDATE or leaf.unknown is not True):
            yield leaf


def _kept(resources: Any) -> Iterator[tuple[str, str]]:
    """Yield the types of the managed resources that exist after the apply, each with an address."""
    for resource in _list(resources):
        change = resource.get("change") if isinstance(resource, dict) else None
        if not isinstance(change, dict) or resource.get("mode", "managed") != "managed":
            continue
        if change.get("actions") not in (["delete"], ["forget"]):
            yield str(resource.get("type")), printable(str(resource.get("address")), 200)


def _matches(address: Any, type_: Any) -> bool:
    """Return whether the address is of this resource type, because the rules rely on the type."""
    if not isinstance(address, str) or not isinstance(type_, str):
        return False
    return bool(re.search(rf"(?:^|\.){re.escape(type_)}\.[^.\[\]]+(?:\[.*\])?$", address, re.DOTALL))


def is_quiet(resource: Mapping[str, Any]) -> bool:
    """Return whether an apply only reads the resource, or does nothing with it. The resource must have a `change`."""
    change = resource["change"]
    stays = change.get("importing") is None and resource.get("previous_address") is None
    return change.get("actions") == ["read"] or (change.get("actions") == ["no-op"] and stays)


def _action(key: tuple[str, ...], resource: Mapping[str, Any]) -> Action:
    if key == ("no-op",):
        return Action.MOVE if resource["change"].get("importing") is None else Action.IMPORT
    return ACTIONS.get(key, Action.UNKNOWN)


def _imported(value: Any) -> str:
    """Return the id of an imported object; without an id, the whole `importing` value as JSON."""
    id_ = value.get("id") if isinstance(value, dict) else None
    return "" if value is None else _word(id_ if isinstance(id_, str) else json.dumps(value))


def _sensitive(outputs: Any) -> tuple[str, ...]:
    """Return the new and changed outputs with a value that the plan marks as sensitive."""
    changes = outputs if isinstance(outputs, dict) else {}
    return tuple(
        printable(str(name), 200)
        for name, change in sorted(changes.items())
        if isinstance(change, dict)
        and change.get("actions") not in (["no-op"], ["delete"])
        and change.get("after_sensitive") not in (None, False, {}, [])
    )


def _word(value: Any) -> str:
    return "" if value is None else printable(str(value), 200)


def _unexplained(value: Any) -> Mapping[str, tuple[str, ...]] | None:
    if not isinstance(value, dict):
        return None
    return {
        printable(str(address), 200): tuple(printable(str(argument), 200) for argument in _list(arguments))
        for address, arguments in value.items()
    }


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
