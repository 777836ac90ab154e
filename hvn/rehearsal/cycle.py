"""One workspace's part of a rehearsal: what Terraform is asked, and what came of it."""

import json
import math
import pathlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from hvn.rehearsal import order, overrides
from hvn.rehearsal.cloud import Cloud
from hvn.rehearsal.faults import Injections
from hvn.rehearsal.terraform import Outcome, Terraform


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as Terraform words it; `address` is the resource's, if it has one."""

    phase: str
    summary: str
    detail: str = ""
    address: str = ""


@dataclass(slots=True)
class Result:
    """What came of one workspace. `seconds` by phase; `differs` is what the second plan would still change."""

    workspace: str
    resources: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    differs: list[str] = field(default_factory=list)
    not_reached: str = ""
    fault: str = ""
    fault_seen: list[Problem] = field(default_factory=list)
    destroyed: bool = False

    @property
    def failed(self) -> bool:
        """Whether it did not go as it should."""
        return bool(self.problems or self.differs or self.not_reached)


class Stopped(Exception):
    """A phase failed: the result says how, and there is no sense in the next one."""


@dataclass(slots=True)
class Slot:
    """A Terraform, and the faults of the stand-ins that it alone uses."""

    terraform: Terraform
    faults: Injections
    cloud: Cloud


@dataclass(slots=True)
class Workspace:
    """A synthesized workspace on its way through the rehearsal."""

    id: str
    folder: pathlib.Path
    state: pathlib.Path
    result: Result
    fault: str = ""
    before: frozenset[str] = frozenset()
    """The workspaces that come before this one."""
    keep: Callable[[str, str], None] | None = None
    """Called with the workspace's id and its plan as JSON."""

    def build(self, slot: Slot) -> None:
        """init, validate, plan, apply, a second plan that must be empty; with a fault, a second apply that heals."""
        overrides.backend(self.folder, self.state)
        slot.faults.workspace = self.id
        try:
            self._ask(slot, "init", "init", "-no-color")
            self._ask(slot, "validate", "validate", "-json")
            self._plan(slot)
            self._save(slot)
            if self.fault:
                self._break(slot)
                self._plan(slot)
            self._ask(slot, "apply", "apply", "-json", "rehearsal.tfplan")
            self._plan_again(slot)
            self._order(slot)
        except Stopped:
            pass

    def destroy(self, slot: Slot) -> None:
        """Take everything away again, also what `prevent_destroy` keeps."""
        overrides.allow_destroy(self.folder)
        try:
            self._ask(slot, "destroy", "destroy", "-auto-approve", "-json")
            self.result.destroyed = True
        except Stopped:
            pass

    def _plan(self, slot: Slot) -> None:
        outcome = self._ask(slot, "plan", "plan", "-json", "-out=rehearsal.tfplan")
        self.result.resources = max(self.result.resources, len(list(_planned(outcome))))

    def _save(self, slot: Slot) -> None:
        if self.keep:
            with self._timed("save"):
                shown = slot.terraform.run(self.folder, "show", "-json", "rehearsal.tfplan")
            if shown.status:
                self._fail("save", shown)
            self.keep(self.id, shown.out)

    def _plan_again(self, slot: Slot) -> None:
        with self._timed("second plan"):
            outcome = slot.terraform.run(self.folder, "plan", "-json", "-detailed-exitcode")
        self.result.differs = list(_planned(outcome)) or (["the outputs"] if outcome.status == 2 else [])
        if outcome.status == 1:
            self._fail("second plan", outcome)

    def _order(self, slot: Slot) -> None:
        for address, why in sorted(set(order.by_luck(slot.cloud, self.id, self.state, self.before))):
            self.result.problems.append(Problem("order", why, "It came first by luck: say so by depends_on", address))

    def _break(self, slot: Slot) -> None:
        """Apply with the fault, which must show; what it left is for the next apply to mend."""
        half = max(1, math.ceil(self.result.resources / 2))
        slot.faults.set(self.fault, half, slot.terraform.interrupt)
        self.result.fault = self.fault
        try:
            with self._timed("apply with the fault"):
                outcome = slot.terraform.run(self.folder, "apply", "-json", "rehearsal.tfplan")
        finally:
            slot.faults.clear()
        self.result.fault_seen = _problems("apply", outcome)
        if outcome.status == 0:
            self.result.problems.append(Problem("apply", f"the fault {self.fault} did not show"))
            raise Stopped

    def _ask(self, slot: Slot, phase: str, *arguments: str) -> Outcome:
        with self._timed(phase):
            outcome = slot.terraform.run(self.folder, *arguments)
        self.result.warnings += [each for each in _warnings(outcome) if each not in self.result.warnings]
        if outcome.status:
            self._fail(phase, outcome)
        return outcome

    def _fail(self, phase: str, outcome: Outcome) -> None:
        self.result.problems += _problems(phase, outcome)
        raise Stopped

    @contextmanager
    def _timed(self, phase: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.result.seconds[phase] = self.result.seconds.get(phase, 0) + time.perf_counter() - start


def _planned(outcome: Outcome) -> Iterator[str]:
    """`azurerm_subnet.nodes: replace`, for each resource that a plan changes."""
    for message in _messages(outcome):
        # A data source that is read late is no change.
        change = message.get("change") or {}
        if message.get("type") == "planned_change" and change.get("action") != "read":
            yield f"{change.get('resource', {}).get('addr')}: {change.get('action')}"


def _problems(phase: str, outcome: Outcome) -> list[Problem]:
    found = [
        Problem(phase, each.get("summary", ""), each.get("detail", ""), each.get("address", ""))
        for each in _diagnostics(outcome, "error")
    ]
    if found or outcome.status == 0:
        return found
    # init has no JSON before Terraform 1.9; an interrupted apply says so in a message only.
    said = outcome.err.strip() or _last_words(outcome) or f"Terraform ended with status {outcome.status}"
    return [Problem(phase, said)]


def _warnings(outcome: Outcome) -> list[str]:
    return [str(each.get("summary", "")) for each in _diagnostics(outcome, "warning")]


def _last_words(outcome: Outcome) -> str:
    messages = [str(each.get("@message", "")) for each in _messages(outcome)]
    return messages[-1] if messages else outcome.out.strip()


def _diagnostics(outcome: Outcome, severity: str) -> Iterator[dict[str, Any]]:
    for message in _messages(outcome):
        given = message.get("diagnostics") or ([message["diagnostic"]] if "diagnostic" in message else [])
        yield from (each for each in given if each.get("severity") == severity)


def _messages(outcome: Outcome) -> Iterator[dict[str, Any]]:
    """The lines of JSON that Terraform wrote; `validate` writes one object over many lines."""
    for text in (outcome.out, *outcome.out.splitlines()):
        try:
            message = json.loads(text)
        except ValueError:
            continue
        if isinstance(message, dict):
            yield message
            if text is outcome.out:
                return
