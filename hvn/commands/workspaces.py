"""`hvn workspaces`: which workspaces there are, in which order, how large, and what is held back."""

import json
import pathlib
from typing import TYPE_CHECKING

import click

from hvn.kinds.workspace import FINGERPRINT, Workspace
from hvn.options import PROJECT, format_option, output_folder, require, topology_option
from hvn.topology.manual_steps import by_hand

if TYPE_CHECKING:
    from rich.console import Console


@click.command()
@topology_option
@format_option
@click.option(
    "--output",
    type=click.Path(path_type=pathlib.Path),
    metavar="DIR",
    help="Where the workspaces were written, to count what is in them: where `bin/cdktf synth` writes unless said.",
)
def command(file: pathlib.Path | None, form: str, output: pathlib.Path | None) -> None:
    """List the workspaces in the order of their deployment, with the number of their resources.

    \b
    Example:
      hvn workspaces --format json
    """
    checked = require(file)
    found, tasks = checked.workspaces(), by_hand(checked.topology)
    written = output or PROJECT / output_folder(file, checked.topology.name)
    counts: dict[str, tuple[int, int] | None] = {each.id: count(written, each) for each in found}
    if form == "json":
        objects = [_object(each, counts[each.id]) for each in found]
        click.echo(json.dumps({"workspaces": objects, "by_hand": tasks}, indent=2))
    else:
        click.echo(_as_text(found, counts, tasks), nl=False)


def count(output: pathlib.Path, workspace: Workspace) -> tuple[int, int] | None:
    """Resources and data sources in the workspace's JSON; None if it was not synthesized, or from another topology."""
    folder = output / "stacks" / workspace.id
    try:
        if workspace.inputs is None or (folder / FINGERPRINT).read_text() != workspace.inputs.fingerprint:
            return None
        synthesized = json.loads((folder / "cdk.tf.json").read_text(encoding="utf-8"))
        resources, data = synthesized.get("resource", {}), synthesized.get("data", {})
        return sum(len(each) for each in resources.values()), sum(len(each) for each in data.values())
    except (OSError, ValueError, AttributeError, TypeError, RecursionError):
        return None


def _object(each: Workspace, counted: tuple[int, int] | None) -> dict[str, object]:
    return {
        "id": each.id,
        "spoke": each.spoke,
        "after": list(each.after),
        "blocked": each.blocked or None,
        "resources": counted[0] if counted else None,
        "data_sources": counted[1] if counted else None,
    }


def _as_text(found: tuple[Workspace, ...], counts: dict[str, tuple[int, int] | None], tasks: tuple[str, ...]) -> str:
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=True)
    with console.capture() as shown:  # rich itself would end with 1 where the reader has seen enough
        _print(console, found, counts, tasks)
    return shown.get()


def _print(
    console: "Console",
    found: tuple[Workspace, ...],
    counts: dict[str, tuple[int, int] | None],
    tasks: tuple[str, ...],
) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("workspace", no_wrap=True)
    table.add_column("resources", justify="right")
    table.add_column("data", justify="right")
    table.add_column("after", no_wrap=True)
    built = [each for each in found if not each.blocked]
    for each in built:
        counted = counts[each.id]
        numbers = [str(number) for number in counted] if counted else ["-", "-"]
        table.add_row(each.id, *numbers, ", ".join(each.after) or "-")
    # A name cut off cannot be copied; a terminal that is too narrow wraps the line.
    console.width = max(console.width, console.measure(table, options=console.options.update_width(1000)).maximum)
    console.print(table)
    known = [counted for each in built if (counted := counts[each.id])]
    if len(known) == len(built):
        resources, data = (sum(numbers) for numbers in zip(*known, strict=True))
        console.print(f"\n{len(built)} workspaces, {resources} resources, {data} data sources")
    else:
        console.print(f"\n{len(built)} workspaces; `bin/cdktf synth` counts what is in them")
    held = [each for each in found if each.blocked]
    if held:
        console.print(f"\n{len(held)} held back:")
        for each in held:
            console.print(f"  {each.id}: {each.blocked}")
    if tasks:
        console.print("\nby hand:")
        for task in tasks:
            console.print(f"  - {task}")
