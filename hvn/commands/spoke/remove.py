"""`hvn spoke remove`: what goes with a spoke."""

import json
import pathlib

import click

from hvn.cdktf import GONE
from hvn.commands.spoke.history import commits_with
from hvn.diagnostics.printable import printable
from hvn.diagnostics.suggest import unknown
from hvn.kinds.registry import kind_of
from hvn.kinds.workspace import by_id
from hvn.options import default_topology, format_option, require, stop, topology_option


@click.command()
@click.argument("name")
@topology_option
@format_option
def remove(name: str, file: pathlib.Path | None, form: str) -> None:
    """Say what is destroyed with a spoke, in which order and from which commit. It changes nothing.

    A workspace that is gone from the topology can no longer be destroyed: it has to happen before, or from a commit
    in which the spoke is still there.

    \b
    Example:
      hvn spoke remove payments
    """
    path = file or default_topology()
    now = require(path)
    commit = None if name in now.topology.spokes else next(commits_with(path, name), None)
    if commit is None and name not in now.topology.spokes:
        message, fix = unknown(name, now.topology.spokes, "spoke")
        stop(f"{message}, neither in {printable(str(path))} nor in its history; {fix}")
    sha, subject, checked = commit or ("", "", now)
    found = [each for each in reversed(checked.workspaces()) if each.spoke == name]
    order = [each.id for each in found if not each.blocked]
    held = [each.id for each in found if each.blocked]
    known = by_id(checked.workspaces())
    if form == "json":
        told = {"spoke": name, "commit": sha or None, "destroy": order, "blocked": held}
        click.echo(json.dumps(told, indent=2))
        return
    if held:
        click.echo(
            f"{', '.join(reversed(held))} are held back, and the command below leaves them out.\n"
            f"If they were deployed once, bring jwks/{name}.json back first and ask again.\n"
        )
    if commit:
        click.echo(f"{name} is not in {printable(str(path))} any more. It was last there in {sha[:12]} ({subject}).")
        click.echo("Destroy its workspaces from that commit:\n")
        click.echo(f"  git switch --detach {sha[:12]}")
    else:
        click.echo(
            f"While {name} is still in {printable(str(path))} and its keys are in jwks/, destroy its workspaces:\n"
        )
    # All in one command: cdktf refuses to destroy a workspace while another that needs it is built but not named.
    click.echo(f"  bin/cdktf destroy {' '.join(reversed(order))}{f' --{GONE}' if held else ''}")
    if commit:
        click.echo("  git switch -")
    click.echo("\nIt asks before each one. They go in this order, and with them:\n")
    for each in order:
        click.echo(f"  {each:<{max(map(len, order))}}  {kind_of(each).removal(known[each], known)}")
    if not commit:
        click.echo(f"\nThen take spokes.{name} out of the file, delete jwks/{name}.json if it is there, and commit.")
