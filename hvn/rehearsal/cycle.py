"""Rehearse one workspace: run Terraform's commands and collect their results."""

import json
import math
import pathlib
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from hvn.rehearsal import azure_policy, order, overrides
from hvn.rehearsal.cloud import Cloud
from hvn.rehearsal.faults import FAULTS, Injections
from hvn.rehearsal.terraform import Outcome, Terraform


@dataclass(frozen=True, slots=True)
class Failure:
    """An error of Terraform. `address` is the address of the resource, or empty."""

    phase: str
    summary: str
    detail: str = ""
    address: str = ""

    @property
    def disk_full(self) -> bool:
        """Return whether the temporary folder has no space left. If so, the workspace is not the cause of the
        failure."""
        text = f"{self.summary}\n{self.detail}"
        return any(words in text for words in ("no space left on device", "database or disk is full"))


@dataclass(slots=True)
class Result:
    """The result of rehearsing one workspace. `seconds` has the duration of each phase; `differs` has the changes of
    the second plan."""

    workspace: str
    resources: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    differs: list[str] = field(default_factory=list)
    not_reached: str = ""
    fault: str = ""
    fault_seen: list[Failure] = field(default_factory=list)
    destroyed: bool = False

    @property
    def failed(self) -> bool:
        """Return whether a phase failed, the second plan has changes, or the workspace was skipped."""
        return bool(self.failures or self.differs or self.not_reached)


class Stopped(Exception):
    """A phase failed, so the workspace's next phases are skipped. The workspace's result has the error."""


@dataclass(slots=True)
class Slot:
    """A Terraform process with its own fake providers, and the faults of these providers."""

    terraform: Terraform
    faults: Injections
    cloud: Cloud


@dataclass(slots=True)
class Workspace:
    """A synthesized workspace to rehearse."""

    id: str
    folder: pathlib.Path
    state: pathlib.Path
    result: Result
    fault: str = ""
    before: frozenset[str] = frozenset()
    """The direct and indirect dependencies of this workspace."""
    earlier: frozenset[str] = frozenset()
    """All workspaces that the rehearsal builds before this workspace: its dependencies, and workspaces that write the
    same resource."""
    save: Callable[[str, str], None] | None = None
    """The function to call with the workspace's id and its first plan as JSON."""

    def build(self, slot: Slot) -> None:
        """Run init, validate, plan, apply and a second plan, which must be empty. If a fault affects a command, record
        the errors and run the command again."""
        overrides.backend(self.folder, self.state)
        slot.faults.workspace = self.id
        try:
            self._run(slot, "init", "init", "-no-color")
            self._run(slot, "validate", "validate", "-json")
            self._plan(slot)
            self._save_plan(slot)
            command = FAULTS[self.fault].command if self.fault else ""
            if command == "apply":
                self._break(slot, "apply", "-json", "rehearsal.tfplan")
                self._plan(slot)
            self._run(slot, "apply", "apply", "-json", "rehearsal.tfplan")
            if command == "plan":
                self._break(slot, "plan", "-json")
            if command == "outside":
                self._change_outside(slot)
            self._plan_again(slot)
            self._check_order(slot)
        except Stopped:
            pass

    def plan_after_failover(self, slot: Slot) -> None:
        """Plan again while Vault is in the backup HVN. The plan must be empty, because Vault keeps its data and URL."""
        with suppress(Stopped):
            self._plan_again(slot, "plan after the failover")

    def destroy(self, slot: Slot) -> None:
        """Destroy every resource of the workspace, including resources with `prevent_destroy`."""
        overrides.allow_destroy(self.folder)
        try:
            self._run(slot, "destroy", "destroy", "-auto-approve", "-json")
            self.result.destroyed = True
        except Stopped:
            pass

    def _plan(self, slot: Slot) -> None:
        outcome = self._run(slot, "plan", "plan", "-json", "-out=rehearsal.tfplan")
        self.result.resources = max(self.result.resources, len(list(_planned(outcome))))

    def _save_plan(self, slot: Slot) -> None:
        if self.save:
            with self._timed("save"):
                shown = slot.terraform.run(self.folder, "show", "-json", "rehearsal.tfplan")
            if shown.status:
                self._fail("save", shown)
            self.save(self.id, shown.out)

    def _plan_again(self, slot: Slot, phase: str = "second plan") -> None:
        with self._timed(phase):
            outcome = slot.terraform.run(self.folder, "plan", "-json", "-detailed-exitcode", "-out=rehearsal.tfplan")
        if outcome.status == 2:
            shown = slot.terraform.run(self.folder, "show", "-json", "rehearsal.tfplan")
            self.result.differs = list(_changed(json.loads(shown.out))) or ["the outputs"]
        if outcome.status == 1:
            self._fail(phase, outcome)

    def _check_order(self, slot: Slot) -> None:
        for address, why in sorted(set(order.undeclared(slot.cloud, self.id, self.state, self.before, self.earlier))):
            self.result.failures.append(Failure("order", why, "Add a reference or depends_on", address))

    def _break(self, slot: Slot, command: str, *arguments: str) -> None:
        """Run a command with the fault. The command must fail, unless the fault may pass. The next run of the command
        must succeed."""
        half = max(1, math.ceil(self.result.resources / 2))
        slot.faults.set(self.fault, half, slot.terraform.interrupt)
        self.result.fault = self.fault
        try:
            with self._timed(f"{command} with the fault"):
                outcome = slot.terraform.run(self.folder, command, *arguments)
        finally:
            slot.faults.clear()
        self.result.fault_seen = _failures(command, outcome)
        if outcome.status == 0 and not FAULTS[self.fault].may_pass:
            self.result.failures.append(Failure(command, f"the fault {self.fault} caused no error"))
            raise Stopped

    def _change_outside(self, slot: Slot) -> None:
        """Simulate the changes of Azure Policy, run a plan, and record each resource that the plan changes."""
        self.result.fault = self.fault
        with azure_policy.azure_policy(slot.cloud, self.state):
            outcome = self._run(slot, "plan with the fault", "plan", "-json")
        self.result.fault_seen = [
            Failure("plan", f"the plan reverts the change: {action}", address=address)
            for address, action in (planned.split(": ") for planned in _planned(outcome))
        ]

    def _run(self, slot: Slot, phase: str, *arguments: str) -> Outcome:
        with self._timed(phase):
            outcome = slot.terraform.run(self.folder, *arguments)
        self.result.warnings += [warning for warning in _warnings(outcome) if warning not in self.result.warnings]
        if outcome.status:
            self._fail(phase, outcome)
        return outcome

    def _fail(self, phase: str, outcome: Outcome) -> None:
        self.result.failures += _failures(phase, outcome)
        raise Stopped

    @contextmanager
    def _timed(self, phase: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.result.seconds[phase] = self.result.seconds.get(phase, 0) + time.perf_counter() - start


def _planned(outcome: Outcome) -> Iterator[str]:
    """Yield `azurerm_subnet.nodes: replace` for each resource that a plan changes."""
    for message in _messages(outcome):
        # Ignore a data source that is read at apply, because the read changes no resource.
        change = message.get("change") or {}
        if message.get("type") == "planned_change" and change.get("action") != "read":
            yield f"{change.get('resource', {}).get('addr')}: {change.get('action')}"


def _changed(plan: Mapping[str, Any]) -> Iterator[str]:
    """Yield `azurerm_subnet.nodes: update name, service_endpoints` for each resource that a plan in JSON changes."""
    for resource in plan.get("resource_changes", ()):
        change = resource["change"]
        if change["actions"] in (["no-op"], ["read"]):
            continue
        before, after, unknown = (change[part] or {} for part in ("before", "after", "after_unknown"))
        names = sorted(
            name
            for name in {*before, *after, *unknown}
            # `{}` and `[{}]` in `after_unknown` mean that a block is known.
            if before.get(name) != after.get(name) or "true" in json.dumps(unknown.get(name))
        )
        yield f"{resource['address']}: {' and '.join(change['actions'])} {', '.join(names)}"


def _failures(phase: str, outcome: Outcome) -> list[Failure]:
    failures = [
        Failure(phase, error.get("summary", ""), error.get("detail", ""), error.get("address", ""))
        for error in _diagnostics(outcome, "error")
    ]
    if failures or outcome.status == 0:
        return failures
    # Before Terraform 1.9 init prints no JSON. An interrupted apply prints a message without a diagnostic.
    text = outcome.err.strip() or _last_message(outcome) or f"Terraform ended with status {outcome.status}"
    return [Failure(phase, text)]


def _warnings(outcome: Outcome) -> list[str]:
    return [str(warning.get("summary", "")) for warning in _diagnostics(outcome, "warning")]


def _last_message(outcome: Outcome) -> str:
    messages = [str(message.get("@message", "")) for message in _messages(outcome)]
    return messages[-1] if messages else outcome.out.strip()


def _diagnostics(outcome: Outcome, severity: str) -> Iterator[dict[str, Any]]:
    for message in _messages(outcome):
        diagnostics = message.get("diagnostics") or ([message["diagnostic"]] if "diagnostic" in message else [])
        yield from (diagnostic for diagnostic in diagnostics if diagnostic.get("severity") == severity)


def _messages(outcome: Outcome) -> Iterator[dict[str, Any]]:
    """Yield the JSON objects in Terraform's output: one object on each line, but `validate` prints one object over
    many lines."""
    for text in (outcome.out, *outcome.out.splitlines()):
        try:
            message = json.loads(text)
        except ValueError:
            continue
        if isinstance(message, dict):
            yield message
            if text is outcome.out:
                return
