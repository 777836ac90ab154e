"""Build the commands that the manual steps of several rules contain."""

import shlex
from collections.abc import Iterable

from hvn.diagnostics.message import Command, Message


def command(*words: str) -> Command:
    """Return the words as one command, quoted for a shell."""
    return Command(shlex.join(words))


def switch_to(commit: str) -> Command:
    """Return the command that checks out a commit."""
    return command("git", "switch", "--detach", commit)


def destroy(workspaces: Iterable[str]) -> Command:
    """Return the command that destroys these workspaces. The caller passes the workspaces in deployment order."""
    return command("bin/cdktf", "destroy", *workspaces)


def unprotect(spoke: str) -> Command:
    """Return the field of the topology file, with its value, that lets Terraform destroy a spoke's cluster."""
    return Command(f"spokes.{spoke}.cluster.prevent_destroy: false")


def pull_keys(spoke: str) -> Command:
    """Return the command that reads the public keys of a spoke's cluster."""
    return Command(f"bin/hvn keys pull {shlex.quote(spoke)} --issuer URL")


def take_out_of_state(workspace: str, addresses: Iterable[str] = (), *, base: str = "") -> Message:
    """Return the steps that remove these addresses (default: all) from a workspace's state.

    If the topology no longer has the workspace, `base` is a commit that still has it.
    """
    addresses = tuple(addresses)
    folder = shlex.quote(f"cdktf.out.{workspace}/stacks/{workspace}")
    what = shlex.join(addresses) if addresses else "$(terraform state list)"
    steps = (
        *((switch_to(base),) if base else ()),
        command("bin/cdktf", "synth", workspace),
        Command(f"cd {folder} && terraform init && terraform state rm {what}"),
    )
    return Message(
        "before the merge, remove these resources from the state and do not destroy them: {steps}. After that, do not "
        "deploy {workspace} from the base: Terraform would create the resources again, or fail because they exist",
        steps=steps,
        workspace=workspace,
    )
