"""`hvn spoke`: add a spoke, take one out."""

import click

from hvn.commands.spoke.add import add
from hvn.commands.spoke.remove import remove


@click.group(commands=[add, remove])
def command() -> None:
    """Add a spoke to the network, or take one out."""
