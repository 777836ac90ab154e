"""`hvn init`: write a topology file for your own network."""

import os
import pathlib
import sys
from collections.abc import Callable, Mapping, Sequence
from ipaddress import IPv4Network
from typing import Any, Literal

import click
from pydantic import TypeAdapter, ValidationError

from hvn.check import load
from hvn.commands.init import new_topology
from hvn.diagnostics.printable import printable
from hvn.diagnostics.text import advice, kind, statement
from hvn.options import CONFIG, default_topology, stop, tell
from hvn.topology.fields import Cidr, Ip, PrivateDnsZoneId, Region, SiteName, SpokeName, TopologyName, Uuid, VnetId
from hvn.yamlfile import source

QUESTIONS = (
    ("name", TopologyName, "Name, the prefix of all resource names", ""),
    ("tenant_id", Uuid, "Entra tenant id", ""),
    ("subscription_id", Uuid, "Subscription id of hub and spokes", ""),
    ("region", Region, "Azure region, such as japaneast", ""),
    ("project_id", Uuid, "HCP project id", ""),
    ("state", new_topology.State, new_topology.STATES, "local"),
    ("spoke", SpokeName, "Name of the first spoke", ""),
)
"""The required values: option, type of the topology's field, question, and proposed answer."""
HUB = (
    ("hub_vnet_id", VnetId, "Resource id of the hub's VNet"),
    ("hub_cidr", Cidr, "Range of the hub's VNet"),
    ("hub_runners_cidr", Cidr, "Range of the subnet in which Terraform runs"),
    ("hub_firewall_ip", Ip | Literal["none"], "Private address of the firewall, or none"),
    ("hub_dns_zone_id", PrivateDnsZoneId, "Resource id of the private DNS zone of AKS"),
)
"""The facts about an existing hub."""
OPTIONAL = {"hub_subscription_id": Uuid, "hvn_cidr": Cidr, "pool_cidr": Cidr}
"""The options without a question."""


def _ranges(_ctx: click.Context, _parameter: click.Parameter, values: Sequence[str]) -> tuple[IPv4Network, ...]:
    return tuple(_valid(Cidr, "in_use")(value) for value in values)


def _sites(_ctx: click.Context, _parameter: click.Parameter, values: Sequence[str]) -> Mapping[str, list[IPv4Network]]:
    """Return the ranges of each on-premises network."""
    sites: dict[str, list[IPv4Network]] = {}
    for value in values:
        name, sign, cidr = value.partition("=")
        if not sign:
            raise click.UsageError(f"--on-premises: {printable(value)} is not NAME=CIDR")
        sites.setdefault(_valid(SiteName, "on_premises")(name), []).append(_valid(Cidr, "on_premises")(cidr))
    return sites


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
@click.option("--in-use", multiple=True, metavar="CIDR", callback=_ranges, help="A range to avoid, repeatable.")
@click.option("--hvn-cidr", metavar="CIDR", help="The HVN's range.  [default: a free range]")
@click.option("--pool-cidr", metavar="CIDR", help="The pool of the spokes' ranges.  [default: a free range]")
@click.option(
    "--on-premises", multiple=True, metavar="NAME=CIDR", callback=_sites, help="An on-premises range, repeatable."
)
@click.option("--gateway", is_flag=True, help="A new hub gets GatewaySubnet; an existing hub has a gateway.")
@click.option("--hub-vnet-id", metavar="ID", help="The VNet of an existing hub.")
@click.option("--hub-cidr", metavar="CIDR", help="The range of the existing hub.")
@click.option("--hub-runners-cidr", metavar="CIDR", help="The range of the runners in the existing hub.")
@click.option("--hub-firewall-ip", metavar="IP", help="The address of the existing hub's firewall, or none.")
@click.option("--hub-dns-zone-id", metavar="ID", help="The private DNS zone of AKS.")
def command(
    file: pathlib.Path | None,
    in_use: tuple[IPv4Network, ...],
    on_premises: Mapping[str, list[IPv4Network]],
    gateway: bool,
    **options: str | None,
) -> None:
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
    answers = _answers(options)
    try:
        schema = os.path.relpath(CONFIG / "topology.schema.json", path.parent)
        text = new_topology.text(answers, in_use, on_premises, schema, gateway=gateway)
    except new_topology.NoRange as error:
        stop(f"init: {error}")
    checked = load.check(source.parse(text, str(path)), path.parent / "jwks")
    if checked.checked is None:
        tell(checked, err=True)
        sys.exit(1)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as new:
            new.write(text)
    except OSError as error:
        stop(f"{printable(str(path), 200)} cannot be written: {error.strerror}")
    _report(path, checked)


def _answers(options: dict[str, str | None]) -> dict[str, str]:
    """Return the valid values of the options and of the questions. Raises `UsageError` for an invalid option."""
    types = {name: type_ for name, type_, *_ in (*QUESTIONS, *HUB)} | OPTIONAL
    answers = {name: str(_valid(type_, name)(value)) for name, type_ in types.items() if (value := options[name])}
    asks = _asks()
    missing = [name for name, *_ in QUESTIONS if name not in answers and (name != "state" or asks)]
    answers = answers if asks else {"state": "local", **answers}
    exists = any(name in answers for name, *_ in HUB)
    if asks and missing and not exists:
        exists = click.confirm("Does the hub exist?")
    missing += [name for name, *_ in HUB if exists and name not in answers]
    if missing and not asks:
        needed = ", ".join(f"--{name.replace('_', '-')}" for name in missing)
        raise click.UsageError(f"without a terminal, init needs {needed}")
    for name, type_, question, *proposed in (*QUESTIONS, *HUB):
        if name in missing:
            default = next(iter(proposed), "") or None
            answers[name] = str(click.prompt(question, default=default, value_proc=_valid(type_)))
    return answers


def _asks() -> bool:
    return sys.stdin.isatty()


def _valid(type_: Any, option: str = "") -> Callable[[str], Any]:
    """Return a function that converts a text to its value, and raises `UsageError` for an invalid text."""
    adapter = TypeAdapter(type_)

    def convert(text: str) -> Any:
        try:
            return adapter.validate_python(text)
        except ValidationError as error:
            name = f"--{option.replace('_', '-')}: " if option else ""
            raise click.UsageError(f"{name}{printable(text)} {error.errors()[0]['msg']}") from None

    return convert


def _report(path: pathlib.Path, loaded: load.Loaded) -> None:
    shown = printable(str(path), 200)
    click.echo(f"wrote {shown}; compare its ranges with the ranges that your organization uses")
    for finding in loaded.findings:
        click.echo(f"{kind(finding)}: {statement(finding)}; {advice(finding)}")
    option = "" if path.resolve() == (CONFIG / "topology.yaml").resolve() else f" --topology {shown}"
    click.echo(f"next: bin/hvn rehearse{option}")
    click.echo(f"then: bin/hvn spoke add NAME --size 20 --cluster --app NAMESPACE/SERVICE-ACCOUNT{option}")
