"""A rehearsal as text and as JSON: the table, and what went wrong, at the line of the file that it comes from."""

import json
import threading
from collections.abc import Iterator, Mapping

import click
from rich.console import Console
from rich.table import Table

from hvn.diagnostics.printable import printable
from hvn.rehearsal.cycle import Problem, Result
from hvn.rehearsal.faults import FAULTS
from hvn.rehearsal.run import Rehearsal, Watcher

Places = Mapping[str, str]
"""`config/topology.yaml:34:3` by workspace."""

NO_LIMIT = 10_000


class Progress(Watcher):
    """Says on standard error what is going on: a line for each workspace that is done, and who is at work."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._status = self._console.status("", spinner="dots")
        self._running: dict[str, str] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> "Progress":
        if self._console.is_terminal:
            self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._status.stop()

    def begins(self, workspace: str, doing: str) -> None:
        """See `Watcher`."""
        with self._lock:
            self._running[workspace] = doing
            self._show()

    def ended(self, result: Result, doing: str) -> None:
        """See `Watcher`."""
        with self._lock:
            self._running.pop(result.workspace, None)
            self._show()
            how = "FAILED" if result.failed else doing
            self._console.print(f"{how:>9}  {result.workspace}", markup=False, soft_wrap=True)

    def _show(self) -> None:
        self._status.update("  ".join(f"{workspace} …" for workspace in self._running))


def show(rehearsal: Rehearsal, places: Places, blocked: Mapping[str, str]) -> None:
    """Print the report."""
    console = Console(highlight=False, soft_wrap=True)
    table = _table(rehearsal)
    # A name cut off cannot be copied; a terminal that is too narrow wraps the line.
    console.width = max(console.width, console.measure(table, options=console.options.update_width(1000)).maximum)
    console.print(table)
    for line in (*_faults(rehearsal), *_problems(rehearsal, places), *_summary(rehearsal, blocked)):
        click.echo(line)


def to_json(rehearsal: Rehearsal, places: Places, blocked: Mapping[str, str]) -> str:
    """The whole report. Its keys are a contract (docs/reference/commands.md)."""
    return json.dumps(
        {
            "ok": not rehearsal.failed,
            "engine": rehearsal.engine,
            "left_over": rehearsal.left_over,
            "workspaces": [_object(each, places) for each in rehearsal.results],
            "blocked": dict(blocked),
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
        "problems": [_as_json(each) for each in result.problems],
        "fault": {"name": result.fault, "seen": [_as_json(each) for each in result.fault_seen]}
        if result.fault
        else None,
    }


def _as_json(problem: Problem) -> dict[str, str]:
    return {
        "phase": problem.phase,
        "summary": problem.summary,
        "detail": problem.detail,
        "address": problem.address,
    }


def _table(rehearsal: Rehearsal) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("workspace", no_wrap=True)
    table.add_column("resources", justify="right")
    table.add_column("seconds", justify="right")
    table.add_column("second plan", no_wrap=True)
    table.add_column("destroyed", no_wrap=True)
    for each in rehearsal.results:
        reached = "apply" in each.seconds
        again = f"{len(each.differs)} differ" if each.differs else "empty" if "second plan" in each.seconds else "-"
        table.add_row(
            each.workspace,
            str(each.resources) if reached else "-",
            f"{sum(each.seconds.values()):.1f}",
            again,
            "yes" if each.destroyed else "-",
        )
    return table


def _faults(rehearsal: Rehearsal) -> Iterator[str]:
    for each in rehearsal.results:
        if each.fault and each.fault_seen:
            known = FAULTS[each.fault]
            yield f"\n{each.workspace} with {each.fault}: {known.happens}."
            yield from _said({(problem.summary, problem.detail, problem.address) for problem in each.fault_seen})
            yield f"  to do: {known.to_do}."
            yield "  The run after it made the rest." if not each.failed else "  The run after it did not mend it."


def _problems(rehearsal: Rehearsal, places: Places) -> Iterator[str]:
    for each in rehearsal.results:
        where = printable(places[each.workspace], 200)
        if each.problems:
            yield f"\n{where}: {each.workspace} failed at {each.problems[0].phase}"
            yield from _said({(problem.summary, problem.detail, problem.address) for problem in each.problems})
        if each.differs:
            yield f"\n{where}: {each.workspace} is not at rest: a second plan would change"
            yield from (f"  {printable(change, 500)}" for change in each.differs)
        for warning in each.warnings:
            yield f"\n{where}: {each.workspace} warns: {printable(warning, 500)}"


def _said(problems: set[tuple[str, str, str]]) -> Iterator[str]:
    """Each of Terraform's messages once, by address."""
    for summary, detail, address in sorted(problems, key=lambda each: (each[2], each[0])):
        yield "  " + printable(f"{address}: {summary}" if address else summary, NO_LIMIT)
        yield from (f"    {printable(line, NO_LIMIT)}" for line in detail.splitlines())


def _summary(rehearsal: Rehearsal, blocked: Mapping[str, str]) -> Iterator[str]:
    if blocked:
        yield "\nHeld back, so not rehearsed:"
        yield from (f"  {workspace}: {reason}" for workspace, reason in blocked.items())
    not_reached = [each for each in rehearsal.results if each.not_reached]
    if not_reached:
        yield "\nNot reached:"
        yield from (f"  {each.workspace}: {each.not_reached}" for each in not_reached)
    if rehearsal.left_over:
        yield f"\n{rehearsal.left_over} resources are still there after everything was destroyed."
    failed = sum(bool(each.problems or each.differs) for each in rehearsal.results)
    total, seconds = len(rehearsal.results), sum(sum(each.seconds.values()) for each in rehearsal.results)
    verdict = f"{failed} of {total} workspaces failed" if failed else f"{total} workspaces: built, at rest, destroyed"
    yield f"\n{verdict} ({seconds:.1f} s of Terraform, {rehearsal.engine}). No cloud was asked."
