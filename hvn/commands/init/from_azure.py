"""Read the files of `--azure`, and find the existing VNets of the spokes in them."""

import pathlib
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from ipaddress import IPv4Network

import click

from hvn.commands.init import azure_clusters, azure_json, azure_network, azure_subnets, parsing
from hvn.commands.init.azure_json import Azure
from hvn.commands.init.azure_resources import Vnet
from hvn.commands.init.request import Request, ranges_of
from hvn.commands.spoke import existing
from hvn.commands.spoke.addition import Request as Addition
from hvn.commands.spoke.conversion import SHORT_ID, UNKNOWN
from hvn.diagnostics.printable import printable
from hvn.diagnostics.suggest import closest
from hvn.options import stop


def read(files: Sequence[pathlib.Path]) -> Azure | None:
    """Return the resources of the files; None without files. Exits with 1 for files with an unknown format."""
    try:
        return azure_json.read(files) if files else None
    except azure_json.Unreadable as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    except OSError as error:
        stop(f"{printable(str(error.filename), 200)} cannot be read: {error.strerror}")


def vnet_id(azure: Azure | None, option: str, text: str) -> str:
    """Return the id of the VNet of an option, which can be a name in the files. Raises `UsageError`."""
    if not text or "/" in text:
        return text
    if azure is None:
        raise click.UsageError(f"{option}: a name needs --azure; without it, write {SHORT_ID}")
    return vnet(azure, text, f"{option}: ").id


def vnet(azure: Azure, name: str, place: str = "") -> Vnet:
    """Return the VNet with this name or id. `place` is the beginning of error messages. Raises `UsageError` if no VNet,
    or several VNets, have the name."""
    vnets = azure_network.find(azure, name)
    if len(vnets) != 1:
        names = {vnet.name.lower(): vnet.name for vnet in azure.vnets.values()}
        near = closest(name.lower(), names)
        hint = f"; did you mean {printable(names[near])}?" if near else ""
        several = f": {', '.join(printable(vnet.id, 300) for vnet in vnets)}" if vnets else hint
        raise click.UsageError(
            f"{place}the --azure files contain {len(vnets) or 'no'} VNet{'s' * (len(vnets) > 1)} "
            f"{printable(name, 300)}{several}"
        )
    return vnets[0]


def with_clusters(azure: Azure | None, request: Request) -> Request:
    """Return the request with the ranges of existing clusters, and with ids instead of names. Raises `UsageError` for
    an unknown name."""
    more = []
    for spoke in request.more:
        found = _facts(azure, spoke.cluster_id or "", "--add-spoke")
        nodes = spoke.node_cidr or tuple(found.get("node_cidr", "").split(",")) if found else spoke.node_cidr
        pods = spoke.pod_cidr or found.get("pod_cidr")
        more.append(replace(spoke, cluster_id=found.get("cluster_id"), node_cidr=nodes, pod_cidr=pods))
    answers = {**_facts(azure, request.answers.get("cluster_id", ""), "--cluster-id"), **request.answers}
    return replace(request, answers=answers, more=tuple(more))


def _facts(azure: Azure | None, text: str, place: str) -> Mapping[str, str]:
    """Return the answers about the cluster of an option."""
    clusters = [*azure.clusters.values()] if azure else []
    cluster_id = azure_clusters.cluster_id(clusters, text, place)
    cluster = azure_clusters.find(clusters, cluster_id) if cluster_id else None
    if azure and cluster:
        return azure_clusters.facts(cluster, azure.vnets.values())
    return {"cluster_id": cluster_id} if cluster_id else {}


def with_vnets(azure: Azure | None, request: Request) -> Request:
    """Return the request with the existing VNets of its spokes. Raises `UsageError` for missing ranges."""
    answers = request.answers
    if vnet_id := answers.get("spoke_vnet_id"):
        nodes = ranges_of(answers, "node_cidr")
        named = nodes if "cluster_id" in answers else ()
        subnets = () if answers.get("subnet_in_use") == UNKNOWN else ranges_of(answers, "subnet_in_use")
        spoke_vnet, vnet = _existing_vnet(azure, answers, vnet_id, ranges_of(answers, "spoke_cidr"), named, subnets)
        nodes = _nodes(vnet, nodes, new_cluster=request.cluster)
        request = replace(request, spoke_vnet=spoke_vnet, nodes=nodes, is_known=vnet is not None)
    return replace(request, more=tuple(_with_vnet(azure, answers, one) for one in request.more))


def _with_vnet(azure: Azure | None, answers: Mapping[str, str], spoke: Addition) -> Addition:
    if not spoke.spoke_vnet_id:
        return spoke
    vnet_id = existing.vnet_id(spoke.spoke_vnet_id)
    existing.require_nodes(spoke.cluster_id, spoke.node_cidr)
    nodes = existing.cidrs("node_cidr", spoke.node_cidr)
    cidrs, named = existing.cidrs("spoke_cidr", spoke.spoke_cidr), nodes if spoke.cluster_id else ()
    subnets = existing.cidrs("subnet_in_use", spoke.subnet_in_use)
    known, vnet = _existing_vnet(azure, answers, vnet_id, cidrs, named, subnets)
    nodes = _nodes(vnet, nodes, new_cluster=spoke.cluster)
    texts = tuple(str(cidr) for cidr in known.cidrs)
    return replace(
        spoke, known_vnet=known, spoke_cidr=texts, node_cidr=tuple(map(str, nodes)), is_known=vnet is not None
    )


def _existing_vnet(
    azure: Azure | None,
    answers: Mapping[str, str],
    vnet_id: str,
    cidrs: tuple[IPv4Network, ...],
    named: tuple[IPv4Network, ...],
    subnets: tuple[IPv4Network, ...],
) -> tuple[existing.ExistingVnet, Vnet | None]:
    """Return the existing VNet of a spoke, and the VNet of the files; None without the VNet in the files. Then only a
    new hub needs a peering. `named` has the ranges of an existing cluster's nodes."""
    vnet = next(iter(azure_network.find(azure, vnet_id)), None) if azure else None
    cidrs = cidrs or (vnet.cidrs if vnet else ())
    if not cidrs:
        raise click.UsageError("--spoke-vnet-id needs --spoke-cidr, all ranges of the VNet, or the VNet in --azure")
    hub, zone = answers.get("hub_vnet_id", ""), answers.get("hub_dns_zone_id", "")
    spoke_vnet = existing.ExistingVnet(
        vnet_id, cidrs, hub_peering=answers["hub"] in ("new", "no-firewall"), subnets=subnets
    )
    if azure and vnet:
        spoke_vnet = replace(
            spoke_vnet,
            hub_peering=answers["hub"] != parsing.NO and not (hub and azure_network.peered(hub, vnet, azure)),
            zone_link=not (zone and azure_network.linked(azure, zone, vnet.id)),
            uses_gateway=azure_network.uses_gateway(hub, vnet),
            subnets=azure_subnets.other_subnets(vnet, named),
        )
    return spoke_vnet, vnet


def _nodes(vnet: Vnet | None, nodes: tuple[IPv4Network, ...], *, new_cluster: bool) -> tuple[IPv4Network, ...]:
    """Return the ranges of a cluster's nodes; without an answer, a free range for a new cluster. Raises `UsageError` if
    the range of a new cluster is not free."""
    if not (vnet and new_cluster):
        return nodes
    if overlap := azure_subnets.subnet_overlap(vnet, nodes):
        raise click.UsageError(f"--node-cidr: {overlap}")
    free = azure_subnets.free_nodes(vnet)
    return nodes or ((free,) if free else ())
