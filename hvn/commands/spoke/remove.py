"""`hvn spoke remove`: what goes with a spoke."""

import json
import pathlib
import subprocess
from collections.abc import Iterator

import click

from hvn.options import default_topology, format_option, require, stop, topology_option
from hvn.topology import load, source
from hvn.topology.printable import printable
from hvn.topology.suggest import unknown
from hvn.topology.workspaces import Workspace

WHAT_GOES = {
    "secrets": "the apps' Kubernetes Secrets, logins, service accounts and namespaces; secrets stay in Vault",
    "vso": "Vault Secrets Operator; not before secrets, whose finalizers only it can take off",
    "vault-auth": "the JWT mount with its roles and policies: nothing of this cluster can log in any more",
    "aks": "the cluster and everything that runs in it",
    "peering": "the HVN's routes and peering; HCP's service principal and role",
    "network": "the VNet unless it existed before, its subnets here and its peering with the hub",
}


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
    commit = None if name in now.topology.spokes else next(_commits_with(path, name), None)
    if commit is None and name not in now.topology.spokes:
        message, fix = unknown(name, now.topology.spokes, "spoke")
        stop(f"{message}, neither in {printable(str(path))} nor in its history; {fix}")
    sha, subject, checked = commit or ("", "", now)
    order = [each.id for each in reversed(of_spoke(checked, name))]
    if form == "json":
        click.echo(json.dumps({"spoke": name, "commit": sha or None, "destroy": order}, indent=2))
        return
    if commit:
        click.echo(f"{name} is not in {printable(str(path))} any more. It was last there in {sha[:12]} ({subject}).")
        click.echo("Destroy its workspaces from that commit:\n")
        click.echo(f"  git switch --detach {sha[:12]}")
    else:
        click.echo(
            f"While {name} is still in {printable(str(path))} and its keys are in jwks/, destroy its workspaces:\n"
        )
    # All in one command: cdktf refuses to destroy a workspace while another that needs it is built but not named.
    click.echo(f"  bin/cdktf destroy {' '.join(reversed(order))}")
    if commit:
        click.echo("  git switch -")
    click.echo("\nIt asks before each one. They go in this order, and with them:\n")
    for each in order:
        click.echo(f"  {each:<{max(map(len, order))}}  {WHAT_GOES[each.removesuffix(f'-{name}')]}")
    if not commit:
        click.echo(f"\nThen take spokes.{name} out of the file and commit.")


def of_spoke(checked: load.Checked, name: str) -> list[Workspace]:
    """The spoke's workspaces in the order of their deployment; held back ones may have been deployed before."""
    return [each for each in checked.workspaces() if each.spoke == name]


def _commits_with(path: pathlib.Path, name: str) -> Iterator[tuple[str, str, load.Checked]]:
    """Commits in whose topology the spoke is, the newest first: hash, subject and that topology."""
    folder = path.resolve().parent
    log = _git(folder, "log", "--format=%H %s", "--", path.name)
    for line in (log or "").splitlines():
        sha, _, subject = line.partition(" ")
        text = _git(folder, "show", f"{sha}:./{path.name}")
        if text is None:
            continue
        checked = load.check(source.parse(text, path.name), folder / "jwks").checked
        if checked and name in checked.topology.spokes:
            yield sha, printable(subject), checked


def _git(folder: pathlib.Path, *arguments: str) -> str | None:
    """What git prints; None where it cannot, or is not there."""
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True)  # noqa: S607
    except (OSError, subprocess.CalledProcessError, UnicodeDecodeError):
        return None
    return done.stdout
