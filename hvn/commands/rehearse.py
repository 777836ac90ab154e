"""`hvn rehearse`: run real Terraform for every workspace, without a cloud and without credentials."""

import os
import pathlib
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Sequence
from typing import Any

import click

from hvn import completion, scratch
from hvn.check import load
from hvn.diagnostics.printable import printable
from hvn.kinds.kind import origin
from hvn.kinds.registry import kind_of
from hvn.kinds.selection import UnknownWorkspace, select
from hvn.kinds.workspace import Workspace, by_id
from hvn.options import Choice, format_option, require_loaded, stop, topology_option
from hvn.rehearsal.faults import FAULTS
from hvn.synthesis import MADE_UP_KEYS, Failed, synthesize
from hvn.terminal import Working

AFTER_THE_DASHES = "hvn.rehearse.command"


class NotSaved(Exception):
    """Raised if a plan cannot be written to the folder of `--save`."""


class WithCommand(click.Command):
    """A click command that accepts another command after `--`. click itself would treat the other command's words as
    workspaces."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Return the arguments before the first `--`, and keep the words after `--` as the other command."""
        if "--" in args:
            at = args.index("--")
            ctx.meta[AFTER_THE_DASHES] = args[at + 1 :]
            args = args[:at]
        return super().parse_args(ctx, args)


@click.command(cls=WithCommand, options_metavar="[OPTIONS]")
@click.argument("patterns", nargs=-1, metavar="[WORKSPACE]... [-- COMMAND...]", shell_complete=completion.workspaces)
@topology_option
@click.option(
    "--fault",
    "faults",
    type=Choice(list(FAULTS)),
    multiple=True,
    help="Cause this fault in the first workspace that it can affect, then apply again.",
)
@click.option(
    "--save",
    type=click.Path(path_type=pathlib.Path, file_okay=False, readable=False),
    metavar="DIR",
    help="Save each workspace's first plan as DIR/WORKSPACE.json.",
)
@format_option
@click.pass_context
def command(
    ctx: click.Context,
    patterns: tuple[str, ...],
    file: pathlib.Path | None,
    faults: tuple[str, ...],
    save: pathlib.Path | None,
    form: str,
) -> None:
    """Deploy and destroy all workspaces offline.

    Real Terraform runs against fake providers. Rehearses each WORKSPACE (id or pattern) with its dependencies. A
    COMMAND after `--` runs with the fake providers instead. Then the rehearsal discards all resources. Makes up
    missing public keys of clusters.

    \b
    Examples:
      hvn rehearse
      hvn rehearse aks-payments --fault permission-denied
      hvn rehearse -- bin/cdktf deploy '*' --auto-approve
    """
    loaded, checked = require_loaded(file)
    command: Sequence[str] | None = ctx.meta.get(AFTER_THE_DASHES)
    if command is not None:
        if not command or patterns or faults or save or form != "text":
            stop("rehearse: write one command after `--`, and only --topology before `--`")
        sys.exit(_run_command(command, checked, file))
    workspaces = checked.with_made_up_keys().workspaces()
    wanted = _wanted(workspaces, patterns)
    selected = {workspace.id for workspace in wanted}
    made_up: dict[str, str] = {
        one.id: one.blocked for one in checked.workspaces() if one.blocked and one.id in selected
    }
    places: dict[str, str] = {workspace.id: _place(loaded, workspace) for workspace in workspaces}
    with scratch.folder("synthesized") as folder:
        output = folder / "cdktf.out"
        try:
            with Working() as working:
                working.show("synthesizing workspaces:", str(len(wanted)))
                synthesize([workspace.id for workspace in wanted], output, file, MADE_UP_KEYS)
                working.done(f"synthesized {len(wanted)} workspace{'s' * (len(wanted) != 1)}")
        except Failed as error:
            stop(f"rehearse: the workspaces could not be synthesized:\n{error}")
        done = _rehearse(output, wanted, faults, save)
    if any(failure.disk_full for result in done.results for failure in result.failures):
        stop(f"rehearse: no space is left in {printable(tempfile.gettempdir(), 200)}; everything was discarded")
    from hvn.rehearsal import report

    if form == "json":
        click.echo(report.to_json(done, places, made_up))
    else:
        report.show(done, places, made_up)
    sys.exit(done.failed)


def _wanted(workspaces: Sequence[Workspace], patterns: Sequence[str]) -> list[Workspace]:
    """Return the named workspaces and their dependencies, in the order of deployment."""
    known = by_id(workspaces)
    try:
        wanted = list(select(list(known), patterns))
    except UnknownWorkspace as error:
        stop(f"rehearse: {error}")
    for id_ in wanted:
        wanted += [needed for needed in known[id_].after if needed not in wanted]
    return [workspace for workspace in workspaces if workspace.id in wanted]


def _place(loaded: load.Loaded, workspace: Workspace) -> str:
    span = loaded.source.key_span(origin(kind_of(workspace.id), workspace.id))
    return f"{loaded.source.file}:{span.line}:{span.column}"


def _rehearse(
    output: pathlib.Path, wanted: Sequence[Workspace], faults: Sequence[str], save: pathlib.Path | None
) -> Any:
    from hvn.rehearsal import report, run, schemas, tables, terraform

    try:
        with report.Progress(len(wanted)) as progress:
            return run.rehearse(output, wanted, faults=faults, save=_save(save), watcher=progress)
    except sqlite3.Error as error:  # the fake cloud is an SQLite file
        stop(f"rehearse: the folder for temporary files cannot be used: {error}")
    except (terraform.NoTerraform, run.NoWorkspaceForFault, tables.Unknown, schemas.MissingSchema, NotSaved) as error:
        stop(f"rehearse: {error}")


def _save(folder: pathlib.Path | None) -> Callable[[str, str], None] | None:
    if folder is None:
        return None
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        stop(f"rehearse: {printable(str(folder), 200)} cannot be created: {error.strerror}")

    def write(workspace: str, plan: str) -> None:
        file = folder / f"{workspace}.json"
        try:
            with scratch.beside(folder) as unfinished:
                (unfinished / file.name).write_text(plan, encoding="utf-8")
                (unfinished / file.name).replace(file)
        except OSError as error:
            raise NotSaved(f"{printable(str(file), 200)} cannot be written: {error.strerror}") from None

    return write


def _run_command(command: Sequence[str], checked: load.Checked, file: pathlib.Path | None) -> int:
    from hvn.rehearsal import run_command, terraform

    if file:
        os.environ["HVN_TOPOLOGY"] = str(file.absolute())
    try:
        return run_command.run(command, [workspace for workspace in checked.workspaces() if workspace.inputs])
    except (run_command.NotStarted, terraform.NoTerraform) as error:
        stop(f"rehearse: {error}")
