"""Define the command `hvn`. The subcommands of `hvn` are the modules of `hvn/commands`; a call imports only the called
module."""

import itertools
import os
import pkgutil
from importlib import import_module
from typing import Any

import click

from hvn import VERSION, commands
from hvn.diagnostics.printable import printable
from hvn.options import Group

LISTS = {"--applied", "--failed", "--waiting"}
"""Options of `hvn comment result` with a list of workspaces, which may be empty."""


class CommandsFolder(Group):
    """A click group with a subcommand for each module of `hvn/commands`: the module's click command `command`."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the sorted names of the subcommands."""
        return sorted(module.name for module in pkgutil.iter_modules(commands.__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of the subcommand, and return its command, or None for an unknown name."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = import_module(f"hvn.commands.{cmd_name}").command
        return command

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Parse the command line. An empty word means an unset variable, and could select a default or this folder."""
        words = list(itertools.takewhile(lambda word: word != "--", args))
        for before, word in zip(("", *words), words, strict=False):
            name, is_option, value = word.partition("=")
            if LISTS & {before, name}:
                continue
            if not word or (name.startswith("--") and is_option and not value):
                place = name or (f"after {printable(before)}" if before else "at the start")
                raise click.UsageError(f"the command line has an empty value ({place}): a variable may be unset")
        return super().make_context(info_name, args, parent, **extra)


# Without `max_content_width`, click limits the width of help texts to 80 columns.
@click.group(cls=CommandsFolder, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 1000})
@click.version_option(VERSION, prog_name="hvn", message="%(prog)s %(version)s", help="Show the version and exit.")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Check, rehearse and review an Azure hub-and-spoke network.

    One YAML file describes the network and its HCP Vault. The commands check the file and show the effects of changes.

    Exit codes: 0 success, also with warnings; 1 the command found an error or a difference; 2 the command could not
    run, or could not write its output; 128 plus the number of a signal (130 after Ctrl-C). If the reader closes the
    pipe, SIGPIPE ends the command.

    Files: config/topology.yaml describes the network; --topology or the variable HVN_TOPOLOGY names another file. The
    variable NO_COLOR turns off all colours and styles.
    """
    # https://no-color.org: any value except an empty text turns off colours. click itself does not read NO_COLOR.
    if os.environ.get("NO_COLOR"):
        ctx.color = False
