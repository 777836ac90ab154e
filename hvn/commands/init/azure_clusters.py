"""Find the existing AKS clusters of a VNet, and the ranges of their nodes and pods."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import click

from hvn.commands.init.azure_resources import Cluster, Vnet
from hvn.commands.init.parsing import NO
from hvn.commands.spoke.conversion import SHORT_ID, UNKNOWN
from hvn.diagnostics.printable import printable
from hvn.diagnostics.suggest import closest


def in_vnet(clusters: Iterable[Cluster], vnet: Vnet) -> list[Cluster]:
    """Return the clusters with nodes in this VNet."""
    place = f"{vnet.id.lower()}/subnets/"
    return [
        cluster for cluster in clusters if any(pool.node_subnet.lower().startswith(place) for pool in cluster.pools)
    ]


def find(clusters: Iterable[Cluster], text: str) -> Cluster | None:
    """Return the only cluster with this name or id; None without one."""
    found = [one for one in clusters if text.lower() in (one.id.lower(), one.name.lower())]
    return found[0] if len(found) == 1 else None


def zone_owner(clusters: Iterable[Cluster], zone_id: str) -> str:
    """Return the name of the cluster for which AKS created this private DNS zone; an empty text without one."""
    return next((printable(one.name) for one in clusters if one.owns(zone_id)), "")


def cluster_id(clusters: Sequence[Cluster], text: str, place: str) -> str:
    """Return the id of the cluster of an option, which can be a name in the files. `place` is the beginning of error
    messages. Raises `UsageError`."""
    if not text or "/" in text:
        return text
    if not clusters:
        raise click.UsageError(f"{place}: a name needs --azure with clusters; without them, write {SHORT_ID}")
    cluster = find(clusters, text)
    if cluster is None:
        names = {one.name.lower(): one.name for one in clusters}
        near = closest(text.lower(), names)
        hint = f"; did you mean {printable(names[near])}?" if near and near != text.lower() else ""
        raise click.UsageError(f"{place}: the --azure files do not contain one cluster {printable(text)}{hint}")
    return cluster.id


def facts(cluster: Cluster, vnets: Iterable[Vnet]) -> Mapping[str, str]:
    """Return the answers about an existing cluster: its id, the ranges of its nodes, and the overlay range of its pods.
    Without an overlay, the subnets of the pods belong to the nodes. A missing answer is not in the files."""
    pods = _pods(cluster)
    ids = [pool.node_subnet for pool in cluster.pools]
    ids += [pool.pod_subnet for pool in cluster.pools] if pods == NO else []
    nodes = ",".join(dict.fromkeys(_ranges({one.lower() for one in ids if one}, vnets)))
    return {
        "cluster_id": cluster.id,
        **({"node_cidr": nodes} if nodes else {}),
        **({} if pods == NO else {"pod_cidr": pods}),
    }


def _pods(cluster: Cluster) -> str:
    """Return the overlay range of the pods, `none` without an overlay, or `unknown`. Pods with kubenet also have
    addresses outside the VNet."""
    network = cluster.network
    if network.plugin.lower() == "azure" and network.mode.lower() != "overlay":
        return NO
    return str(network.pods[0]) if network.pods else UNKNOWN


def _ranges(ids: set[str], vnets: Iterable[Vnet]) -> Iterator[str]:
    for vnet in vnets:
        for subnet in vnet.subnets:
            if f"{vnet.id}/subnets/{subnet.name}".lower() in ids:
                yield from map(str, subnet.cidrs)
