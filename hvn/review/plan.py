"""A plan as `terraform show -json` writes it, read so that no JSON at all makes it fail.

What cannot be read is a doubt, never left out: a review with doubts approves nothing. The format:
https://developer.hashicorp.com/terraform/internals/json-format
"""

import hashlib
import json
import pathlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from hvn.review.masked import SENSITIVE, masked
from hvn.topology.printable import printable

FORMAT = (1, 2)
"""The format that was known when this was written: Terraform 1.14 writes it."""
LARGEST = 128 * 1024 * 1024


class Action(StrEnum):
    """What Terraform does with a resource."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    FORGET = "forget"
    UNKNOWN = "unknown"


ACTIONS = {
    ("create",): Action.CREATE,
    ("update",): Action.UPDATE,
    ("delete",): Action.DELETE,
    ("forget",): Action.FORGET,
    ("delete", "create"): Action.REPLACE,
    ("create", "delete"): Action.REPLACE,
    ("create", "forget"): Action.REPLACE,
}
QUIET = {("no-op",), ("read",)}
UNEXPLAINED = "hvn_unexplained"
"""A key of our own, which `hvn plans` adds: by address the arguments that no edit of the topology explains."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One argument that changes. Values are text, without what is sensitive; with `unknown`, `after` is empty."""

    path: str
    before: str
    after: str
    unknown: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What happens to one resource.

    `differences` are the first of those that are known, cut short, of what stays: memory is for the largest plan, not
    for all of them. `unknown` is the number of those known after apply only, `sensitive` of those that are not shown;
    `digest` is of all of them in full.
    `replaced_by` are the arguments that Terraform says force a replacement.
    """

    address: str
    type: str
    action: Action
    differences: tuple[Difference, ...] = ()
    unknown: int = 0
    sensitive: int = 0
    replaced_by: tuple[str, ...] = ()
    digest: str = ""

    @property
    def silent(self) -> bool:
        """An update in which only what the cloud computes differs."""
        return self.action is Action.UPDATE and not self.differences


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One workspace's plan. `doubts` says what of it is not known; `unread`, `failed`: nothing may be approved.

    `unexplained` are by address the arguments that no edit of the topology explains, none for the whole of a change;
    it is None if that is not known, and empty where nobody looked.
    """

    workspace: str
    changes: tuple[Change, ...] = ()
    drift: tuple[Change, ...] = ()
    outputs: tuple[str, ...] = ()
    reads: int = 0
    failed: bool = False
    doubts: tuple[str, ...] = ()
    unexplained: Mapping[str, tuple[str, ...]] | None = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """The same for equal changes, whatever the commit and the time: 128 bits as hex."""
        told = [[each.address, each.action, each.digest, each.replaced_by] for each in self.changes]
        return _digest([told, self.outputs])


KEPT = 20
"""Differences of one resource that are kept to be shown, and so many characters of a value."""
LONGEST = 100


def read(workspace: str, file: pathlib.Path) -> Plan:
    """The plan in a file. Never raises: a file that is no plan is a plan with a doubt."""
    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        return Plan(workspace=workspace, failed=True, doubts=(f"cannot be read ({getattr(error, 'strerror', error)})",))
    if len(content) > LARGEST:
        return Plan(workspace=workspace, failed=True, doubts=("is larger than 128 MiB",))
    return parse(workspace, content)


def parse(workspace: str, content: bytes) -> Plan:
    """The plan in a JSON text of any of JSON's encodings. Never raises."""
    try:
        text = content.decode(json.detect_encoding(content))
        given = json.loads(text.removeprefix("\ufeff"))
        return _Reader(workspace).plan(given)
    except (ValueError, RecursionError, MemoryError):
        return Plan(workspace=workspace, failed=True, doubts=("is no JSON that can be read",))


class _Reader:
    """Reads one plan and collects what of it is not understood."""

    def __init__(self, workspace: str) -> None:
        self.workspace = workspace
        self.doubts: list[str] = []
        self.reads = 0

    def plan(self, given: Any) -> Plan:
        if not isinstance(given, dict) or ("resource_changes" not in given and "planned_values" not in given):
            return Plan(workspace=self.workspace, failed=True, doubts=("is no plan of Terraform",))
        self._format(given.get("format_version"))
        failed = given.get("errored") not in (None, False)
        if failed:
            self._doubt("Terraform ended with an error: what stands here is only a part of what it would do")
        elif given.get("complete") not in (None, True):
            self._doubt("Terraform calls it incomplete: there is more to come after this is applied")
        changes = tuple(self._changes(given.get("resource_changes"), "resource_changes"))
        drift = tuple(self._changes(given.get("resource_drift"), "resource_drift"))
        return Plan(
            workspace=self.workspace,
            changes=tuple(sorted(changes, key=lambda each: each.address)),
            drift=tuple(sorted(drift, key=lambda each: each.address)),
            outputs=tuple(sorted(self._outputs(given.get("output_changes")))),
            reads=self.reads,
            failed=failed,
            doubts=tuple(self.doubts),
            unexplained=_unexplained(given.get(UNEXPLAINED, {})),
        )

    def _doubt(self, text: str) -> None:
        if text not in self.doubts:
            self.doubts.append(text)

    def _format(self, version: Any) -> None:
        found = re.fullmatch(r"(\d{1,6})\.(\d{1,6})", version) if isinstance(version, str) else None
        if not found:
            self._doubt("does not say its format")
        elif (int(found[1]), int(found[2])) > FORMAT:
            self._doubt(f"its format {found[0]} is newer than {FORMAT[0]}.{FORMAT[1]}: there may be more in it")

    def _outputs(self, given: Any) -> Iterator[str]:
        for name, each in given.items() if isinstance(given, dict) else ():
            if not isinstance(each, dict) or each.get("actions") != ["no-op"]:
                yield printable(str(name))

    def _changes(self, given: Any, name: str) -> Iterator[Change]:
        if given is None:
            return
        if not isinstance(given, list):
            self._doubt(f"`{name}` is no list")
            return
        for each in given:
            found = self._change(each)
            if found:
                yield found

    def _change(self, each: Any) -> Change | None:
        change = each.get("change") if isinstance(each, dict) else None
        if not isinstance(change, dict):
            self._doubt("a resource has no `change`")
            return Change(address="?", type="?", action=Action.UNKNOWN)
        actions = change.get("actions")
        key = tuple(actions) if isinstance(actions, list) and all(isinstance(one, str) for one in actions) else ("?",)
        if key in QUIET:
            self.reads += key == ("read",)
            return None
        action = ACTIONS.get(key, Action.UNKNOWN)
        address, kind = (str(each.get(name) or "?") for name in ("address", "type"))
        if action is Action.UNKNOWN:
            self._doubt(f"what happens to {printable(address)} is not known: {printable(' '.join(key), 40)}")
        found = [] if action is Action.DELETE else list(differences(change))
        known = [one for one in found if not one.unknown]
        return Change(
            address=printable(address, 200),
            type=kind,
            action=action,
            differences=tuple(_cut(one) for one in known[:KEPT]) if action is not Action.CREATE else (),
            unknown=len(found) - len(known),
            sensitive=sum(repr(SENSITIVE) in (one.before, one.after) for one in known),
            replaced_by=tuple(sorted(_path(path) for path in _list(change.get("replace_paths")))),
            digest=_digest([[one.path, one.before, one.after, one.unknown] for one in found]),
        )


def differences(change: Mapping[str, Any]) -> Iterator[Difference]:
    """What differs between the two sides of a `change` as Terraform writes it, in full, without what is sensitive."""
    before, after = (
        masked(change.get(side), change.get("before_sensitive"), change.get("after_sensitive"))
        for side in ("before", "after")
    )
    yield from _differences(before, after, (change.get("before"), change.get("after")), change.get("after_unknown"))


def _differences(
    before: Any, after: Any, raw: tuple[Any, Any], unknown: Any, path: tuple[Any, ...] = ()
) -> Iterator[Difference]:
    """The leaves that differ; compared as they are, shown without what is sensitive."""
    if unknown is True:
        yield Difference(_path(path), _text(before), "", unknown=True)
        return
    if before is SENSITIVE or after is SENSITIVE:
        if raw[0] != raw[1]:
            yield Difference(_path(path), _text(before), _text(after))
        return
    if isinstance(after, dict) and (isinstance(before, dict) or before is None):
        marks = unknown if isinstance(unknown, dict) else {}
        old, raw_old, raw_new = before or {}, raw[0] or {}, raw[1]
        for key in sorted({*old, *after, *marks}):
            raws = (raw_old.get(key), raw_new.get(key))
            yield from _differences(old.get(key), after.get(key), raws, marks.get(key), (*path, key))
    elif isinstance(after, list) and isinstance(before, list) and len(after) == len(before):
        for index, (one, other) in enumerate(zip(before, after, strict=True)):
            mark = unknown[index] if isinstance(unknown, list) and index < len(unknown) else None
            yield from _differences(one, other, (raw[0][index], raw[1][index]), mark, (*path, index))
    elif raw[0] != raw[1] or type(raw[0]) is not type(raw[1]) or _has_unknown(unknown):
        open_yet = _has_unknown(unknown)
        yield Difference(_path(path), _text(before), "" if open_yet else _text(after), unknown=open_yet)


def _unexplained(given: Any) -> Mapping[str, tuple[str, ...]] | None:
    if not isinstance(given, dict):
        return None
    return {
        printable(str(address), 200): tuple(printable(str(each), 200) for each in _list(arguments))
        for address, arguments in given.items()
    }


def _cut(one: Difference) -> Difference:
    return Difference(one.path, printable(one.before, LONGEST), printable(one.after, LONGEST))


def _digest(value: Any) -> str:
    """128 bits of a hash."""
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:32]


def _has_unknown(unknown: Any) -> bool:
    if isinstance(unknown, dict):
        return any(map(_has_unknown, unknown.values()))
    if isinstance(unknown, list):
        return any(map(_has_unknown, unknown))
    return bool(unknown)


def _text(value: Any) -> str:
    """A value on one line. What is sensitive within a list or an object stays hidden."""
    if value is None:
        return "null"
    if isinstance(value, str):
        return value
    if value is SENSITIVE:
        return repr(value)
    return json.dumps(value, sort_keys=True, default=repr)


def _path(path: Any) -> str:
    parts: Sequence[Any] = path if isinstance(path, (list, tuple)) else [path]
    text = ""
    for part in parts:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return printable(text, 200)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
