"""`hvn spoke remove`: list the steps to remove a spoke."""

import json
import pathlib
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

import click

from hvn import completion
from hvn.cdktf import IGNORE_MISSING
from hvn.check.load import Checked
from hvn.commands.spoke.history import commits_with
from hvn.diagnostics.message import plain_text
from hvn.diagnostics.printable import printable
from hvn.diagnostics.suggest import unknown
from hvn.kinds.registry import kind_of
from hvn.kinds.workspace import WorkspaceId, by_id
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
    removal = _removal(checked, name, here(path))
    if removal.shared_by and not commit:
        first = " and ".join(
            f"`{removal.commands.command(f'bin/hvn spoke remove {one}')}`" for one in removal.shared_by
        )
        shared = ", ".join(removal.shared_by)
        stop(plain_text(f"the VNet of {name} also has the clusters of {shared}: remove them first with {first}"))
    if form == "json":
        click.echo(json.dumps({"spoke": name, "commit": sha or None, **removal.document()}, indent=2))
        return
    _before(name, removal, removed=commit is not None)
    if not removal.order:
        # A spoke with an existing cluster in the VNet of another spoke, and without apps.
        click.echo(f"{name} has no workspaces to destroy.")
    elif commit:
        _from_commit(name, path, sha, subject, removal)
    else:
        shown = printable(str(path))
        click.echo(f"Destroy its workspaces while {name} is still in {shown} and its keys are in jwks/:\n")
        if removal.protected:
            click.echo(f"  {UNPROTECT.format(name)}")
        click.echo(f"  {removal.destroy(missing=bool(removal.blocked))}")
    if removal.order:
        _destroyed(removal, checked)
    if not commit:
        click.echo(f"\nThen remove spokes.{name} from the file, delete jwks/{name}.json if it exists, and commit.")
    if (owner := vnet_owner(checked.topology, name)) != name:
        click.echo(f"Also remove the cluster's subnet from spokes.{owner}.subnets, and deploy network-{owner}.")


UNPROTECT = "set spokes.{}.cluster.prevent_destroy: false in the file"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Removal:
    """The steps to remove a spoke. `order` has the workspaces in the order of destruction, `shared_by` the spokes with
    clusters in the spoke's VNet. `protected`: the cluster has `prevent_destroy`."""

    order: list[WorkspaceId]
    blocked: list[WorkspaceId]
    protected: bool
    peerings: Sequence[str]
    shared_by: Sequence[str]
    steps: Sequence[str]
    commands: Printed

    def document(self) -> dict[str, object]:
        return {
            "protected": self.protected,
            "destroy": self.order,
            "blocked": self.blocked,
            "peerings": self.peerings,
            "shared_by": self.shared_by,
            "manual_steps": self.steps,
        }

    def destroy(self, *, missing: bool) -> str:
        """Return one command for all workspaces, because cdktf refuses to destroy a workspace without the workspaces
        that depend on it. `missing`: the command omits some of these workspaces."""
        option = f" --{IGNORE_MISSING}" if missing else ""
        return self.commands.command(f"bin/cdktf destroy {' '.join(reversed(self.order))}{option}")


def _removal(checked: Checked, name: str, commands: Printed) -> _Removal:
    workspaces = [workspace for workspace in reversed(checked.workspaces()) if workspace.spoke == name]
    cluster = checked.topology.spokes[name].new_cluster
    return _Removal(
        order=[workspace.id for workspace in workspaces if not workspace.blocked],
        blocked=[workspace.id for workspace in workspaces if workspace.blocked],
        protected=cluster is not None and cluster.prevent_destroy,
        peerings=peerings_with(checked.topology, name),
        shared_by=sharing(checked.topology, name),
        steps=removal_steps(checked.topology, name),
        commands=commands,
    )


def _from_commit(name: str, path: pathlib.Path, sha: str, subject: str, removal: _Removal) -> None:
    """Print the destroy of a spoke that only a former commit contains."""
    shown = printable(str(path))
    if removal.shared_by:
        click.echo(f"First destroy the clusters of {', '.join(removal.shared_by)}, which share this VNet.\n")
    click.echo(f"{name} is no longer in {shown}. The last commit with the spoke is {sha[:12]} ({subject}).")
    click.echo("Destroy its workspaces from that commit:\n")
    click.echo(f"  git switch --detach {sha[:12]}")
    if removal.protected:
        click.echo(f"  {UNPROTECT.format(name)}")
    click.echo(f"  {removal.destroy(missing=bool(removal.blocked or removal.peerings))}")
    if removal.protected:
        click.echo(f"  git restore {shlex.quote(shown)}")
    click.echo("  git switch -")


def _destroyed(removal: _Removal, checked: Checked) -> None:
    """Print the workspaces with their resources, and the steps of the hub's owners."""
    known, width = by_id(checked.workspaces()), max(map(len, removal.order))
    click.echo("\ncdktf asks before each workspace. It destroys the workspaces in this order, with these resources:\n")
    for workspace in removal.order:
        click.echo(f"  {workspace:<{width}}  {kind_of(workspace).removal(known[workspace], known)}")
    if removal.steps:
        click.echo("\nThen the hub's owners do this:\n")
        for step in removal.steps:
            click.echo(f"  - {step}")


def _before(name: str, removal: _Removal, *, removed: bool) -> None:
    """Print the steps before the destroy. `removed` is true if the current file has neither the spoke nor its
    peerings."""
    if removal.blocked:
        click.echo(
            f"{', '.join(reversed(removal.blocked))} are blocked, and the command below does not destroy them.\n"
            f"If they were deployed before, restore jwks/{name}.json first, and repeat this command.\n"
        )
    if removal.peerings:
        # The workspaces of the other spokes own both halves of the peerings, and need the VNet of this spoke.
        owners = " ".join(dict.fromkeys(f"network-{peering.split('.')[1]}" for peering in removal.peerings))
        deploy, names = removal.commands.text(f"`bin/cdktf deploy {owners}`"), ", ".join(removal.peerings)
        if removed:
            click.echo(f"First run {deploy} with the current file, which removes {names}.\n")
        else:
            click.echo(f"First remove {names} from the file, and run {deploy}.\n")
