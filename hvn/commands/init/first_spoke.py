"""The first spoke of a new topology: its new range or existing VNet, and its cluster."""

from collections.abc import Callable, Iterable, Mapping
from ipaddress import IPv4Network
from typing import Any

import click

from hvn.check.free_blocks import FreeBlocks
from hvn.commands.init import parsing
from hvn.commands.init.request import NoRange, Request
from hvn.commands.spoke import existing, new_spoke
from hvn.commands.spoke.conversion import UNKNOWN

SPOKE = 22
"""The prefix length of the first spoke. Half of the range is for the nodes: about 500, with an overlay for the pods."""
POOL = 16
"""The prefix length of the largest proposed pool."""
SPOKES = 4
"""The smallest number of bits between the prefix lengths of a pool and its spokes, so that 16 spokes fit into it."""


def pools(request: Request, pool: IPv4Network) -> tuple[Mapping[str, str], list[str]]:
    """Return the address pools, and the names of the transit pools: for new spokes, and for the ranges of existing
    VNets outside this pool."""
    pools = {"spokes": pool}
    transit = ["spokes"] if request.route == "via-hub" else []
    for vnet, route in request.vnets:
        missing = existing.missing_pools(pools, vnet.cidrs)
        pools |= {name: IPv4Network(cidr) for name, cidr in missing.items()}
        transit += missing if route == "via-hub" else []
    return {name: str(cidr) for name, cidr in pools.items()}, transit


def size_in(request: Request) -> int:
    """Return the prefix length of a new spoke without an answer."""
    pool = request.answers.get("pool_cidr", "free")
    largest = 0 if pool == "free" else IPv4Network(pool).prefixlen
    return max(min(new_spoke.SMALLEST, max(SPOKE, largest + SPOKES)), largest)


def named(request: Request) -> Callable[[str], tuple[str, str]]:
    """Return a function that converts an answer to a spoke's name and size, and refuses a size larger than the pool."""

    def convert(text: str) -> tuple[str, str]:
        name, size = parsing.spoke(text)
        pool = request.answers.get("pool_cidr", "free")
        if size and pool != "free" and int(size) < IPv4Network(pool).prefixlen:
            raise click.UsageError(f"the pool {pool} has no free /{size}")
        if size and pool == "free" and int(size) < POOL:
            raise click.UsageError(f"a /{size} needs --pool-cidr: a proposed pool is at most a /{POOL}")
        return name, size

    return convert


def fields(request: Request, pool: IPv4Network, taken: Iterable[IPv4Network]) -> Mapping[str, Any]:
    """Return the fields of the first spoke.

    Raises `NoRange` if the pool has no free range, and `new_spoke.Refused` if the existing VNet has no known free range
    for the nodes, or if two apps would have the same name.
    """
    # The gateway of a new hub does not exist before the first deploy.
    gateway = request.gateway != "" and request.answers["hub"] == "existing"
    name = request.answers["spoke"]
    if request.spoke_vnet:
        return existing.written(
            name,
            request.spoke_vnet,
            request.route,
            has_gateway=gateway,
            cluster=_existing_cluster(request) or _new_cluster(request),
            nodes=request.nodes,
        )
    length = int(request.answers.get("spoke_size", size_in(request)))
    # The hub may be in the pool.
    cidr = FreeBlocks((pool,), (one for one in taken if not pool.subnet_of(one))).take(length)
    if cidr is None:
        raise NoRange(
            f"the pool {pool} has no free /{length} for the first spoke: set --spoke-size or another --pool-cidr"
        )
    servers = [one for one in request.answers.get("dns_server", "").split(",") if one]
    return new_spoke.written(
        name, cidr, request.route, has_gateway=gateway, dns_servers=servers, cluster=_new_cluster(request)
    )


def _new_cluster(request: Request) -> new_spoke.NewCluster | None:
    if not request.cluster:
        return None
    size = {"vm_size": request.answers["node_size"]} if "node_size" in request.answers else {}
    return new_spoke.NewCluster(
        apps=request.apps, admin_groups=request.admin_groups, node_pools=request.node_pools, **size
    )


def _existing_cluster(request: Request) -> existing.ExistingCluster | None:
    answers = request.answers
    if "cluster_id" not in answers:
        return None
    pods = answers.get("pod_cidr", UNKNOWN)
    overlay = None if pods == UNKNOWN else IPv4Network(pods)
    return existing.ExistingCluster(answers["cluster_id"], request.nodes, overlay, request.apps)
