"""`hvn graph`: draw the network."""

import pathlib

import click

from hvn.check.load import Checked, Loaded
from hvn.graph.build import picture
from hvn.graph.mermaid import to_mermaid
from hvn.graph.page import to_html
from hvn.graph.page_data import page_data
from hvn.graph.picture import Picture
from hvn.graph.svg import to_svg
from hvn.options import format_choice, require_loaded, topology_argument
from hvn.reach.build import build
from hvn.topology import address_plan


@click.command()
@topology_argument(stdin=True)
@format_choice(
    "mermaid", "svg", "html", help="Output format: mermaid for Markdown, svg for an image, html for a page to explore."
)
def command(file: pathlib.Path | None, form: str) -> None:
    """Draw the network of a topology.

    The picture of FILE shows subscriptions, the hub, spokes with their ranges, routes and clusters, the HVN, Vault and
    peerings. Existing resources have dashed lines; blocked workspaces are marked. The page answers questions as 'hvn
    reach' does, lists secrets and addresses, and makes no request. It contains the text of FILE. Runs offline.

    \b
    Examples:
      hvn graph --format html > network.html
      hvn graph --format svg > network.svg
    """
    loaded, checked = require_loaded(file)
    drawn = picture(checked.topology, checked.workspaces(), lambda path: loaded.source.span(path).line)
    click.echo(_rendered(drawn, form, loaded, checked), nl=False)


def _rendered(drawn: Picture, form: str, loaded: Loaded, checked: Checked) -> str:
    if form == "mermaid":
        return to_mermaid(drawn)
    if form == "svg":
        return to_svg(drawn)

    def line_of(path: tuple[str | int, ...]) -> int:
        return loaded.source.span(path).line

    network = build(checked.topology, line_of)
    data = page_data(drawn, checked.topology, network, loaded.source.text, line_of)
    return to_html(drawn, data, sorted(address_plan.pools(checked.topology), key=lambda pool: pool.cidr))
