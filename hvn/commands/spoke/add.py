"""`hvn spoke add`: add a spoke to the topology file."""

import difflib
import json
import pathlib
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Network

import click
from click.core import ParameterSource
from pydantic import TypeAdapter, ValidationError

from hvn import completion
from hvn.check import load
from hvn.commands.spoke import new_app, new_spoke, shared_vnet
from hvn.diagnostics.finding import Finding, Level, Message
from hvn.diagnostics.printable import printable
from hvn.diagnostics.text import advice, kind, render, statement
from hvn.options import Choice, adapted, default_topology, format_option, read, stop, tell, topology_option
from hvn.printed import here
from hvn.topology import locations
from hvn.topology.fields import SpokeName
from hvn.topology.model import Topology
from hvn.yamlfile import insertion, replacing, source


@dataclass(frozen=True, slots=True)
class Request:
    """The arguments of `hvn spoke add`."""

    name: str
    size: int
    pool: str | None
    subscription_id: str | None
    vault_route: str
    vnet_of: str | None
    cluster: bool
    apps: tuple[new_app.NewApp, ...]


@dataclass(frozen=True, slots=True)
class Addition:
    """The result of adding a spoke: the file before and after, the new warnings, and the spoke's pool and range. A
    spoke in another spoke's VNet has no pool, and the range of its nodes."""

    before: str
    source: source.Source
    checked: load.Checked
    warnings: tuple[Finding, ...]
    pool: str | None
    cidr: IPv4Network


def apps_of(_context: click.Context, _parameter: click.Parameter, values: Sequence[str]) -> tuple[new_app.NewApp, ...]:
    """Return the apps of the option `--app`. Raises `BadParameter` for an invalid value."""
    try:
        return tuple(map(new_app.new_app, values))
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@click.command()
@click.argument("name")
@click.option("--size", type=click.IntRange(8, 29), required=True, help="The range's prefix length: 16 for a /16.")
@click.option("--pool", metavar="POOL", help="The address pool.  [default: the only pool for this vault route]")
@click.option("--subscription-id", metavar="UUID", help="The spoke's subscription.")
@click.option(
    "--vault-route",
    type=Choice(["direct", "via-hub", "none"]),
    default="direct",
    show_default=True,
    help="The route between the spoke and Vault.",
)
@click.option(
    "--vnet-of",
    metavar="SPOKE",
    shell_complete=completion.spokes,
    help="Add a cluster in a new subnet of this spoke's VNet.",
)
@click.option("--cluster", is_flag=True, help="Add a private AKS cluster with at most three nodes.")
@click.option(
    "--app",
    "apps",
    multiple=True,
    metavar=new_app.FORM,
    callback=apps_of,
    help="Add an app to the cluster, with one secret.  [default path: SPOKE/APP]  Repeatable.",
)
@click.option("--dry-run", is_flag=True, help="Print the change as a diff; do not write the file.")
@topology_option
@format_option
def add(file: pathlib.Path | None, *, dry_run: bool, form: str, **arguments: object) -> None:
    """Add a spoke to the topology file.

    Adds the spoke NAME after the other spokes, with the next free block of its pool. Does not change other bytes, or
    write a file with errors.

    \b
    Examples:
      hvn spoke add shipping --size 16
      hvn spoke add shipping --size 20 --vault-route via-hub --dry-run
      hvn spoke add shipping --size 16 --cluster --app shop/shipping
      hvn spoke add orders-blue --size 20 --vnet-of orders
    """
    request = Request(**arguments)  # type: ignore[arg-type]  # the options above, by their names
    if request.vnet_of is not None:
        _require_only_vnet_of()
        request = replace(request, cluster=True)
    try:
        TypeAdapter(SpokeName).validate_python(request.name)
    except ValidationError as error:
        rule = error.errors()[0]["msg"].removeprefix("is not ")
        stop(f"{printable(request.name)} is not a valid spoke name: {rule}")
    if request.apps and not request.cluster:
        raise click.UsageError("an app runs in a cluster: add --cluster")
    if dry_run and form == "json":
        raise click.UsageError("--dry-run prints a diff, not JSON: use only one of --dry-run and --format json")
    path = file or default_topology()
    before = read(path).source.text
    if dry_run:
        click.echo(_diff(path, before, _make(path, request).source.text), nl=False)
        return
    try:
        with replacing.locked(path):
            made = _make(path, request)
            replacing.replace(path, made.before.encode(), made.source.text.encode())
    except OSError as error:
        stop(f"{printable(str(path), 200)} cannot be written ({error.strerror}); it is unchanged")
    except replacing.Changed:
        stop(f"{printable(str(path), 200)} was changed by another process and was not written: try again")
    _report(path, request, made, form)


def _require_only_vnet_of() -> None:
    """Raise `UsageError` for an option that a spoke in the VNet of another spoke cannot have."""
    context = click.get_current_context()
    for name in ("pool", "subscription_id", "vault_route"):
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            option = name.replace("_", "-")
            raise click.UsageError(f"--vnet-of and --{option} exclude each other: the VNet belongs to another spoke")


def _make(path: pathlib.Path, request: Request) -> Addition:
    """Return the checked file with the new spoke. If the file with the new spoke has errors, prints the errors and
    exits. The new spoke can repair an error, for example a firewall rule for this spoke."""
    loaded = read(path)
    topology = loaded.topology
    if topology is None:
        tell(loaded, err=True)
        sys.exit(1)
    if request.name in topology.spokes:
        stop(f"spoke {request.name} exists: choose another name")
    try:
        new, pool, cidr = _inserted(loaded.source, topology, request)
    except new_spoke.Refused as refused:
        stop(printable(str(refused), 500))
    if new is None:
        stop(f"{printable(str(path), 200)} has no place to insert a spoke: add the spoke manually, below spokes:")
    after = adapted(load.check(new, path.parent / "jwks", path.parent / "extra"), path)
    known = {(finding.rule.id, finding.path) for finding in loaded.findings}
    if after.checked is None:
        # The lines of the new spoke do not exist.
        failed = [finding for finding in after.findings if finding.severity is Level.ERROR]
        errors = [
            finding if (finding.rule.id, finding.path) in known else _of_option(finding, request) for finding in failed
        ]
        click.echo(render(errors), err=True)
        click.echo(
            f"\n{printable(str(path), 200)} is unchanged: with the new spoke the file would have these errors", err=True
        )
        sys.exit(1)
    warnings = tuple(finding for finding in after.findings if (finding.rule.id, finding.path) not in known)
    return Addition(loaded.source.text, new, after.checked, warnings, pool, cidr)


def _inserted(
    read: source.Source, topology: Topology, request: Request
) -> tuple[source.Source | None, str | None, IPv4Network]:
    """Return the file with the new spoke, its pool and its range. The file is None if it has no place for the spoke.
    Raises `Refused`."""
    name, size = request.name, request.size
    cluster = new_spoke.like_others(topology, request.apps) if request.cluster else None
    if request.vnet_of is not None and cluster:
        cidr = shared_vnet.node_subnet(topology, name, request.vnet_of, size)
        spoke = shared_vnet.written(name, request.vnet_of, cluster)
        with_subnet = insertion.insert(read, ("spokes", request.vnet_of, "subnets", name), str(cidr))
        return with_subnet and insertion.insert(with_subnet, ("spokes", name), spoke), None, cidr
    pool, cidr = new_spoke.next_block(topology, size, request.pool, request.vault_route)
    spoke = new_spoke.written(
        name,
        cidr,
        request.vault_route,
        has_gateway=locations.has_gateway(topology),
        cluster=cluster,
        subscription_id=request.subscription_id,
    )
    return insertion.insert(read, ("spokes", name), spoke), pool, cidr


def _of_option(finding: Finding, request: Request) -> Finding:
    """Return the finding about the new spoke without a line. For too few addresses of nodes, the fix is an option."""
    finding = replace(finding, file="", span=None)
    nodes = {("spokes", request.name, "cluster", "node_cidr"), ("spokes", request.vnet_of, "subnets", request.name)}
    if finding.path in nodes and request.size > new_spoke.SMALLEST:
        return replace(finding, fix=Message("use `--size {size}`", size=new_spoke.SMALLEST))
    return finding


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
    line = made.source.key_span(("spokes", request.name)).line
    if form == "json":
        document = {
            "spoke": request.name,
            "pool": made.pool,
            "cidr": str(made.cidr),
            "vnet_of": request.vnet_of,
            "line": line,
            "workspaces": order,
            "blocked": blocked,
            "warnings": [finding.rule.id for finding in made.warnings],
        }
        click.echo(json.dumps(document, indent=2))
        return
    owner = f"the VNet of {request.vnet_of}" if request.vnet_of else f"the pool {made.pool}"
    click.echo(f"{request.name} has {made.cidr} of {owner}: {printable(str(path), 200)}, line {line}")
    click.echo(f"workspaces: {' '.join(order)}")
    for finding in made.warnings:
        click.echo(f"{kind(finding)}: {statement(finding)}; {advice(finding)}")
    network = [f"network-{request.vnet_of}"] if request.vnet_of else []
    ready = network + [workspace for workspace in order if workspace not in blocked]
    rehearse, deploy = map(here(path).command, ("bin/hvn rehearse", f"bin/cdktf deploy {' '.join(ready)}"))
    click.echo(f"next: run {rehearse}, commit the change, and run {deploy}")
    if blocked:
        click.echo(f"blocked until jwks/{request.name}.json exists: {' '.join(blocked)}")
