"""`hvn graph`: draw the network."""

import pathlib

import click

from hvn.affected import history
from hvn.affected.compare import compare
from hvn.check.load import Checked, Loaded
from hvn.graph.build import of_file
from hvn.graph.compare import of_change
from hvn.graph.mermaid import to_mermaid
from hvn.graph.page import to_html
from hvn.graph.page_data import page_data
from hvn.graph.picture import Picture
from hvn.graph.svg import to_svg
from hvn.options import default_topology, format_choice, require_loaded, stop, topology_argument
from hvn.reach.build import build
from hvn.topology import address_plan


@click.command()
@click.option("--base", "ref", metavar="REF", help="Show the changes since this branch, tag or commit.")
@topology_argument(stdin=False)
@format_choice(
    "mermaid", "svg", "html", help="Output format: mermaid for Markdown, svg for an image, html for a page to explore."
)
def command(ref: str | None, file: pathlib.Path | None, form: str) -> None:
    """Draw the network of a topology.

    The picture of FILE shows subscriptions, the hub, spokes with their ranges, routes, NAT gateways and clusters, the
    HVN, Vault and peerings. Existing resources have dashed lines. With --base, the picture marks added, removed,
    changed and moved parts. The HTML page also contains the answers of 'hvn reach', the secrets, the addresses and the
    text of FILE; the page makes no network requests. Runs offline.

    \b
    Examples:
      hvn graph --format html > network.html
      hvn graph --base main --format svg > change.svg
    """
    path = file or default_topology()
    loaded, checked = require_loaded(path)
    try:
        drawn = _compared(ref, path, loaded, checked) if ref else of_file(loaded, checked)
    except history.NoBase as error:
        stop(f"graph: {error}")
    click.echo(_rendered(drawn, form, loaded, checked), nl=False)


def _compared(ref: str, path: pathlib.Path, loaded: Loaded, checked: Checked) -> Picture:
    base = history.base(ref, path)
    drawn = of_change(compare(base, loaded, checked), loaded, checked)
    if drawn is None:
        reason = base.unknown or ("the base's topology has errors" if base.loaded else "the base has no topology")
        raise history.NoBase(f"{reason}: run the command without --base")
    return drawn


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
