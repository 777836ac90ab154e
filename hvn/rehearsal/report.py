"""Print the report of a rehearsal as text or JSON: a table, and every error with its line in the topology file."""

import json
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict

import click
from rich.table import Table

from hvn.diagnostics.printable import printable
from hvn.rehearsal.cycle import Failure, Result
from hvn.rehearsal.faults import FAULTS
from hvn.rehearsal.run import Rehearsal, Watcher
from hvn.terminal import Working, screen

Places = Mapping[str, str]
"""The place of each workspace in the topology file, such as `config/topology.yaml:34:3`."""

NO_LIMIT = 10_000


class Progress(Watcher):
    """Print the progress on standard error: a line for each finished workspace, and the running workspaces.

    Each workspace is built and destroyed, so `total` workspaces have twice as many steps.
    """

    def __init__(self, total: int) -> None:
        self._working = Working()
        self._running: dict[str, str] = {}
        self._lock = threading.Lock()
        self._steps, self._ended, self._start = 2 * total, 0, time.monotonic()

    def __enter__(self) -> "Progress":
        self._working.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._working.__exit__()

    def begins(self, workspace: str, doing: str) -> None:
        """See `Watcher`."""
        with self._lock:
            self._running[workspace] = doing
            self._show()

    def ended(self, result: Result, doing: str) -> None:
        """See `Watcher`."""
        with self._lock:
            self._running.pop(result.workspace, None)
            self._ended += 1
            self._show()
            how = "FAILED" if result.failed else doing
            step = f"{self._ended:>3} of {self._steps}  {time.monotonic() - self._start:>3.0f} s"
            self._working.print(f"{step}  {how:>9}  {result.workspace}")

    def _show(self) -> None:
        self._working.show("  ".join(self._running), f"{self._ended} of {self._steps}")


def show(rehearsal: Rehearsal, places: Places, made_up_keys: Mapping[str, str]) -> None:
    """Print the report as text on standard output."""
    console = screen(sys.stdout)
    table = _table(rehearsal)
    # Do not truncate names. On a narrow terminal a long line wraps, so that users can copy the whole name.
    console.width = max(console.width, console.measure(table, options=console.options.update_width(1000)).maximum)
    console.print(table)
    for line in (*_faults(rehearsal), *_failures(rehearsal, places), *_summary(rehearsal, made_up_keys)):
        click.echo(line)


def to_json(rehearsal: Rehearsal, places: Places, made_up_keys: Mapping[str, str]) -> str:
    """Return the report as JSON. Scripts depend on its keys (docs/reference/commands.md)."""
    return json.dumps(
        {
            "ok": not rehearsal.failed,
            "engine": rehearsal.engine,
            "left_over": rehearsal.left_over,
            "failover": rehearsal.failover and asdict(rehearsal.failover),
            "workspaces": [_object(result, places) for result in rehearsal.results],
            "made_up_keys": dict(made_up_keys),
        },
        indent=2,
    )


def _object(result: Result, places: Places) -> dict[str, object]:
    return {
        "id": result.workspace,
        "place": places[result.workspace],
        "resources": result.resources,
        "seconds": {phase: round(seconds, 3) for phase, seconds in result.seconds.items()},
        "second_plan": result.differs,
        "destroyed": result.destroyed,
        "not_reached": result.not_reached or None,
        "warnings": result.warnings,
        "failures": [_as_json(failure) for failure in result.failures],
        "fault": {"name": result.fault, "seen": [_as_json(failure) for failure in result.fault_seen]}
        if result.fault
        else None,
    }


def _as_json(failure: Failure) -> dict[str, str]:
    return {
        "phase": failure.phase,
        "summary": failure.summary,
        "detail": failure.detail,
        "address": failure.address,
    }


def _table(rehearsal: Rehearsal) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("workspace", no_wrap=True)
    table.add_column("resources", justify="right")
    table.add_column("seconds", justify="right")
    table.add_column("second plan", no_wrap=True)
    table.add_column("destroyed", no_wrap=True)
    for result in rehearsal.results:
        planned = "empty" if "second plan" in result.seconds else "-"
        table.add_row(
            result.workspace,
            str(result.resources) if "apply" in result.seconds else "-",
            f"{sum(result.seconds.values()):.1f}",
            f"{len(result.differs)} differ" if result.differs else planned,
            "yes" if result.destroyed else "-",
        )
    return table


def _faults(rehearsal: Rehearsal) -> Iterator[str]:
    for result in rehearsal.results:
        if result.fault and FAULTS[result.fault].command == "outside" and not (result.fault_seen or result.failed):
            yield f"\n{result.workspace} with {result.fault}: the next plan is empty."
        elif result.fault and not (result.fault_seen or result.failed):
            yield f"\n{result.workspace} with {result.fault}: the fault did not occur. {FAULTS[result.fault].happens}."
        if result.fault and result.fault_seen:
            fault = FAULTS[result.fault]
            yield f"\n{result.workspace} with {result.fault}: {fault.happens}."
            yield from _errors(result.fault_seen)
            yield f"  to do: {fault.to_do}."
            if result.failed:
                yield f"  The next {fault.command} failed as well."
            elif fault.command == "outside":
                yield "  The rehearsal then reverted these changes."
            elif fault.command == "plan":
                yield "  The next plan is empty: the state is complete."
            else:
                yield "  The next apply created the remaining resources."


def _failures(rehearsal: Rehearsal, places: Places) -> Iterator[str]:
    for result in rehearsal.results:
        where = printable(places[result.workspace], 200)
        if result.failures:
            yield f"\n{where}: {result.workspace} failed at {result.failures[0].phase}"
            yield from _errors(result.failures)
        if result.differs:
            yield f"\n{where}: the second plan of {result.workspace} is not empty:"
            yield from (f"  {printable(change, 500)}" for change in result.differs)
        for warning in result.warnings:
            yield f"\n{where}: warning in {result.workspace}: {printable(warning, 500)}"


def _errors(failures: Sequence[Failure]) -> Iterator[str]:
    """Yield each distinct error of Terraform once, in the order of the resources' addresses."""
    for address, summary, detail in sorted({(error.address, error.summary, error.detail) for error in failures}):
        yield "  " + printable(f"{address}: {summary}" if address else summary, NO_LIMIT)
        yield from (f"    {printable(line, NO_LIMIT)}" for line in detail.splitlines())


def _summary(rehearsal: Rehearsal, made_up_keys: Mapping[str, str]) -> Iterator[str]:
    if made_up_keys:
        yield "\nRehearsed with made-up keys; `bin/cdktf deploy` skips these workspaces until you add the real keys:"
        yield from (f"  {workspace}: {reason}" for workspace, reason in made_up_keys.items())
    not_reached = [result for result in rehearsal.results if result.not_reached]
    if not_reached:
        yield "\nNot reached:"
        yield from (f"  {result.workspace}: {result.not_reached}" for result in not_reached)
    if rehearsal.failover:
        moved = rehearsal.failover
        lost = sum(not one.from_vault for one in moved.cut_off)
        subnets = "1 subnet reaches" if moved.reached == 1 else f"{moved.reached} subnets reach"
        yield (
            f"\nFailover to {moved.hvn}: Vault has an address in {moved.cidr}. {subnets} it as before, "
            f"{lost} {'does' if lost == 1 else 'do'} not."
        )
        if moved.from_vault:
            targets = f"{moved.from_vault} subnet{'s' * (moved.from_vault != 1)}"
            yield f"Vault reaches {targets} through the firewall as before."
    if rehearsal.left_over:
        yield f"\n{rehearsal.left_over} resources still exist after the destroy."
    failed = sum(bool(result.failures or result.differs) for result in rehearsal.results)
    total, seconds = len(rehearsal.results), sum(sum(result.seconds.values()) for result in rehearsal.results)
    workspaces = f"{total} workspace{'s' * (total != 1)}"
    made_up = f", {len(made_up_keys)} of them with made-up keys" if made_up_keys else ""
    passed = f"{workspaces}{made_up}: built, no changes on second plan, destroyed"
    verdict = f"{failed} of {workspaces} failed" if failed else passed
    yield f"\n{verdict} ({seconds:.1f} s of Terraform, {rehearsal.engine}). No cloud was contacted."
