"""`hvn graph`: draw the network."""

import pathlib

import click

from hvn.graph.build import picture
from hvn.graph.mermaid import to_mermaid
from hvn.graph.svg import to_svg
from hvn.options import format_choice, require_loaded, topology_argument

RENDERERS = {"mermaid": to_mermaid, "svg": to_svg}


@click.command()
@topology_argument(stdin=True)
@format_choice(*RENDERERS, help="Output format: mermaid for Markdown, svg for an image.")
def command(file: pathlib.Path | None, form: str) -> None:
    """Draw the network of a topology.

    The picture of FILE shows subscriptions, the hub, spokes with their ranges, routes and clusters, the HVN, Vault and
    peerings. Existing resources have dashed lines; blocked workspaces are marked. Runs offline.

    \b
    Examples:
      hvn graph --format svg > network.svg
      hvn graph > network.mmd
    """
    loaded, checked = require_loaded(file)
    drawn = picture(checked.topology, checked.workspaces(), lambda path: loaded.source.span(path).line)
    click.echo(RENDERERS[form](drawn), nl=False)
