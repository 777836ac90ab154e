"""`hvn init`: write a topology file for your own network."""

import os
import pathlib
import sys
from collections.abc import Sequence
from ipaddress import IPv4Network

import click

from hvn.check import load
from hvn.commands.init import new_topology, questions
from hvn.commands.init.new_topology import Request
from hvn.commands.spoke.add import apps_of
from hvn.commands.spoke.new_app import FORM
from hvn.commands.spoke.new_spoke import Refused
from hvn.diagnostics.printable import printable
from hvn.diagnostics.text import advice, kind, statement
from hvn.options import CONFIG, Choice, default_topology, stop, tell, with_topology
from hvn.topology.fields import Cidr
from hvn.yamlfile import source


def _ranges(_ctx: click.Context, _parameter: click.Parameter, values: Sequence[str]) -> tuple[IPv4Network, ...]:
    return tuple(questions.valid(Cidr, "in_use")(value) for value in values)


@click.command()
@click.argument("file", metavar="[FILE]", required=False, type=click.Path(path_type=pathlib.Path, readable=False))
@click.option("--name", metavar="NAME", help="The prefix of all names.")
@click.option("--tenant-id", metavar="UUID", help="The Entra tenant.")
@click.option("--subscription-id", metavar="UUID", help="The subscription of hub and spokes.")
@click.option("--hub-subscription-id", metavar="UUID", help="The subscription of a new hub.  [default: the same]")
@click.option("--region", metavar="REGION", help="The Azure region of hub, spokes and HVN.")
@click.option("--project-id", metavar="UUID", help="The HCP project.")
@click.option("--state", metavar="BACKEND", help=f"{new_topology.STATES}.")
@click.option("--spoke", metavar="NAME", help="The name of the first spoke.")
@click.option("--cluster", is_flag=True, help="Add a private AKS cluster to the first spoke.")
@click.option(
    "--app",
    "apps",
    multiple=True,
    metavar=FORM,
    callback=apps_of,
    help="Add an app to the cluster, with one secret.  [default path: SPOKE/APP]  Repeatable.",
)
@click.option("--in-use", multiple=True, metavar="CIDR", callback=_ranges, help="A range to avoid, repeatable.")
@click.option("--hvn-cidr", metavar="CIDR", help="The HVN's range.  [default: a free range]")
@click.option("--pool-cidr", metavar="CIDR", help="The pool of the spokes' ranges.  [default: a free range]")
@click.option(
    "--on-premises",
    multiple=True,
    metavar="NAME=CIDR",
    callback=lambda _ctx, _parameter, values: questions.sites_of(values),
    help="An on-premises range, repeatable.",
)
@click.option(
    "--hub",
    type=Choice(questions.HUBS),
    help="A new hub with Azure Firewall, a new hub without a firewall, an existing hub, or no hub.  [default: new]",
)
@click.option("--gateway", is_flag=True, help="A new hub gets GatewaySubnet; an existing hub has a gateway.")
@click.option("--hub-vnet-id", metavar="ID", help="The VNet of an existing hub.")
@click.option("--hub-cidr", metavar="CIDR", help="The range of the existing hub.")
@click.option("--hub-runners-cidr", metavar="CIDR", help="The range of the runners in the existing hub.")
@click.option("--hub-firewall-ip", metavar="IP", help="The address of the existing hub's firewall, or none.")
@click.option("--hub-dns-zone-id", metavar="ID", help="The private DNS zone of AKS.")
def command(file: pathlib.Path | None, **options: object) -> None:
    """Write a topology file for your own network.

    Asks for the values of missing options, and proposes free ranges for hub, HVN and spokes. Writes FILE, by default
    config/topology.yaml, and never replaces a file. Without a terminal, every value needs an option. Exit code 1 if the
    new topology would have errors.

    \b
    Examples:
      hvn init
      hvn init network.yaml --in-use 10.0.0.0/16 --in-use 172.16.0.0/12
    """
    path = file or default_topology()
    if path.exists() or path.is_symlink():
        stop(f"{printable(str(path), 200)} exists: name another file, or move the existing file")
    several = {name: options.pop(name) for name in ("in_use", "on_premises", "gateway", "cluster", "apps")}
    request = Request(answers={}, **several)  # type: ignore[arg-type]  # the options above, by their names
    request = questions.complete(options, request)  # type: ignore[arg-type]  # the options with one value
    asked = f"to correct a value, run bin/hvn init with these options:\n{questions.command_line(request)}"
    try:
        schema = os.path.relpath(CONFIG / "topology.schema.json", path.parent)
        text = new_topology.text(request, schema)
    except (new_topology.NoRange, Refused) as error:
        stop(f"init: {printable(str(error), 500)}")
    checked = load.check(source.parse(text, str(path)), path.parent / "jwks")
    if checked.checked is None:
        tell(checked, err=True)
        if questions.asks():
            click.echo(f"\n{asked}", err=True)
        sys.exit(1)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as new:
            new.write(text)
    except OSError as error:
        stop(f"{printable(str(path), 200)} cannot be written: {error.strerror}")
    _report(path, checked)


def _report(path: pathlib.Path, loaded: load.Loaded) -> None:
    shown = printable(str(path), 200)
    click.echo(f"wrote {shown}; compare its ranges with the ranges that your organization uses")
    for finding in loaded.findings:
        click.echo(f"{kind(finding)}: {statement(finding)}; {advice(finding)}")
    option = with_topology(path)
    click.echo(f"next: bin/hvn rehearse{option}")
    click.echo(f"then: bin/hvn spoke add NAME --size 20 --cluster --app NAMESPACE/SERVICE-ACCOUNT{option}")
