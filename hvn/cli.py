"""The `hvn` command: finds the subcommands in `hvn/commands`, one file each, and loads only the one that is called."""

import pkgutil
from importlib import import_module

import click

from hvn import commands


class CommandsFolder(click.Group):
    """A group whose subcommands are the modules of `hvn/commands`; each has a click command named `command`."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Names by file."""
        return sorted(module.name for module in pkgutil.iter_modules(commands.__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the one module that is asked for."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = import_module(f"hvn.commands.{cmd_name}").command
        return command


@click.group(cls=CommandsFolder, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """One YAML file describes a hub-and-spoke network on Azure and the HCP Vault beside it.

    These commands read that file and say what it means. None of them needs a credential.

    Exit status: 0 fine (warnings included), 1 an error or a difference was found, 2 it could not run.
    """
