"""`hvn spoke add`: add a spoke to the topology file."""

import difflib
import json
import pathlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import click
from click.core import ParameterSource
from pydantic import TypeAdapter, ValidationError

from hvn import completion
from hvn.commands.spoke import existing, new_app, node_pools
from hvn.commands.spoke.addition import Addition, Request, make
from hvn.commands.spoke.conversion import SHORT_ID, UNKNOWN, dashed, valid
from hvn.diagnostics.printable import printable
from hvn.diagnostics.text import advice, kind, statement
from hvn.options import Choice, default_topology, format_option, read, stop, topology_option
from hvn.printed import here
from hvn.topology.fields import Ip, SpokeName
from hvn.yamlfile import replacing


def apps_of(_context: click.Context, _parameter: click.Parameter, values: Sequence[str]) -> tuple[new_app.NewApp, ...]:
    """Return the apps of the option `--app`. Raises `BadParameter` for an invalid value."""
    try:
        return tuple(map(new_app.new_app, values))
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@click.command()
@click.argument("name")
@click.option("--size", type=click.IntRange(8, 29), help="The prefix length of the new range: 16 for a /16.")
@click.option("--pool", metavar="POOL", help="The address pool.  [default: the only pool for this vault route]")
@click.option("--subscription-id", metavar="UUID", help="The spoke's subscription.  [default: azure.subscription_id]")
@click.option(
    "--vault-route",
    type=Choice(["direct", "via-hub", "none"]),
    default="direct",
    show_default=True,
    help="The route between the spoke and Vault.",
)
@click.option(
    "--dns-server",
    multiple=True,
    metavar="IP",
    callback=lambda _ctx, _parameter, values: tuple(str(valid(Ip, "dns_server")(value)) for value in values),
    help="A DNS server, repeatable.  [default: as in the other new VNets]",
)
@click.option(
    "--vnet-of",
    metavar="SPOKE",
    shell_complete=completion.spokes,
    help="Add a cluster in a new subnet of this spoke's VNet.",
)
@existing.options(f"ID|{SHORT_ID}", "An existing VNet.")
@click.option("--cluster", is_flag=True, help="Add a private AKS cluster.")
@node_pools.options("as in the other clusters")
@click.option(
    "--app",
    "apps",
    multiple=True,
    metavar=new_app.FORM,
    callback=apps_of,
    help="An app with one secret, repeatable.  [default path: SPOKE/APP]",
)
@click.option("--dry-run", is_flag=True, help="Print the change as a diff; do not write the file.")
@topology_option
@format_option
def add(file: pathlib.Path | None, *, dry_run: bool, form: str, **arguments: object) -> None:
    """Add a spoke to the topology file.

    Adds the spoke NAME, with the next free block of its pool. Does not change other bytes, or write a file with
    errors.

    \b
    Examples:
      hvn spoke add shipping --size 16
      hvn spoke add shipping --size 20 --vault-route via-hub --dry-run
      hvn spoke add shipping --size 16 --cluster --app shop/shipping
      hvn spoke add orders-blue --size 20 --vnet-of orders
      hvn spoke add claims --spoke-vnet-id SUBSCRIPTION/rg/vnet --spoke-cidr 10.8.0.0/22
    """
    request = requested(arguments)
    existing.require_nodes(request.cluster_id, request.node_cidr)
    if dry_run and form == "json":
        raise click.UsageError("--dry-run prints a diff, not JSON: use only one of --dry-run and --format json")
    path = file or default_topology()
    before = read(path).source.text
    if dry_run:
        click.echo(_diff(path, before, make(read(path), path, request).inserted.source.text), nl=False)
        return
    try:
        with replacing.locked(path):
            made = make(read(path), path, request)
            replacing.replace(path, made.before.encode(), made.inserted.source.text.encode())
    except OSError as error:
        stop(f"{printable(str(path), 200)} cannot be written ({error.strerror}); it is unchanged")
    except replacing.Changed:
        stop(f"{printable(str(path), 200)} was changed by another process and was not written: try again")
    _report(path, request, made, form)


def requested(arguments: Mapping[str, object]) -> Request:
    """Return the request of the options. Raises `UsageError` for options that contradict each other."""
    existing.require_agreement(arguments, new_cluster=bool(arguments["cluster"]))
    if arguments["spoke_vnet_id"] is None and arguments["size"] is None:
        raise click.UsageError("--size is missing: it sets the range of a new VNet or subnet")
    request = Request(**{**arguments, "size": arguments["size"] or 0})  # type: ignore[arg-type]  # by their names
    if request.vnet_of is not None:
        _require_only("vnet_of", "pool", "subscription_id", "vault_route", "spoke_vnet_id", "dns_server")
        request = replace(request, cluster=True)
    if request.spoke_vnet_id is not None:
        _require_only("spoke_vnet_id", "size", "pool", "subscription_id", "dns_server")
    try:
        TypeAdapter(SpokeName).validate_python(request.name)
    except ValidationError as error:
        rule = error.errors()[0]["msg"].removeprefix("is not ")
        stop(f"{printable(request.name)} is not a valid spoke name: {rule}")
    if request.apps and not (request.cluster or request.cluster_id):
        raise click.UsageError("an app runs in a cluster: add --cluster")
    if (request.node_size or request.node_pools) and not request.cluster:
        raise click.UsageError(f"--node-{'size' if request.node_size else 'pool'} needs --cluster")
    return request


def _require_only(vnet_option: str, *names: str) -> None:
    """Raise `UsageError` for an option that a spoke without a new VNet cannot have."""
    context = click.get_current_context()
    for name in names:
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise click.UsageError(f"--{dashed(vnet_option)} and --{dashed(name)} exclude each other: the VNet exists")


def _diff(path: pathlib.Path, before: str, after: str) -> str:
    shown = printable(str(path), 200)
    lines = difflib.unified_diff(_lines(before), _lines(after), f"a/{shown}", f"b/{shown}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _lines(text: str) -> list[str]:
    """Return the lines of a text as `diff` counts them, because `splitlines` also splits at other characters."""
    return re.findall(r"[^\n]*\n|[^\n]+$", text)


def _report(path: pathlib.Path, request: Request, made: Addition, form: str) -> None:
    workspaces = [workspace for workspace in made.checked.workspaces() if workspace.spoke == request.name]
    order = [workspace.id for workspace in workspaces]
    blocked = [workspace.id for workspace in workspaces if workspace.blocked]
    line = made.inserted.source.key_span(("spokes", request.name)).line
    if form == "json":
        document = {
            "spoke": request.name,
            "pool": made.inserted.pool,
            "cidr": str(made.inserted.cidr),
            "vnet_of": request.vnet_of,
            "line": line,
            "workspaces": order,
            "blocked": blocked,
            "warnings": [finding.rule.id for finding in made.warnings],
        }
        click.echo(json.dumps(document, indent=2))
        return
    owner = f"the VNet of {request.vnet_of}" if request.vnet_of else f"the pool {made.inserted.pool}"
    ranges = ", ".join(map(str, made.inserted.vnet.cidrs if made.inserted.vnet else (made.inserted.cidr,)))
    default = made.checked.topology.azure.subscription_id
    subscription = f", in subscription {request.subscription_id or f'{default}, the default'}"
    if request.vnet_of:
        subscription = ""
    if made.inserted.vnet:
        subscription = ""
        owner = f"the existing VNet {printable(made.inserted.vnet.vnet_id.rpartition('/')[2])}"
    click.echo(f"{request.name} has {ranges} of {owner}{subscription}: {printable(str(path), 200)}, line {line}")
    for name, cidr in made.inserted.pools.items():
        click.echo(f"new pool: address_pools.{name} {cidr}")
    click.echo(f"workspaces: {' '.join(order)}")
    for finding in made.warnings:
        click.echo(f"{kind(finding)}: {statement(finding)}; {advice(finding)}")
    hub = made.checked.topology.hub
    for task in existing.open_tasks(request.name, made.inserted.vnet, hub, request.cluster_id):
        click.echo(f"to do: {task}")
    if request.pod_cidr == UNKNOWN:
        click.echo(f"to do: {existing.unknown_pods(request.name)}")
    network = [f"network-{request.vnet_of}"] if request.vnet_of else []
    ready = network + [workspace for workspace in order if workspace not in blocked]
    commands = ("bin/hvn rehearse", "bin/hvn workspaces", f"bin/cdktf deploy {' '.join(ready)}")
    rehearse, order_command, deploy = map(here(path).command, commands)
    click.echo(f"{order_command} lists the order of all workspaces")
    click.echo(f"next: run {rehearse}, commit the change, and run {deploy}")
    if blocked:
        click.echo(f"blocked until jwks/{request.name}.json exists: {' '.join(blocked)}")
