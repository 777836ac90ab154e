"""`hvn completion`: print the script that completes command lines in a shell."""

import shlex

import click
from click.shell_completion import get_completion_class

from hvn.options import PROJECT, Choice, stop

PROGRAM = "hvn"
VARIABLE = "_HVN_COMPLETE"


@click.command()
@click.argument("shell", type=Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print a script that completes hvn commands in a shell.

    The script completes commands, options, and the names of spokes, workspaces and rules. Add the line of the example
    to ~/.bashrc or ~/.zshrc, with the path of this project; for fish, write the script to
    ~/.config/fish/completions/hvn.fish.

    \b
    Example:
      source <(bin/hvn completion bash)
    """
    shell_class = get_completion_class(shell)
    if shell_class is None:
        stop(f"completion: click does not know the shell {shell}")
    try:
        script = shell_class(ctx.find_root().command, {}, PROGRAM, VARIABLE).source()
    except RuntimeError as error:  # click supports bash from version 4.4
        stop(f"completion: {error}")
    # click's scripts for zsh and fish run `hvn` from the PATH, but the PATH may lack `hvn`.
    program = shlex.quote(str(PROJECT / "bin" / "hvn"))
    script = script.replace(f"{VARIABLE}=zsh_complete {PROGRAM}", f"{VARIABLE}=zsh_complete {program}")
    script = script.replace(f"(( ! $+commands[{PROGRAM}] )) && return 1", "")
    script = script.replace(f"(commandline -t) {PROGRAM})", f"(commandline -t) {program})")
    click.echo(script, nl=False)
