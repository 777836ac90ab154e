"""`hvn spoke remove`: list the steps to remove a spoke."""

import json
import pathlib
import shlex
from collections.abc import Sequence

import click

from hvn import completion
from hvn.cdktf import IGNORE_MISSING
from hvn.commands.spoke.history import commits_with
from hvn.diagnostics.message import plain_text
from hvn.diagnostics.printable import printable
from hvn.diagnostics.suggest import unknown
from hvn.kinds.registry import kind_of
from hvn.kinds.workspace import by_id
from hvn.options import default_topology, format_option, require, stop, topology_option
from hvn.printed import Printed, here
from hvn.topology.removal_steps import removal_steps
from hvn.topology.shared_vnets import sharing, vnet_owner
from hvn.topology.spoke_peerings import peerings_with


@click.command()
@click.argument("name", shell_complete=completion.spokes)
@topology_option
@format_option
def remove(name: str, file: pathlib.Path | None, form: str) -> None:
    """Show how to destroy a spoke's workspaces.

    Lists the workspaces and resources of spoke NAME in the order of destruction. Changes nothing. Terraform can destroy
    the workspaces only while the topology contains the spoke. If the spoke is already removed, the command prints the
    last commit with the spoke.

    \b
    Example:
      hvn spoke remove payments
    """
    path = file or default_topology()
    current = require(path)
    commit = None if name in current.topology.spokes else next(commits_with(path, name), None)
    if commit is None and name not in current.topology.spokes:
        message, fix = unknown(name, current.topology.spokes, "spoke")
        stop(plain_text(f"{message} in {printable(str(path))} or its history; {fix}"))
    sha, subject, checked = commit or ("", "", current)
    workspaces = [workspace for workspace in reversed(checked.workspaces()) if workspace.spoke == name]
    order = [workspace.id for workspace in workspaces if not workspace.blocked]
    blocked = [workspace.id for workspace in workspaces if workspace.blocked]
    known, commands = by_id(checked.workspaces()), here(path)
    cluster = checked.topology.spokes[name].new_cluster
    protected = cluster is not None and cluster.prevent_destroy
    steps = removal_steps(checked.topology, name)
    peerings = peerings_with(checked.topology, name)
    shared_by, owner = sharing(checked.topology, name), vnet_owner(checked.topology, name)
    if shared_by and not commit:
        first = " and ".join(f"`{commands.command(f'bin/hvn spoke remove {one}')}`" for one in shared_by)
        stop(plain_text(f"{', '.join(shared_by)} share the VNet of {name}: remove them first with {first}"))
    if form == "json":
        document = {
            "spoke": name,
            "commit": sha or None,
            "protected": protected,
            "destroy": order,
            "blocked": blocked,
            "peerings": peerings,
            "shared_by": shared_by,
            "manual_steps": steps,
        }
        click.echo(json.dumps(document, indent=2))
        return
    _before(name, blocked, peerings, commands, removed=commit is not None)
    if shared_by:
        click.echo(f"First destroy the clusters of {', '.join(shared_by)}, which share this VNet.\n")
    if commit:
        click.echo(
            f"{name} is no longer in {printable(str(path))}. The last commit with the spoke is {sha[:12]} ({subject})."
        )
        click.echo("Destroy its workspaces from that commit:\n")
        click.echo(f"  git switch --detach {sha[:12]}")
    else:
        click.echo(
            f"Destroy its workspaces while {name} is still in {printable(str(path))} and its keys are in jwks/:\n"
        )
    if protected:
        click.echo(f"  set spokes.{name}.cluster.prevent_destroy: false in the file")
    # One command names all workspaces, because cdktf refuses to destroy a workspace without the workspaces that depend
    # on it.
    missing = f" --{IGNORE_MISSING}" if blocked or (commit and peerings) else ""
    destroy = f"bin/cdktf destroy {' '.join(reversed(order))}{missing}"
    click.echo(f"  {commands.command(destroy)}")
    if commit and protected:
        click.echo(f"  git restore {shlex.quote(printable(str(path)))}")
    if commit:
        click.echo("  git switch -")
    click.echo("\ncdktf asks before each workspace. It destroys the workspaces in this order, with these resources:\n")
    for workspace in order:
        click.echo(f"  {workspace:<{max(map(len, order))}}  {kind_of(workspace).removal(known[workspace], known)}")
    if steps:
        click.echo("\nThen the hub's owners do this:\n")
        for step in steps:
            click.echo(f"  - {step}")
    if not commit:
        click.echo(f"\nThen remove spokes.{name} from the file, delete jwks/{name}.json if it exists, and commit.")
    if owner != name:
        click.echo(f"Also remove the cluster's subnet from spokes.{owner}.subnets, and deploy network-{owner}.")


def _before(name: str, blocked: Sequence[str], peerings: Sequence[str], commands: Printed, *, removed: bool) -> None:
    """Print the steps before the destroy. `removed` is true if the current file has neither the spoke nor its
    peerings."""
    if blocked:
        click.echo(
            f"{', '.join(reversed(blocked))} are blocked, and the command below does not destroy them.\n"
            f"If they were deployed before, restore jwks/{name}.json first, and repeat this command.\n"
        )
    if peerings:
        # The workspaces of the other spokes own both halves of the peerings, and need the VNet of this spoke.
        owners = " ".join(dict.fromkeys(f"network-{peering.split('.')[1]}" for peering in peerings))
        deploy, names = commands.text(f"`bin/cdktf deploy {owners}`"), ", ".join(peerings)
        if removed:
            click.echo(f"First run {deploy} with the current file, which removes {names}.\n")
        else:
            click.echo(f"First remove {names} from the file, and run {deploy}.\n")
