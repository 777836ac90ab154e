"""The command `hvn`. Its subcommands are the modules of `hvn/commands`, imported one by one when they are called."""

import pkgutil
from importlib import import_module

import click

from hvn import commands
from hvn.options import Group


class CommandsFolder(Group):
    """A group with one subcommand for each module of `hvn/commands`: the click command named `command` in it."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of the modules, sorted."""
        return sorted(module.name for module in pkgutil.iter_modules(commands.__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of the command and return the command; None if it does not exist."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = import_module(f"hvn.commands.{cmd_name}").command
        return command


@click.group(cls=CommandsFolder, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Check, rehearse and review an Azure hub-and-spoke network.

    One YAML file describes the network and its HCP Vault. The commands check it and show the effects of changes.

    Exit codes: 0 success, warnings included; 1 an error or a difference was found; 2 the command could not run, or its
    output could not be written; 128 plus the number of a signal (130 after Ctrl-C). If the reader closes the pipe, the
    command ends by SIGPIPE.
    """
