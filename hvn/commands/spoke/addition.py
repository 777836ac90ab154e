"""Add a spoke to a topology file, and check the result."""

import pathlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from ipaddress import IPv4Network
from typing import Any

import click

from hvn.check import load
from hvn.commands.spoke import existing, new_app, new_spoke, shared_vnet
from hvn.commands.spoke.conversion import UNKNOWN, valid
from hvn.commands.spoke.node_pools import NewPool
from hvn.diagnostics.finding import Finding, Level, Message
from hvn.diagnostics.printable import printable
from hvn.diagnostics.text import render
from hvn.options import adapted, stop, tell
from hvn.topology import locations
from hvn.topology.fields import VmSize
from hvn.topology.model import NewHub, Topology
from hvn.topology.ranges import pool_of
from hvn.yamlfile import insertion, source


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
    dns_server: tuple[str, ...] = ()
    subnet_in_use: tuple[str, ...] = ()
    known_vnet: existing.ExistingVnet | None = None
    """The existing VNet, if `hvn init` knows its peering and zone link."""
    is_known: bool = False
    """The files from Azure contain the existing VNet."""


@dataclass(frozen=True, slots=True)
class Inserted:
    """The file with a new spoke, and the spoke's pool and range. A spoke in another spoke's VNet has only the range of
    its nodes. `pools` has the new pools of an existing VNet."""

    source: source.Source
    pool: str | None
    cidr: IPv4Network
    pools: Mapping[str, str]
    vnet: existing.ExistingVnet | None


@dataclass(frozen=True, slots=True)
class Addition:
    """The result of adding a spoke: the text before, the checked file after, and its new warnings."""

    before: str
    inserted: Inserted
    checked: load.Checked
    warnings: tuple[Finding, ...]


def make(loaded: load.Loaded, path: pathlib.Path, request: Request) -> Addition:
    """Return the checked file with the new spoke. If the file with the new spoke has errors, prints the errors and
    exits. The new spoke can repair an error, for example a firewall rule for this spoke."""
    topology = loaded.topology
    if topology is None:
        tell(loaded, err=True)
        sys.exit(1)
    if request.name in topology.spokes:
        stop(f"spoke {request.name} exists: choose another name")
    try:
        new = inserted(loaded.source, topology, request)
    except new_spoke.Refused as refused:
        stop(printable(str(refused), 500))
    if new is None:
        stop(f"{printable(str(path), 200)} has no place to insert a spoke: add the spoke manually, below spokes:")
    after = adapted(load.check(new.source, path.parent / "jwks", path.parent / "extra"), path)
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
    return Addition(loaded.source.text, new, after.checked, warnings)


def inserted(read: source.Source, topology: Topology, request: Request) -> Inserted | None:
    """Return the file with the new spoke; None if the file has no place for the spoke. Raises `Refused`."""
    vnet = request.known_vnet or _existing_vnet(topology, request)
    pools = existing.missing_pools(topology.address_pools, vnet.cidrs) if vnet else {}
    new, pool, cidr = _inserted(read, topology, request, vnet, pools)
    return Inserted(new, pool, cidr, pools, vnet) if new else None


def _existing_vnet(topology: Topology, request: Request) -> existing.ExistingVnet | None:
    """Return the existing VNet of the request. The topology peers it with a new hub; an existing hub may have the
    peering already."""
    if request.spoke_vnet_id is None:
        return None
    if not request.spoke_cidr:
        raise click.UsageError("--spoke-vnet-id needs --spoke-cidr, all ranges of the VNet")
    cidrs = existing.cidrs("spoke_cidr", request.spoke_cidr)
    return existing.ExistingVnet(
        existing.vnet_id(request.spoke_vnet_id),
        cidrs,
        hub_peering=isinstance(topology.hub, NewHub),
        subnets=existing.cidrs("subnet_in_use", request.subnet_in_use),
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
        dns_servers=list(request.dns_server) or new_spoke.dns_servers(topology),
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
