"""`hvn workspaces`: list the workspaces, their order and their size."""

import json
import pathlib
import sys
from typing import TYPE_CHECKING

import click

from hvn.kinds.workspace import FINGERPRINT, Workspace
from hvn.options import PROJECT, format_option, output_folder, place, require, topology_argument
from hvn.printed import here
from hvn.topology.manual_steps import manual_steps
from hvn.topology.step import Step

if TYPE_CHECKING:
    from rich.console import Console


@click.command()
@topology_argument(stdin=True)
@format_option
@click.option(
    "--output",
    type=click.Path(path_type=pathlib.Path, readable=False),
    metavar="DIR",
    help="The output folder to count the resources in.  [default: the folder of 'bin/cdktf synth']",
)
def command(file: pathlib.Path | None, form: str, output: pathlib.Path | None) -> None:
    """List the workspaces in deployment order.

    Also lists the blocked workspaces and the manual steps. After 'bin/cdktf synth', counts the resources of each
    workspace. FILE - is standard input.

    \b
    Example:
      hvn workspaces --format json
    """
    checked = require(file)
    workspaces, steps = checked.workspaces(), manual_steps(checked.topology)
    folder = output or PROJECT / output_folder(file, checked.topology.name)
    counts: dict[str, tuple[int, int] | None] = {workspace.id: count(folder, workspace) for workspace in workspaces}
    if form == "json":
        objects = [_object(workspace, counts[workspace.id]) for workspace in workspaces]
        click.echo(json.dumps({"workspaces": objects, "manual_steps": [_step(step) for step in steps]}, indent=2))
    else:
        click.echo(_as_text(workspaces, counts, steps, here(place(file)).command("bin/cdktf synth")), nl=False)


def count(output: pathlib.Path, workspace: Workspace) -> tuple[int, int] | None:
    """Return the numbers of resources and data sources of a workspace; None if the output folder lacks a workspace with
    these inputs."""
    folder = output / "stacks" / workspace.id
    try:
        if workspace.inputs is None or (folder / FINGERPRINT).read_text() != workspace.inputs.fingerprint:
            return None
        synthesized = json.loads((folder / "cdk.tf.json").read_text(encoding="utf-8"))
        resources, data = synthesized.get("resource", {}), synthesized.get("data", {})
        return sum(map(len, resources.values())), sum(map(len, data.values()))
    except (OSError, ValueError, AttributeError, TypeError, RecursionError):
        return None


def _object(workspace: Workspace, counts: tuple[int, int] | None) -> dict[str, object]:
    return {
        "id": workspace.id,
        "spoke": workspace.spoke,
        "after": list(workspace.after),
        "blocked": workspace.blocked or None,
        "resources": counts[0] if counts else None,
        "data_sources": counts[1] if counts else None,
    }


def _step(step: Step) -> dict[str, object]:
    when = "before" if step.before else "after" if step.after else None
    return {
        "workspace": step.before or step.after or None,
        "when": when,
        "owner": step.owner,
        "commands": list(step.commands),
        "text": step.text,
    }


def _as_text(
    workspaces: tuple[Workspace, ...],
    counts: dict[str, tuple[int, int] | None],
    steps: tuple[Step, ...],
    synth: str,
) -> str:
    from hvn.terminal import screen  # a local import, because rich takes long to import

    console = screen(sys.stdout)
    with console.capture() as shown:
        _print(console, workspaces, counts, steps, synth)
    return shown.get()


def _print(
    console: "Console",
    workspaces: tuple[Workspace, ...],
    counts: dict[str, tuple[int, int] | None],
    steps: tuple[Step, ...],
    synth: str,
) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("workspace", no_wrap=True)
    table.add_column("resources", justify="right")
    table.add_column("data", justify="right")
    table.add_column("after", no_wrap=True)
    built = [workspace for workspace in workspaces if not workspace.blocked]
    for workspace in built:
        count_of = counts[workspace.id]
        numbers = [str(number) for number in count_of] if count_of else ["-", "-"]
        table.add_row(workspace.id, *numbers, ", ".join(workspace.after) or "-")
    # Do not truncate names: on a narrow terminal a long line wraps, so that a name can be copied.
    console.width = max(console.width, console.measure(table, options=console.options.update_width(1000)).maximum)
    console.print(table)
    known = [count_of for workspace in built if (count_of := counts[workspace.id])]
    if len(known) == len(built):
        resources, data = (sum(numbers) for numbers in zip(*known, strict=True))
        console.print(f"\n{len(built)} workspaces, {resources} resources, {data} data sources")
    else:
        console.print(f"\n{len(built)} workspaces; run {synth} to count the resources")
    blocked = [workspace for workspace in workspaces if workspace.blocked]
    if blocked:
        console.print(f"\n{len(blocked)} blocked:")
        for workspace in blocked:
            console.print(f"  {workspace.id}: {workspace.blocked}")
    if steps:
        console.print("\nmanual steps:")
        for step in steps:
            console.print(f"  - {step.text}")
    console.print("\nrights of each workspace: docs/reference/rights.md")
