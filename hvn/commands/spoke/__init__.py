"""`hvn spoke`: add and remove spokes."""

import click

from hvn.commands.spoke.add import add
from hvn.commands.spoke.remove import remove
from hvn.options import Group


@click.group(cls=Group, commands=[add, remove])
def command() -> None:
    """Add a spoke, or list the steps to remove a spoke."""
