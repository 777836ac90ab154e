"""`hvn plans`: plan the workspaces that a change affects, as JSON."""

import math
import pathlib
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import click

from hvn import completion, scratch
from hvn.affected import history
from hvn.affected.compare import Change, Comparison, compare
from hvn.affected.waves import waves
from hvn.diagnostics.printable import printable
from hvn.kinds.peering.inputs import PeeringInputs
from hvn.kinds.selection import UnknownWorkspace, select
from hvn.kinds.workspace import Workspace, by_id
from hvn.options import PROJECT, default_topology, output_folder, require_loaded, stop, topology_option
from hvn.plans.base import read, stacks_of
from hvn.plans.explained import Stack, marked
from hvn.plans.openings import Sides, sides, with_openings
from hvn.plans.redacted import labelled
from hvn.plans.terraform import Made, NoTerraform, plan, program
from hvn.synthesis import Failed, synthesize
from hvn.terminal import Working

AT_A_TIME = 2
MOST, LONGEST, LAST = 60, 300, 10
"""Limits of a printed log: lines, characters in a line, and lines of a log without an error."""


@click.command()
@click.argument("patterns", nargs=-1, metavar="[WORKSPACE]...", shell_complete=completion.workspaces)
@click.option("--base", "ref", metavar="REF", help="The branch, tag or commit to compare with.")
@click.option("--all", "every", is_flag=True, help="Plan every workspace, affected or not, to detect drift.")
@click.option(
    "--output",
    type=click.Path(path_type=pathlib.Path, file_okay=False, readable=False),
    default=pathlib.Path("plans"),
    show_default=True,
    metavar="DIR",
    help="The folder for WORKSPACE.json, and for Terraform's output as WORKSPACE.log.",
)
@click.option(
    "--wave",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    metavar="N",
    help="The wave of 'hvn affected' to plan. Apply the earlier waves first.",
)
@click.option(
    "--save-tfplan",
    is_flag=True,
    help="Also write WORKSPACE.tfplan, with sensitive values, for 'terraform apply'.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True, max=24 * 60),
    default=10,
    show_default=True,
    metavar="MINUTES",
    help="The time limit of one plan. A pending peering can delay a plan by 35 minutes.",
)
@topology_option
def command(
    patterns: tuple[str, ...],
    ref: str | None,
    every: bool,
    output: pathlib.Path,
    wave: int,
    save_tfplan: bool,
    timeout: float,
    file: pathlib.Path | None,
) -> None:
    """Plan the affected workspaces for hvn review.

    WORKSPACE (a name, or a pattern such as 'aks-*') limits the plans. Terraform runs with your credentials, two plans
    at a time, without a state lock. After a failed run, the command writes the incomplete plan. The JSON omits
    sensitive values, and marks changes that edits since the base do not explain. Exit code 1 if a plan failed.

    \b
    Example:
      hvn plans --base origin/main && hvn review plans/ --base origin/main
    """
    if math.isnan(timeout):
        stop("plans: --timeout must be a number")
    if bool(ref) is every:
        stop("plans: use either --base REF, the commit to compare with, or --all")
    path = file or default_topology()
    loaded, checked = require_loaded(path)
    try:
        terraform = program()
        comparison = None if every else compare(history.base(ref or "", path), loaded, checked)
        groups = waves(comparison.affected)[wave - 1 : wave] if comparison else ()
        in_wave = [affected.workspace for group in groups for affected in group]
        wanted = _wanted([one for one in checked.workspaces() if one.inputs] if every else in_wave, patterns)
    except (NoTerraform, history.NoBase, UnknownWorkspace) as error:
        stop(f"plans: {error}")
    _folder(output, [workspace.id for workspace in checked.workspaces()])
    if not patterns:
        _print_blocked(comparison.blocked if comparison else [one for one in checked.workspaces() if one.blocked])
    if not wanted:
        click.echo("no workspace to plan")
        return
    # Use a separate output folder, because the manifest in `bin/cdktf`'s folder must list the workspaces that
    # `bin/cdktf` built.
    stacks = PROJECT / f"{output_folder(file, checked.topology.name)}.plans" / "stacks"
    try:
        with Working() as working:
            working.show("synthesizing workspaces:", str(len(wanted)))
            synthesize([workspace.id for workspace in wanted], stacks.parent, file)
            working.done(f"synthesized {len(wanted)} workspaces")
    except Failed as error:
        stop(f"plans: the workspaces could not be synthesized:\n{error}")
    before = _before(comparison, [workspace.id for workspace in wanted], path) if comparison else {}
    now: dict[str, Stack] = {workspace.id: read(stacks / workspace.id) for workspace in wanted}
    compared = _sides(comparison, path, before, now) if comparison else None
    failed, kept = 0, output.absolute() if save_tfplan else None
    commit = comparison.base.commit if comparison else None
    with Working() as working, ThreadPoolExecutor(AT_A_TIME) as pool:
        working.show("planning", f"0 of {len(wanted)}")
        runs = pool.map(lambda one: plan(terraform, one.id, stacks / one.id, timeout * 60, kept), wanted)
        for number, (workspace, made) in enumerate(zip(wanted, runs, strict=True), 1):
            text = made.plan and labelled(made.plan, workspace, commit)
            if text and workspace.id in before:
                text = marked(text, before[workspace.id], now[workspace.id])
            if text and comparison:
                text = with_openings(text, workspace.id, compared, now[workspace.id])
            _write(replace(made, plan=text), output)
            failed += bool(made.why)
            _print(workspace, made, output)
            working.show("planning", f"{number} of {len(wanted)}")
        working.done(f"planned {len(wanted) - failed} of {len(wanted)} workspaces")
    sys.exit(1 if failed else 0)


def _print_blocked(blocked: Iterable[Workspace]) -> None:
    """Print the blocked workspaces, because a workspace without a plan must not look like a workspace without
    changes."""
    for workspace in blocked:
        click.echo(f"{workspace.id}: blocked, not planned: {workspace.blocked}")


def _wanted(workspaces: Sequence[Workspace], patterns: Sequence[str]) -> list[Workspace]:
    known = by_id(workspaces)
    return [known[id_] for id_ in select(list(known), patterns)]


def _before(comparison: Comparison, ids: Sequence[str], path: pathlib.Path) -> Mapping[str, Stack | None]:
    """Return the Terraform of the changed workspaces before the edit; None for a workspace with unknown Terraform."""
    # The edit explains every change of a workspace that depends on a recreated cluster.
    edited = {
        affected.workspace.id
        for affected in comparison.affected
        if affected.change is Change.CHANGED and not affected.follows
    }
    changed = [id_ for id_ in ids if id_ in edited]
    try:
        return stacks_of(comparison.base, path.resolve().parent, changed)
    except Failed as error:
        commit = comparison.base.commit[:12]
        click.echo(
            f"plans: unexplained changes are unknown, because {commit} cannot be synthesized:\n{error}", err=True
        )
        return dict.fromkeys(changed)


def _sides(
    comparison: Comparison, path: pathlib.Path, before: Mapping[str, Stack | None], now: Mapping[str, Stack]
) -> Sides | None:
    """Return the Terraform before and after the edit, both generated by the base's code; None if the base cannot be
    synthesized."""
    try:
        return sides(comparison, path.resolve().parent, path, before, now)
    except Failed as error:
        commit = comparison.base.commit[:12]
        click.echo(
            f"plans: the access that the edit opens is unknown, because {commit} cannot be compared:\n{error}", err=True
        )
        return None


def _folder(output: pathlib.Path, ids: Iterable[str]) -> None:
    """Create the folder for plans. Remove the workspaces' plans of an earlier run, so that a review cannot use outdated
    plans."""
    try:
        output.mkdir(parents=True, exist_ok=True, mode=0o700)
        for id_ in ids:
            for suffix in ("json", "log", "tfplan"):
                (output / f"{id_}.{suffix}").unlink(missing_ok=True)
    except OSError as error:
        stop(f"plans: {printable(str(output), 200)} cannot be used: {error.strerror}")


def _write(made: Made, output: pathlib.Path) -> None:
    with scratch.beside(output) as unfinished:
        for name, content in ((f"{made.workspace}.log", made.log), (f"{made.workspace}.json", made.plan)):
            if content:
                file = unfinished / name
                file.touch(mode=0o600)
                file.write_text(content, encoding="utf-8", errors="replace")
                file.replace(output / name)


def _print(workspace: Workspace, made: Made, output: pathlib.Path) -> None:
    click.echo(f"{workspace.id}: {_result(workspace, made, output)}")
    for line in _errors(made.log) if made.why else ():
        click.echo(f"  {line}".rstrip())


def _result(workspace: Workspace, made: Made, output: pathlib.Path) -> str:
    if not made.why:
        return "planned"
    inputs = workspace.inputs
    waits = ""
    if made.timed_out and isinstance(inputs, PeeringInputs):
        waits = f"; the peering {inputs.peering_id} may wait for its acceptance in {inputs.vnet.name}"
    kept = ", the incomplete plan was written" if made.plan else ""
    return f"{made.why}{waits}{kept}; log: {printable(str(output / f'{made.workspace}.log'), 200)}"


def _errors(log: str) -> Iterator[str]:
    """Yield the lines of a Terraform log from the first error on. If the log lacks an error, for example after an
    interrupt, yield the last lines.

    `hvn plans` prints the lines with the error, because a CI job may discard the log file.
    """
    lines = log.splitlines()
    first = next((at for at, line in enumerate(lines) if line.lstrip("│ ").startswith("Error:")), len(lines) - LAST)
    shown = lines[max(0, first) :]
    yield from (printable(line, LONGEST) for line in shown[:MOST])
    if len(shown) > MOST:
        yield f"… and {len(shown) - MOST} more lines"
