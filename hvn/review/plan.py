"""A plan as `terraform show -json` writes it, read so that no JSON at all makes it fail.

What cannot be read is a doubt, never left out: a review with doubts approves nothing. The format:
https://developer.hashicorp.com/terraform/internals/json-format
"""

import json
import pathlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from hvn.diagnostics.printable import printable
from hvn.review.differences import Difference, leaves, path_text, shown
from hvn.review.digest import Expressions, digest, of_expressions, of_output, of_providers, of_resource
from hvn.review.masked import SENSITIVE
from hvn.review.refresh import is_normalization

FORMAT = (1, 2)
"""The format that was known when this was written: Terraform 1.14 writes it."""
LARGEST = 32 * 1024 * 1024
"""Bytes. Read, they can be 30 times as many: a plan of a thousand resources has some 15 MB."""


class Action(StrEnum):
    """What Terraform does with a resource."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    FORGET = "forget"
    IMPORT = "import"
    MOVE = "move"
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
UNEXPLAINED = "hvn_unexplained"
"""A key of our own, which `hvn plans` adds: by address the arguments that no edit of the topology explains."""
PROVIDERS = "hvn_providers"
"""Another one, in place of `configuration`: the digest of how the providers are set up."""
EXPRESSIONS = "hvn_expressions"
"""A third one, in its place too: the digest of how what is known after apply only is written, and what is not told."""
NOT_READ = ("deferred_changes", "deferred_action_invocations", "action_invocations")
"""Parts of a plan in which an apply may do something that is not looked at here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceChange:
    """What happens to one resource.

    `differences` are the first of those of what stays, cut short: memory is for the largest plan, not for all of them.
    What was not there and is known after apply only is not among them. `unknown` is the number of those known after
    apply only, `sensitive` of those that are not shown; `digest` is of the whole of the change.
    `replaced_by` are the arguments that Terraform says force a replacement. `deposed` is the key of an object that an
    earlier apply left behind; `imported` the id of one that is taken into the state, `moved_from` an address.
    """

    address: str
    type: str
    action: Action
    differences: tuple[Difference, ...] = ()
    unknown: int = 0
    sensitive: int = 0
    replaced_by: tuple[str, ...] = ()
    deposed: str = ""
    imported: str = ""
    moved_from: str = ""
    digest: str = ""

    @property
    def silent(self) -> bool:
        """An update in which only what the cloud computes differs."""
        return self.action is Action.UPDATE and not (self.differences or self.imported or self.moved_from)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One workspace's plan. `doubts` says what of it is not known; `unread`, `failed`: nothing may be approved.

    `outputs` are digests by name, `providers` one of how they are set up, `expressions` one of how what is known after
    apply only is written.
    `unexplained` are by address the arguments that no edit of the topology explains, none for the whole of a change;
    it is None if that is not known, and empty where nobody looked.
    """

    workspace: str
    changes: tuple[ResourceChange, ...] = ()
    drift: tuple[ResourceChange, ...] = ()
    outputs: Mapping[str, str] = field(default_factory=dict)
    providers: str = ""
    expressions: str = ""
    reads: int = 0
    failed: bool = False
    doubts: tuple[str, ...] = ()
    unexplained: Mapping[str, tuple[str, ...]] | None = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """The same for equal changes, whatever the commit and the time: 128 bits as hex."""
        return digest([[each.digest for each in self.changes], self.outputs, self.providers, self.expressions])


KEPT = 20
"""Differences of one resource that are kept to be shown."""
UNREADABLE = 100
"""So many resources that cannot be read are enough to know that a plan cannot be."""


class Twice(ValueError):
    """An object has a key twice."""


def loads(text: str) -> Any:
    """A JSON text in which no object has a key twice: of two, readers take one or the other. Raises `ValueError`."""
    return json.loads(text, object_pairs_hook=_once)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Twice
    return found


def read(workspace: str, file: pathlib.Path) -> Plan:
    """The plan in a file. Never raises: a file that is no plan is a plan with a doubt."""
    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        return Plan(workspace=workspace, failed=True, doubts=(f"cannot be read ({getattr(error, 'strerror', error)})",))
    if len(content) > LARGEST:
        return Plan(workspace=workspace, failed=True, doubts=("is larger than 32 MiB",))
    return parse(workspace, content)


def parse(workspace: str, content: bytes) -> Plan:
    """The plan in a JSON text of any of JSON's encodings. Never raises."""
    try:
        text = content.decode(json.detect_encoding(content))
        given = loads(text.removeprefix("\ufeff"))
        return _Reader(workspace).plan(given)
    except Twice:
        doubt = "has a key twice in one object, of which readers take the one or the other"
        return Plan(workspace=workspace, failed=True, doubts=(doubt,))
    except (ValueError, RecursionError, MemoryError):
        return Plan(workspace=workspace, failed=True, doubts=("is no JSON that can be read",))


class _Reader:
    """Reads one plan and collects what of it is not understood."""

    def __init__(self, workspace: str) -> None:
        self.workspace = workspace
        self.doubts: list[str] = []
        self.unreadable = 0
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
        for name in NOT_READ:
            if given.get(name):
                self._doubt(f"it has `{name}`, of which nothing is shown here")
        changes = tuple(self._changes(given.get("resource_changes"), "resource_changes"))
        drift = tuple(self._changes(given.get("resource_drift"), "resource_drift"))
        providers = given.get(PROVIDERS)
        expressions, untold = self._expressions(given)
        for each in untold[:KEPT]:
            self._doubt(f"what it sets after apply is not told: {printable(each, 200)}")
        return Plan(
            workspace=self.workspace,
            changes=tuple(sorted(changes, key=lambda each: (each.address, each.digest))),
            drift=tuple(sorted(drift, key=lambda each: (each.address, each.digest))),
            outputs=self._outputs(given.get("output_changes")),
            providers=providers if isinstance(providers, str) else of_providers(given.get("configuration")),
            expressions=expressions,
            reads=self.reads,
            failed=failed,
            doubts=tuple(self.doubts),
            unexplained=_unexplained(given.get(UNEXPLAINED, {})),
        )

    def _expressions(self, given: Mapping[str, Any]) -> Expressions:
        if EXPRESSIONS not in given:
            return of_expressions(given)
        found = given[EXPRESSIONS]
        if isinstance(found, list) and len(found) == 2 and isinstance(found[0], str) and isinstance(found[1], list):
            return found[0], tuple(str(each) for each in found[1])
        self._doubt(f"`{EXPRESSIONS}` is not as it was written")
        return "", ()

    def _doubt(self, text: str) -> None:
        if text not in self.doubts:
            self.doubts.append(text)

    def _format(self, version: Any) -> None:
        found = re.fullmatch(r"(\d{1,6})\.(\d{1,6})", version) if isinstance(version, str) else None
        if not found:
            self._doubt("does not say its format")
        elif (int(found[1]), int(found[2])) > FORMAT:
            self._doubt(f"its format {found[0]} is newer than {FORMAT[0]}.{FORMAT[1]}: there may be more in it")

    def _outputs(self, given: Any) -> Mapping[str, str]:
        changes = {} if given is None else given
        if not isinstance(changes, dict) or not all(isinstance(each, dict) for each in changes.values()):
            self._doubt("`output_changes` is not one object for each output")
            return {}
        return {name: of_output(each) for name, each in changes.items() if each.get("actions") != ["no-op"]}

    def _changes(self, given: Any, name: str) -> Iterator[ResourceChange]:
        if given is None:
            return
        if not isinstance(given, list):
            self._doubt(f"`{name}` is no list")
            return
        for each in given:
            if self.unreadable >= UNREADABLE:
                self._doubt("that is not all, but enough: the rest was not read")
                return
            found = self._change(each, drift=name == "resource_drift")
            if found:
                yield found

    def _unreadable(self, text: str) -> None:
        self.unreadable += 1
        self._doubt(text)

    def _change(self, each: Any, *, drift: bool) -> ResourceChange | None:
        change = each.get("change") if isinstance(each, dict) else None
        if not isinstance(change, dict):
            self._unreadable("a resource has no `change`")
            return ResourceChange(address="?", type="?", action=Action.UNKNOWN)
        actions = change.get("actions")
        key = tuple(actions) if isinstance(actions, list) and all(isinstance(one, str) for one in actions) else ("?",)
        if is_quiet(each):
            self.reads += key == ("read",)
            return None
        address, kind = each.get("address"), each.get("type")
        if not _fits(address, kind):
            self._unreadable("a resource has no `address`, or not the `type` that its address has")
        shown_address = printable(str(address), 200)
        action = _action(key, each)
        if action is Action.UNKNOWN:
            self._unreadable(f"what happens to {shown_address} is not known: {printable(' '.join(key), 40)}")
        stays = action in (Action.UPDATE, Action.REPLACE)
        found = list(leaves(change)) if stays or action is Action.CREATE else []
        if drift and action is Action.UPDATE and found:
            found = [one for one in found if not is_normalization(str(kind), one)]
            if not found:
                return None
        told = [one for one in found if not one.computed and (action is Action.UPDATE or one.unknown is not True)]
        return ResourceChange(
            address=shown_address,
            type=str(kind),
            action=action,
            differences=tuple(shown(one) for one in told[:KEPT]) if stays else (),
            unknown=sum(one.unknown is not None for one in found),
            sensitive=sum(SENSITIVE in (one.before, one.after) for one in told),
            replaced_by=tuple(sorted(path_text(path) for path in _list(change.get("replace_paths")))),
            deposed=_word(each.get("deposed")),
            imported=_imported(change.get("importing")),
            moved_from=_word(each.get("previous_address")),
            digest=of_resource(each),
        )


def _fits(address: Any, kind: Any) -> bool:
    """Whether it is an address of this type: the rules go by the type."""
    if not isinstance(address, str) or not isinstance(kind, str):
        return False
    return bool(re.search(rf"(?:^|\.){re.escape(kind)}\.[^.\[\]]+(?:\[.*\])?$", address, re.DOTALL))


def is_quiet(each: Mapping[str, Any]) -> bool:
    """Whether nothing comes of a resource in a plan, which has a `change`."""
    change = each["change"]
    stays = change.get("importing") is None and each.get("previous_address") is None
    return change.get("actions") == ["read"] or (change.get("actions") == ["no-op"] and stays)


def _action(key: tuple[str, ...], each: Mapping[str, Any]) -> Action:
    if key == ("no-op",):
        return Action.MOVE if each["change"].get("importing") is None else Action.IMPORT
    return ACTIONS.get(key, Action.UNKNOWN)


def _imported(given: Any) -> str:
    """The id, or what else says which object it is."""
    id_ = given.get("id") if isinstance(given, dict) else None
    return "" if given is None else _word(id_ if isinstance(id_, str) else json.dumps(given))


def _word(given: Any) -> str:
    return "" if given is None else printable(str(given), 200)


def _unexplained(given: Any) -> Mapping[str, tuple[str, ...]] | None:
    if not isinstance(given, dict):
        return None
    return {
        printable(str(address), 200): tuple(printable(str(each), 200) for each in _list(arguments))
        for address, arguments in given.items()
    }


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
