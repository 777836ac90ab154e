"""`hvn spoke add`: add a spoke to the topology file."""

import difflib
import json
import pathlib
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Network
from typing import Any

import click
from click.core import ParameterSource
from pydantic import TypeAdapter, ValidationError

from hvn import completion
from hvn.check import load
from hvn.commands.spoke import existing, new_app, new_spoke, node_pools, shared_vnet
from hvn.commands.spoke.conversion import SHORT_ID, UNKNOWN, dashed, valid
from hvn.commands.spoke.node_pools import NewPool
from hvn.diagnostics.finding import Finding, Level, Message
from hvn.diagnostics.printable import printable
from hvn.diagnostics.text import advice, kind, render, statement
from hvn.options import Choice, adapted, default_topology, format_option, read, stop, tell, topology_option
from hvn.printed import here
from hvn.topology import locations
from hvn.topology.fields import SpokeName, VmSize
from hvn.topology.model import NewHub, Topology
from hvn.topology.ranges import pool_of
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
    node_size: str | None
    node_pools: tuple[NewPool, ...]
    apps: tuple[new_app.NewApp, ...]
    spoke_vnet_id: str | None
    spoke_cidr: tuple[str, ...]
    cluster_id: str | None
    node_cidr: tuple[str, ...]
    pod_cidr: str | None


@dataclass(frozen=True, slots=True)
class Addition:
    """The result of adding a spoke: the file before and after, the new warnings, and the spoke's pool and range. A
    spoke in another spoke's VNet has only the range of its nodes. `pools` has the new pools of an existing VNet."""

    before: str
    source: source.Source
    checked: load.Checked
    warnings: tuple[Finding, ...]
    pool: str | None
    cidr: IPv4Network
    pools: Mapping[str, str]
    vnet: existing.ExistingVnet | None


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
    existing.require_agreement(arguments, new_cluster=bool(arguments["cluster"]))
    if arguments["spoke_vnet_id"] is None and arguments["size"] is None:
        raise click.UsageError("--size is missing: it sets the range of a new VNet or subnet")
    request = Request(**{"size": 0} | arguments)  # type: ignore[arg-type]  # the options above, by their names
    if request.vnet_of is not None:
        _require_only("vnet_of", "pool", "subscription_id", "vault_route", "spoke_vnet_id")
        request = replace(request, cluster=True)
    if request.spoke_vnet_id is not None:
        _require_only("spoke_vnet_id", "size", "pool", "subscription_id")
    try:
        TypeAdapter(SpokeName).validate_python(request.name)
    except ValidationError as error:
        rule = error.errors()[0]["msg"].removeprefix("is not ")
        stop(f"{printable(request.name)} is not a valid spoke name: {rule}")
    if request.apps and not (request.cluster or request.cluster_id):
        raise click.UsageError("an app runs in a cluster: add --cluster")
    if (request.node_size or request.node_pools) and not request.cluster:
        raise click.UsageError(f"--node-{'size' if request.node_size else 'pool'} needs --cluster")
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


def _require_only(vnet_option: str, *names: str) -> None:
    """Raise `UsageError` for an option that a spoke without a new VNet cannot have."""
    context = click.get_current_context()
    for name in names:
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise click.UsageError(f"--{dashed(vnet_option)} and --{dashed(name)} exclude each other: the VNet exists")


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
        vnet = _existing_vnet(topology, request)
        pools = existing.missing_pools(topology.address_pools, vnet.cidrs) if vnet else {}
        new, pool, cidr = _inserted(loaded.source, topology, request, vnet, pools)
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
    return Addition(loaded.source.text, new, after.checked, warnings, pool, cidr, pools, vnet)


def _existing_vnet(topology: Topology, request: Request) -> existing.ExistingVnet | None:
    """Return the existing VNet of the request. The topology peers it with a new hub; an existing hub may have the
    peering already."""
    if request.spoke_vnet_id is None:
        return None
    if not request.spoke_cidr:
        raise click.UsageError("--spoke-vnet-id needs --spoke-cidr, all ranges of the VNet")
    cidrs = existing.cidrs("spoke_cidr", request.spoke_cidr)
    return existing.ExistingVnet(
        existing.vnet_id(request.spoke_vnet_id), cidrs, hub_peering=isinstance(topology.hub, NewHub)
    )


def _in_existing_vnet(topology: Topology, request: Request, vnet: existing.ExistingVnet) -> Mapping[str, Any]:
    """Return the fields of a spoke in an existing VNet. Raises `Refused`."""
    nodes = existing.cidrs("node_cidr", request.node_cidr)
    cluster: new_spoke.NewCluster | existing.ExistingCluster | None = None
    if request.cluster_id:
        pods = valid(existing.PodCidr, "pod_cidr")(request.pod_cidr or UNKNOWN)
        overlay = None if pods == UNKNOWN else pods
        cluster = existing.ExistingCluster(existing.cluster_id(request.cluster_id), nodes, overlay, request.apps)
    elif request.cluster:
        cluster = _new_cluster(topology, request)
    return existing.written(
        request.name,
        vnet,
        request.vault_route,
        has_gateway=locations.has_gateway(topology),
        cluster=cluster,
        nodes=nodes,
    )


def _new_cluster(topology: Topology, request: Request) -> new_spoke.NewCluster:
    size = valid(VmSize, "node_size")(request.node_size) if request.node_size else None
    return new_spoke.like_others(topology, request.apps, size, request.node_pools)


def _inserted(
    read: source.Source,
    topology: Topology,
    request: Request,
    vnet: existing.ExistingVnet | None,
    pools: Mapping[str, str],
) -> tuple[source.Source | None, str | None, IPv4Network]:
    """Return the file with the new spoke, its pool and its range. The file is None if it has no place for the spoke.
    Raises `Refused`."""
    name, size = request.name, request.size
    if vnet:
        if pools and request.vault_route == "via-hub":
            raise new_spoke.Refused(
                f"no transit pool contains {next(iter(pools.values()))}: add this range to address_pools, and the "
                "pool's name to hub.vault_peering.transit_pools"
            )
        with_pools: source.Source | None = read
        for pool_name, cidr_of_pool in pools.items():
            with_pools = with_pools and insertion.insert(with_pools, ("address_pools", pool_name), cidr_of_pool)
        spoke = _in_existing_vnet(topology, request, vnet)
        new = with_pools and insertion.insert(with_pools, ("spokes", name), spoke)
        return new, pool_of(topology, vnet.cidrs[0]) or next(iter(pools), None), vnet.cidrs[0]
    cluster = _new_cluster(topology, request) if request.cluster else None
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
        dns_servers=new_spoke.dns_servers(topology),
        subscription_id=request.subscription_id,
    )
    return insertion.insert(read, ("spokes", name), spoke), pool, cidr


def _of_option(finding: Finding, request: Request) -> Finding:
    """Return the finding about the new spoke without a line. For too few addresses of nodes, the fix is an option."""
    finding = replace(finding, file="", span=None)
    nodes = {("spokes", request.name, "cluster", "node_cidr"), ("spokes", request.vnet_of, "subnets", request.name)}
    if finding.path in nodes and request.size > new_spoke.SMALLEST and not request.node_pools:
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
    ranges = ", ".join(map(str, made.vnet.cidrs if made.vnet else (made.cidr,)))
    default = made.checked.topology.azure.subscription_id
    subscription = f", in subscription {request.subscription_id or f'{default}, the default'}"
    if request.vnet_of:
        subscription = ""
    if made.vnet:
        subscription = ""
        owner = f"the existing VNet {printable(made.vnet.vnet_id.rpartition('/')[2])}"
    click.echo(f"{request.name} has {ranges} of {owner}{subscription}: {printable(str(path), 200)}, line {line}")
    for name, cidr in made.pools.items():
        click.echo(f"new pool: address_pools.{name} {cidr}")
    click.echo(f"workspaces: {' '.join(order)}")
    for finding in made.warnings:
        click.echo(f"{kind(finding)}: {statement(finding)}; {advice(finding)}")
    hub = made.checked.topology.hub
    for task in existing.open_tasks(request.name, made.vnet, hub, has_cluster=request.cluster_id is not None):
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
