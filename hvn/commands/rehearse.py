"""`hvn rehearse`: real Terraform over every workspace, without a cloud and without credentials."""

import contextlib
import os
import pathlib
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from typing import Any

import click

from hvn.check import load
from hvn.diagnostics.printable import printable
from hvn.kinds.kind import origin
from hvn.kinds.registry import kind_of
from hvn.kinds.selection import UnknownWorkspace, select
from hvn.kinds.workspace import Workspace, by_id
from hvn.options import format_option, require_loaded, stop, topology_option
from hvn.rehearsal.faults import FAULTS
from hvn.synthesis import Failed, synthesize

AFTER_THE_DASHES = "hvn.rehearse.command"


class NotKept(Exception):
    """A plan cannot be written where it was to be kept."""


class WithCommand(click.Command):
    """What stands behind `--` is a command of its own; click would take it for more workspaces."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Split the arguments at the first `--`."""
        if "--" in args:
            at = args.index("--")
            ctx.meta[AFTER_THE_DASHES] = args[at + 1 :]
            args = args[:at]
        return super().parse_args(ctx, args)


@click.command(cls=WithCommand, options_metavar="[OPTIONS]")
@click.argument("patterns", nargs=-1, metavar="[WORKSPACE]... [-- COMMAND...]")
@topology_option
@click.option(
    "--fault",
    "faults",
    type=click.Choice(list(FAULTS)),
    multiple=True,
    help="Let this go wrong in the first workspace that it can strike, and see the next run mend it.",
)
@click.option(
    "--save",
    type=click.Path(path_type=pathlib.Path, file_okay=False),
    metavar="DIR",
    help="Keep each workspace's first plan as DIR/WORKSPACE.json.",
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
    """Build and destroy every workspace with real Terraform, against stand-ins of the providers.

    Named workspaces are rehearsed with all that they need. A COMMAND behind `--` runs inside the rehearsal instead:
    its Terraform finds the stand-ins, and what it builds is gone when it ends.

    \b
    Examples:
      hvn rehearse
      hvn rehearse aks-payments --fault permission-denied
      hvn rehearse -- bin/cdktf deploy '*' --auto-approve
    """
    # A cancelled job: what is begun ends and is cleared away as after Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.default_int_handler)
    loaded, checked = require_loaded(file)
    inside: Sequence[str] | None = ctx.meta.get(AFTER_THE_DASHES)
    if inside is not None:
        if not inside or patterns or faults or save or form != "text":
            stop("rehearse: behind `--` goes one command, and nothing but --topology before it")
        sys.exit(_inside(inside, checked, file))
    found = checked.workspaces()
    wanted = _wanted(found, patterns)
    blocked: dict[str, str] = {each.id: each.blocked for each in found if each.blocked}
    places: dict[str, str] = {each.id: _place(loaded, each) for each in found}
    with tempfile.TemporaryDirectory(prefix="hvn-rehearsal-") as scratch:
        output = pathlib.Path(scratch, "cdktf.out")
        try:
            synthesize([each.id for each in wanted], output, file)
        except Failed as error:
            stop(f"rehearse: the workspaces could not be synthesized:\n{error}")
        done = _rehearse(output, wanted, faults, save)
    from hvn.rehearsal import report

    if form == "json":
        click.echo(report.to_json(done, places, blocked))
    else:
        report.show(done, places, blocked)
    sys.exit(done.failed)


def _wanted(found: Sequence[Workspace], patterns: Sequence[str]) -> list[Workspace]:
    """What is named, with all that it needs, in the order of the deployment."""
    workspaces = by_id(found)
    try:
        wanted = list(select(list(workspaces), patterns))
    except UnknownWorkspace as error:
        stop(f"rehearse: {error}")
    for id_ in wanted:
        wanted += [each for each in workspaces[id_].after if each not in wanted]
    if patterns and any(workspaces[each].blocked for each in patterns if each in workspaces):
        held = next(each for each in patterns if each in workspaces and workspaces[each].blocked)
        stop(f"rehearse: {held} is held back: {workspaces[held].blocked}")
    return [each for each in found if each.id in wanted and each.inputs]


def _place(loaded: load.Loaded, workspace: Workspace) -> str:
    span = loaded.source.key_span(origin(kind_of(workspace.id), workspace.id))
    return f"{loaded.source.file}:{span.line}:{span.column}"


def _rehearse(
    output: pathlib.Path, wanted: Sequence[Workspace], faults: Sequence[str], save: pathlib.Path | None
) -> Any:
    from hvn.rehearsal import bindings, report, run, tables, terraform

    try:
        with report.Progress() as progress:
            return run.rehearse(output, wanted, faults=faults, keep=_keep(save), watcher=progress)
    except (terraform.NoTerraform, run.NothingToStrike, tables.Unknown, bindings.UnknownType, NotKept) as error:
        stop(f"rehearse: {error}")
    except KeyboardInterrupt:
        stop("rehearse: interrupted; nothing is left of it")


def _keep(folder: pathlib.Path | None) -> Callable[[str, str], None] | None:
    if folder is None:
        return None
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        stop(f"rehearse: {printable(str(folder), 200)} cannot be made: {error.strerror}")

    def write(workspace: str, plan: str) -> None:
        file = folder / f"{workspace}.json"
        fresh = folder / f".{workspace}.json.new"
        try:
            fresh.write_text(plan, encoding="utf-8")
            fresh.replace(file)
        except OSError as error:
            with contextlib.suppress(OSError):
                fresh.unlink()
            raise NotKept(f"{printable(str(file), 200)} cannot be written: {error.strerror}") from None

    return write


def _inside(inside: Sequence[str], checked: load.Checked, file: pathlib.Path | None) -> int:
    from hvn.rehearsal import inside as rehearsal
    from hvn.rehearsal import terraform

    if file:
        os.environ["HVN_TOPOLOGY"] = str(file.absolute())
    try:
        return rehearsal.run(inside, [each for each in checked.workspaces() if each.inputs])
    except (rehearsal.NotStarted, terraform.NoTerraform) as error:
        stop(f"rehearse: {error}")
