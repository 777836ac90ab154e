"""`hvn check`: is the topology right?"""

import pathlib
import sys

import click

from hvn.diagnostics.finding import Level
from hvn.diagnostics.printable import printable
from hvn.diagnostics.text import summary
from hvn.diagnostics.to_github import to_github
from hvn.diagnostics.to_json import to_json
from hvn.options import read, tell, topology_option


@click.command()
@topology_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="Text for people, JSON for scripts, github for annotations in a pull request.",
)
def command(file: pathlib.Path | None, form: str) -> None:
    """Check the topology file: all that is wrong with it, each at its line, with a reason and a way out.

    \b
    Example:
      hvn check --topology config/topology.yaml
    """
    loaded = read(file)
    name = printable(loaded.source.file, 200)
    if form == "json":
        click.echo(to_json(loaded.findings))
    elif loaded.findings:
        if form == "github":
            click.echo(to_github(loaded.findings))
        else:
            tell(loaded)
        more = "" if loaded.rules_asked else "; mend these first: the rules could not be asked"
        click.echo(f"\n{name}: {summary(loaded.findings)}{more}")
    else:
        click.echo(f"{name}: nothing found")
    sys.exit(any(each.severity is Level.ERROR for each in loaded.findings))
